import { setTimeout } from 'node:timers/promises'
import type { EntityManager, ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm'
import { conflict, type Unavailable } from '../kernel/errors.ts'
import { NO_TRACER, type Tracer } from '../kernel/tracer.ts'
import type { DataSources, Engine } from './data-source.ts'
import { runTransaction } from './transaction.ts'
import { TransactionSlots } from './transaction-slots.ts'
import { unavailableOf } from './unavailability.ts'
import { conflictOf, isRetryable } from './violations.ts'

/** Access for queries. Every query of a store takes a Reader or a Writer, so that its transaction is explicit. */
export class Reader {
  readonly engine: Engine
  readonly manager: EntityManager

  constructor(engine: Engine, manager: EntityManager) {
    this.engine = engine
    this.manager = manager
  }

  /** Runs raw SQL with `?` placeholders, for queries that the query builder cannot express or makes too slow. */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    if (this.engine === 'sqlite') return this.manager.query(sql, [...parameters])
    let position = 0
    return this.manager.query(
      sql.replace(/\?/g, () => `$${++position}`),
      [...parameters],
    )
  }
}

/** A Reader inside a write transaction. */
export class Writer extends Reader {
  private readonly hooks: (() => void)[] = []
  private readonly preparations: (() => Promise<void>)[] = []

  /** Adds work that runs inside the transaction, just before the commit. An error rolls the transaction back. */
  beforeCommit(preparation: () => Promise<void>): void {
    this.preparations.push(preparation)
  }

  async prepare(): Promise<void> {
    for (const preparation of this.preparations) await preparation()
  }

  /** Adds work that runs after the commit and before `write` returns. It does not run after a rollback. */
  afterCommit(hook: () => void): void {
    this.hooks.push(hook)
  }

  committed(): void {
    for (const hook of this.hooks) hook()
  }

  /** Locks the rows that the query finds until the transaction ends. SQLite has a single writer and needs no lock. */
  lock<T extends ObjectLiteral>(query: SelectQueryBuilder<T>): SelectQueryBuilder<T> {
    return this.engine === 'postgres' ? query.setLock('pessimistic_write') : query
  }
}

/**
 * Detects a transaction that starts inside another one, which would deadlock on SQLite. Only tests use it: the tracking
 * (AsyncLocalStorage) slows down every promise of the process before Node.js 24.
 */
export interface NestingGuard {
  readonly isInside: () => boolean
  readonly inside: <T>(work: () => T) => T
  readonly outside: <T>(work: () => T) => T
}

const UNGUARDED: NestingGuard = { isInside: () => false, inside: (work) => work(), outside: (work) => work() }

export interface DatabaseOptions {
  readonly nestingGuard?: NestingGuard | undefined
  readonly tracer?: Tracer
  /** Receives each failure that a caller is told of as UNAVAILABLE. */
  readonly onUnavailable?: (error: unknown) => void
}

interface QueuedWrite {
  run(writer: Writer): Promise<void>
  committed(): void
  fail(error: unknown): void
}

/** Largest number of queued writes that share one commit on SQLite. */
const LARGEST_GROUP = 128
/** Runs of a transaction that PostgreSQL aborts because of others. */
const ATTEMPTS = 6
/** Longest pause before the second run; doubled before each further one. */
const FIRST_PAUSE_MS = 10

/**
 * The only access to the database.
 *
 * PostgreSQL runs transactions concurrently on its pool. SQLite runs one writer at a time: queued writes run one after the
 * other, each in its own savepoint, and share one commit and so one disk sync. A write that fails does not affect the
 * others, and none returns before the commit.
 */
export class Database {
  private readonly sources: DataSources
  private readonly guard: NestingGuard
  private readonly tracer: Tracer
  private readonly queue: QueuedWrite[] = []
  private readonly running = new Set<Promise<unknown>>()
  private draining: Promise<void> | null = null
  private readonly slots = new TransactionSlots()
  private readonly onUnavailable: (error: unknown) => void

