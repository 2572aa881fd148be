import { Unavailable } from '../kernel/errors.ts'
import { isConnectionFailure } from './unavailability.ts'

/**
 * Concurrent transactions on PostgreSQL. Fewer than the pool's connections: transactions that append to one busy audit log
 * wait for each other, and readers of other organizations must still get a connection.
 */
const MAX_TRANSACTIONS = 12
/** Time that a transaction waits for others. */
const LONGEST_WAIT_MS = 10_000

interface Waiting {
  readonly start: () => void
  readonly fail: (error: unknown) => void
}

/** Bounds how many transactions run at once. The others wait in order. */
export class TransactionSlots {
  private free = MAX_TRANSACTIONS
  private readonly waiting = new Set<Waiting>()

  /** Transactions that wait for their turn. */
  get size(): number {
    return this.waiting.size
  }

  /** Runs one transaction when its turn comes. Throws UNAVAILABLE after ten seconds without a turn. */
  async run<T>(transaction: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1
    else await this.turn()
    try {
      return await transaction()
    } catch (error) {
      // The database is away. Those who wait would each learn it after a timeout of their own.
      if (isConnectionFailure(error)) for (const { fail } of [...this.waiting]) fail(error)
      throw error
    } finally {
      this.release()
    }
  }

  private release(): void {
    const [next] = this.waiting
    if (next === undefined) this.free += 1
    else next.start()
  }

  private turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.waiting.delete(one)
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
      this.waiting.add(one)
    })
  }
}
