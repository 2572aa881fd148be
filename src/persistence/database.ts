import type { EntityManager, ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm'
import type { DataSources, Engine } from './data-source.ts'
import { conflictOf, isRetryable } from './violations.ts'

/** What a store queries through. A query that was given no Reader or Writer cannot be written. */
export class Reader {
  readonly engine: Engine
  readonly manager: EntityManager

  constructor(engine: Engine, manager: EntityManager) {
    this.engine = engine
    this.manager = manager
  }

  /** Raw SQL with `?` placeholders, for the few queries where the query builder's cost or words are in the way. */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    if (this.engine === 'sqlite') return this.manager.query(sql, [...parameters])
    let position = 0
    return this.manager.query(
      sql.replace(/\?/g, () => `$${++position}`),
      [...parameters],
    )
  }
}

/** A Reader inside a transaction that may change things. */
export class Writer extends Reader {
  private readonly hooks: (() => void)[] = []
  private readonly preparations: (() => Promise<void>)[] = []

  /** Runs inside the transaction, when its work is done and before it is committed. What it throws undoes all of it. */
  beforeCommit(preparation: () => Promise<void>): void {
    this.preparations.push(preparation)
  }

  async prepare(): Promise<void> {
    for (const preparation of this.preparations) await preparation()
  }

  /** Runs after the transaction has been committed and before its caller goes on; never if it is undone. */
  afterCommit(hook: () => void): void {
    this.hooks.push(hook)
  }

  committed(): void {
    for (const hook of this.hooks) hook()
  }

  /** Locks the rows that the query finds until the transaction ends. SQLite has one writer, who needs no lock. */
  lock<T extends ObjectLiteral>(query: SelectQueryBuilder<T>): SelectQueryBuilder<T> {
    return this.engine === 'postgres' ? query.setLock('pessimistic_write') : query
  }
}

/**
 * Notices a transaction that is begun inside another, which on SQLite would wait for itself. To follow what is inside of
 * what, Node.js before 24 slows down every promise of the process: the tests do, a service does not.
 */
export interface NestingGuard {
  readonly isInside: () => boolean
  readonly inside: <T>(work: () => T) => T
  readonly outside: <T>(work: () => T) => T
}

const UNGUARDED: NestingGuard = { isInside: () => false, inside: (work) => work(), outside: (work) => work() }

interface QueuedWrite {
  run(writer: Writer): Promise<void>
  committed(): void
  fail(error: unknown): void
}

/** How many waiting writes may share one commit on SQLite. */
const LARGEST_GROUP = 128
const ATTEMPTS = 4
/**
 * Transactions at once on PostgreSQL, fewer than its pool has connections: those that wait for each other, as all do that
 * append to one busy history, must leave some for readers, of other organizations above all.
 */
const MOST_TRANSACTIONS = 12

/**
 * The only door to the database.
 *
 * PostgreSQL runs transactions side by side on its pool. SQLite runs one writer at a time: the writes that wait together
 * run one after the other, each inside a savepoint of its own, and share one commit, so that one sync of the disk serves
 * all of them. Each still fails alone, and none is answered before the commit.
 */
export class Database {
  private readonly sources: DataSources
  private readonly guard: NestingGuard
  private readonly waiting: QueuedWrite[] = []
  private readonly running = new Set<Promise<unknown>>()
  private draining: Promise<void> | null = null
  private freeTurns = MOST_TRANSACTIONS
  private readonly waitingTurns: (() => void)[] = []

  constructor(sources: DataSources, guard: NestingGuard = UNGUARDED) {
    this.sources = sources
    this.guard = guard
  }

  get engine(): Engine {
    return this.sources.engine
  }

  /** Reads what is committed. Inside a `write`, use its Writer instead. */
  read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    return work(new Reader(this.engine, this.sources.reading.manager))
  }

  /**
   * One transaction: all of the work is kept, or none. The work may be run again after a deadlock, so it must touch
   * nothing but the Writer. Throws CONFLICT where a unique index decided a race.
   */
  async write<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    if (this.guard.isInside()) throw new Error('A transaction must not be begun inside another: hand on the Writer.')
    const write = this.guard.inside(() =>
      this.engine === 'sqlite' ? this.enqueue(work) : this.inTurn(() => this.transaction(work, ATTEMPTS)),
    )
    this.running.add(write)
    try {
      return await write
    } catch (error) {
      throw conflictOf(error) ?? error
    } finally {
      this.running.delete(write)
    }
  }

  /** Resolves when every write that was begun has ended. */
  async drain(): Promise<void> {
    // A write that failed was told so before its group is committed, or undone.
    while (this.running.size > 0 || this.draining !== null) await Promise.allSettled([...this.running, this.draining])
  }

  /** Waits for one of the connections that transactions may take. */
  private async inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (this.freeTurns > 0) this.freeTurns -= 1
    else await new Promise<void>((resolve) => this.waitingTurns.push(resolve))
    try {
      return await run()
    } finally {
      const next = this.waitingTurns.shift()
      if (next === undefined) this.freeTurns += 1
      else next()
    }
  }

  private async transaction<T>(work: (writer: Writer) => Promise<T>, attempts: number): Promise<T> {
    const runner = this.sources.writing.createQueryRunner()
    let writer: Writer
    let result: T
    try {
      await runner.startTransaction()
      try {
        writer = new Writer(this.engine, runner.manager)
        result = await work(writer)
        await writer.prepare()
        await runner.commitTransaction()
      } catch (error) {
        await runner.rollbackTransaction()
        throw error
      }
    } catch (error) {
      if (attempts > 1 && isRetryable(error)) {
        await runner.release()
        return await this.transaction(work, attempts - 1)
      }
      throw error
    } finally {
      if (!runner.isReleased) await runner.release()
    }
    this.guard.outside(() => writer.committed())
    return result
  }

  private enqueue<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let outcome: { result: T; writer: Writer } | null = null
      this.waiting.push({
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
      if (this.waiting.length > 0) this.startDraining()
    })
  }

  private async drainQueue(): Promise<void> {
    const runner = this.sources.writing.createQueryRunner()
    try {
      while (this.waiting.length > 0) await this.commitTogether(runner, this.waiting.splice(0, LARGEST_GROUP))
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
      // The disk or the connection failed, not one of the writes: nothing of this group is kept, and all are told.
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
      // A full disk ends the whole transaction, savepoints and all: that it did is what the group must hear.
      throw cause
    }
  }
}