  constructor(
    sources: DataSources,
    { nestingGuard = UNGUARDED, tracer = NO_TRACER, onUnavailable = () => undefined }: DatabaseOptions = {},
  ) {
    this.sources = sources
    this.guard = nestingGuard
    this.tracer = tracer
    this.onUnavailable = onUnavailable
  }

  get engine(): Engine {
    return this.sources.engine
  }

  /** Reads committed data. Inside a `write`, use its Writer instead. Throws UNAVAILABLE. */
  async read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    try {
      return await work(new Reader(this.engine, this.sources.reading.manager))
    } catch (error) {
      throw this.unavailable(error) ?? error
    }
  }

  /**
   * Runs the work in one transaction. After a deadlock the work runs again, so it must have no effect outside the Writer.
   * Throws CONFLICT on a unique index violation, and when other transactions abort this one again and again; UNAVAILABLE
   * where the database is away or full, and nothing was changed; CommitOutcomeUnknown.
   */
  async write<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    if (this.guard.isInside()) throw new Error('A transaction must not start inside another one: pass the Writer on.')
    const write = this.guard.inside(() =>
      this.tracer.span('database write', { 'db.system.name': this.engine }, () =>
        this.engine === 'sqlite' ? this.enqueue(work) : this.slots.run(() => this.repeat(work)),
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
    while (this.running.size > 0 || this.draining !== null) await Promise.allSettled([...this.running, this.draining])
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
        if (attempt === ATTEMPTS) throw conflict('Other changes got in the way of this one: try again.')
        // Two that aborted each other would meet again if both came back at once.
        await setTimeout(Math.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1))
      }
    }
  }

  private async transaction<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    const runner = this.sources.writing.createQueryRunner()
    const writer = new Writer(this.engine, runner.manager)
    const result = await runTransaction(runner, async () => {
      const made = await work(writer)
      await writer.prepare()
      return made
    })
    this.guard.outside(() => writer.committed())
    return result
  }

  private enqueue<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let outcome: { result: T; writer: Writer } | null = null
      this.queue.push({
        run: async (writer) => {
          const result = await work(writer)
          await writer.prepare()
          outcome = { result, writer }
        },
        committed: () => {
          if (outcome === null) return
          try {
            outcome.writer.committed()
            resolve(outcome.result)
          } catch (error) {
            reject(error)
          }
        },
        fail: reject,
      })
      this.startDraining()
    })
  }

  private startDraining(): void {
    this.draining ??= this.drainQueue().finally(() => {
      this.draining = null
      if (this.queue.length > 0) this.startDraining()
    })
  }

  private async drainQueue(): Promise<void> {
    const runner = this.sources.writing.createQueryRunner()
    try {
      while (this.queue.length > 0) await this.commitTogether(runner, this.queue.splice(0, LARGEST_GROUP))
    } finally {
      await runner.release()
    }
  }

  private async commitTogether(runner: QueryRunner, group: readonly QueuedWrite[]): Promise<void> {
    const done: QueuedWrite[] = []
    try {
      await runner.query('BEGIN IMMEDIATE')
      for (const write of group) {
        await runner.query('SAVEPOINT write')
        try {
          await write.run(new Writer('sqlite', runner.manager))
          await runner.query('RELEASE write')
          done.push(write)
        } catch (error) {
          await this.undo(runner, error)
          write.fail(error)
        }
      }
      await runner.query('COMMIT')
    } catch (error) {
      // The disk or the connection failed, not a single write: roll back the group and fail all of its writes.
      await runner.query('ROLLBACK').catch(() => undefined)
      for (const write of group) write.fail(error)
      return
    }
    for (const write of done) this.guard.outside(() => write.committed())
  }

  private async undo(runner: QueryRunner, cause: unknown): Promise<void> {
    try {
      await runner.query('ROLLBACK TO write')
      await runner.query('RELEASE write')
    } catch {
      // A full disk ends the whole transaction with its savepoints: fail the group with the original cause.
      throw cause
    }
  }
}
