import { setTimeout } from 'node:timers/promises'
import { conflict, type Unavailable } from '../kernel/errors.ts'
import { NO_TRACER, type Tracer } from '../kernel/tracer.ts'
import type { TransactionStatus } from './commit-outcome.ts'
import { type DataSources, type Engine, poolUse } from './data-source.ts'
import { type NestingGuard, UNGUARDED } from './nesting-guard.ts'
import { Reader, Writer } from './reader.ts'
import { runTransaction } from './transaction.ts'
import { TransactionSlots } from './transaction-slots.ts'
import { unavailableOf } from './unavailability.ts'
import { conflictOf, isRetryable } from './violations.ts'
import { WriteQueue, type WriteSize } from './write-queue.ts'

/** Re-exported: stores take them as arguments. */
export { Reader, Writer }

export interface DatabaseOptions {
  readonly nestingGuard?: NestingGuard | undefined
  readonly tracer?: Tracer
  /** Receives each failure that a caller gets as UNAVAILABLE. */
  readonly onUnavailable?: (error: unknown) => void
}

/** Runs of a transaction that PostgreSQL aborts because of others. */
const ATTEMPTS = 6
/** Longest pause before the second run; doubled before each further one. */
const FIRST_PAUSE_MS = 10

/**
 * The only access to the database.
 *
 * PostgreSQL runs transactions concurrently on its pool. SQLite has one writer: see WriteQueue.
 */
export class Database {
  private readonly sources: DataSources
  private readonly guard: NestingGuard
  private readonly tracer: Tracer
  private readonly queue: WriteQueue
  private readonly running = new Set<Promise<unknown>>()
  private readonly slots = new TransactionSlots()
  private readonly onUnavailable: (error: unknown) => void

  constructor(
    sources: DataSources,
    { nestingGuard = UNGUARDED, tracer = NO_TRACER, onUnavailable = () => undefined }: DatabaseOptions = {},
  ) {
    this.sources = sources
    this.guard = nestingGuard
    this.queue = new WriteQueue(sources, nestingGuard)
    this.tracer = tracer
    this.onUnavailable = onUnavailable
  }

  get engine(): Engine {
    return this.sources.engine
  }

  /**
   * While this stays the same, so do all committed rows; null where other processes may change them. It changes before the
   * caller of a write is answered and before its hooks run.
   */
  get version(): number | null {
    return this.engine === 'sqlite' ? this.queue.version : null
  }

  /** Writes that wait for their turn. */
  get waitingWrites(): number {
    return this.engine === 'sqlite' ? this.queue.size : this.slots.size
  }

  /** Connections of this process, and queries that wait for one. SQLite has one for reads and one for writes. */
  get connections(): { readonly idle: number; readonly busy: number; readonly waiting: number; readonly max: number } {
    if (this.engine === 'postgres') return poolUse(this.sources)
    const busy = this.queue.group === null ? 0 : 1
    return { idle: 2 - busy, busy, waiting: this.queue.size, max: 2 }
  }

  /** Reads committed data. Inside a `write`, use its Writer instead. Throws UNAVAILABLE. */
  async read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    try {
      return await work(this.reader())
    } catch (error) {
      throw this.unavailable(error) ?? error
    }
  }

  /**
   * Runs the work in one transaction. After a deadlock the work runs again, so it must have no effect outside the Writer.
   * Throws CONFLICT on a unique index violation, and when other transactions abort this one again and again; UNAVAILABLE
   * if the database is not available or full, and nothing was changed; OutcomeUnknown.
   */
  write<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    return this.writeInTurn(work, null, 'any')
  }

  /**
   * As `write`, for a transaction that appends to the audit log of an organization. However many of them wait for each other,
   * those of other organizations do not wait for them.
   *
   * @param organizationId null for a transaction that appends to several logs
   */
  writeFor<T>(
    organizationId: string | null,
    work: (writer: Writer) => Promise<T>,
    size: WriteSize = 'any',
  ): Promise<T> {
    return this.writeInTurn(work, organizationId, size)
  }

  private async writeInTurn<T>(work: (writer: Writer) => Promise<T>, log: string | null, size: WriteSize): Promise<T> {
    if (this.guard.isInside()) throw new Error('A transaction must not start inside another one: pass the Writer on.')
    const write = this.guard.inside(() =>
      this.tracer.span('database write', { 'db.system.name': this.engine }, () =>
        this.engine === 'sqlite' ? this.queue.run(work, size) : this.slots.run(() => this.repeat(work), log),
      ),
    )
    this.running.add(write)
    try {
      return await write
    } catch (error) {
      throw conflictOf(error, this.sources.conflicts) ?? this.unavailable(error) ?? error
    } finally {
      this.running.delete(write)
    }
  }

  /** Resolves when every write that has started has ended. */
  async drain(): Promise<void> {
    // A failed write rejects before its group commits or rolls back, so wait for the group too.
    while (this.running.size > 0 || this.queue.group !== null)
      await Promise.allSettled([...this.running, this.queue.group])
  }

  private reader(): Reader {
    return new Reader(this.engine, this.sources.reading.manager)
  }

  private unavailable(error: unknown): Unavailable | null {
    const translated = unavailableOf(error)
    if (translated !== null) this.onUnavailable(error)
    return translated
  }

  private async repeat<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transaction(work)
      } catch (error) {
        if (!isRetryable(error)) throw error
        if (attempt === ATTEMPTS) throw conflict('Concurrent changes prevented this one: try again.')
        // Without a random pause, two transactions that aborted each other would do so again.
        await setTimeout(Math.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1))
      }
    }
  }

  private async transaction<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    const runner = this.sources.writing.createQueryRunner()
    const writer = new Writer(this.engine, runner.manager)
    const result = await runTransaction(
      runner,
      async () => {
        const made = await work(writer)
        await writer.prepare()
        return made
      },
      { statusOf: (id) => this.statusOf(id), proves: () => writer.proves(this.reader()) },
    )
    this.guard.outside(() => writer.committed())
    return result
  }

  /** The state of a transaction of PostgreSQL. */
  private async statusOf(transactionId: string): Promise<TransactionStatus> {
    const sql = 'SELECT pg_xact_status(?::xid8) AS status'
    const rows = await this.reader().query<{ readonly status: TransactionStatus }>(sql, [transactionId])
    return rows[0]?.status ?? null
  }
}
