import { Unavailable } from '../kernel/errors.ts'
import { Tally } from '../kernel/tally.ts'
import { isConnectionFailure } from './unavailability.ts'

/**
 * Concurrent transactions on PostgreSQL. Fewer than the pool's connections: transactions that append to one busy audit log
 * wait for each other, and readers of other organizations must still get a connection.
 */
const MAX_TRANSACTIONS = 12
/** Transactions of one audit log: one holds its head, and the next one gets ready. More would only wait in the database. */
const MAX_OF_A_LOG = 2
/** Time that a transaction waits for others. */
const LONGEST_WAIT_MS = 10_000

/** Stands for transactions without a log. */
const NO_LOG = ''

interface Waiting {
  readonly start: () => void
  readonly fail: (error: unknown) => void
}

/**
 * Bounds how many transactions run at once, in all and for each audit log. Those that wait take turns by log, so that no
 * organization waits for what another one has queued.
 */
export class TransactionSlots {
  private free = MAX_TRANSACTIONS
  private readonly running = new Tally()
  /** By log, the next one first. */
  private readonly waiting = new Map<string, Set<Waiting>>()

  /** Transactions that wait for their turn. */
  get size(): number {
    let size = 0
    for (const queue of this.waiting.values()) size += queue.size
    return size
  }

  /**
   * Runs one transaction when its turn comes. Throws UNAVAILABLE after ten seconds without a turn.
   *
   * @param log the organization whose audit log it appends to; null for other transactions, which have no limit of their own
   */
  async run<T>(transaction: () => Promise<T>, log: string | null = null): Promise<T> {
    if (this.free > 0 && this.mayRun(log ?? NO_LOG)) this.take(log ?? NO_LOG)
    else await this.turn(log ?? NO_LOG)
    try {
      return await transaction()
    } catch (error) {
      // The database is away. Those who wait would each learn it after a timeout of their own.
      if (isConnectionFailure(error))
        for (const queue of [...this.waiting.values()]) for (const { fail } of [...queue]) fail(error)
      throw error
    } finally {
      this.release(log ?? NO_LOG)
    }
  }

  private mayRun(log: string): boolean {
    return log === NO_LOG || this.running.of(log) < MAX_OF_A_LOG
  }

  private take(log: string): void {
    this.free -= 1
    this.running.add(log, 1)
  }

  private release(log: string): void {
    this.free += 1
    this.running.add(log, -1)
    for (const [next, queue] of this.waiting) {
      const [one] = queue
      if (one === undefined || !this.mayRun(next)) continue
      // The log goes to the end of the round.
      this.waiting.delete(next)
      this.waiting.set(next, queue)
      this.take(next)
      one.start()
      return
    }
  }

  private turn(log: string): Promise<void> {
    const queue = this.waiting.get(log) ?? new Set()
    this.waiting.set(log, queue)
    return new Promise((resolve, reject) => {
      const settle = () => {
        queue.delete(one)
        if (queue.size === 0 && this.waiting.get(log) === queue) this.waiting.delete(log)
        clearTimeout(timer)
      }
      const one: Waiting = {
        start: () => {
          settle()
          resolve()
        },
        fail: (error) => {
          settle()
          reject(error)
        },
      }
      const timer = setTimeout(
        () => one.fail(new Unavailable('The database is overloaded. Nothing was changed: try again.', null)),
        LONGEST_WAIT_MS,
      )
      queue.add(one)
    })
  }
}
