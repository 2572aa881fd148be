import type { QueryRunner } from 'typeorm'
import type { DataSources } from './data-source.ts'
import type { NestingGuard } from './nesting-guard.ts'
import { Writer } from './reader.ts'

/** Whether a write changes a few hundred rows at most, whatever its caller asks for. */
export type WriteSize = 'small' | 'any'

interface QueuedWrite {
  readonly size: WriteSize
  run(writer: Writer): Promise<void>
  committed(): void
  fail(error: unknown): void
}

/** Largest number of queued writes that share one commit. */
const LARGEST_GROUP = 128

/**
 * Runs the writes of SQLite one after the other, each in its own savepoint where there are several. Queued writes share one commit and so one disk
 * sync. A write that fails does not affect the others, and none returns before the commit.
 */
export class WriteQueue {
  private readonly sources: DataSources
  private readonly guard: NestingGuard
  private readonly queue: QueuedWrite[] = []
  private draining: Promise<void> | null = null
  private journalInMemory = false
  /** Counts the transactions that have ended. While it does not change, no committed row does. */
  version = 0

  constructor(sources: DataSources, guard: NestingGuard) {
    this.sources = sources
    this.guard = guard
  }

  /** Writes that wait for the running group. */
  get size(): number {
    return this.queue.length
  }

  /** The running group of writes; null while there is none. A failed write rejects before its group has ended. */
  get group(): Promise<void> | null {
    return this.draining
  }

  /** Runs the work in a transaction. */
  run<T>(work: (writer: Writer) => Promise<T>, size: WriteSize): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let outcome: { result: T; writer: Writer } | null = null
      this.queue.push({
        size,
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
      await this.keepJournalInMemory(
        runner,
        group.every(({ size }) => size === 'small'),
      )
      await runner.query('BEGIN IMMEDIATE')
      const [alone, ...others] = group
      // A savepoint copies every page that is changed after it. The only write of a transaction needs none.
      if (alone !== undefined && others.length === 0) {
        await alone.run(new Writer('sqlite', runner.manager))
        done.push(alone)
      } else for (const write of group) if (await this.runWithin(runner, write)) done.push(write)
      await runner.query('COMMIT')
      this.version += 1
    } catch (error) {
      // A commit that failed may have been made.
      this.version += 1
      // The disk or the connection failed, or the only write: roll back the group and fail all of its writes.
      await runner.query('ROLLBACK').catch(() => undefined)
      for (const write of group) write.fail(error)
      return
    }
    for (const write of done) this.guard.outside(() => write.committed())
  }

  /**
   * What undoes one statement or savepoint is a temporary file by default, which SQLite makes, fills page by page and deletes
   * in each transaction of more than 16 pages. Small writes keep it in memory.
   */
  private async keepJournalInMemory(runner: QueryRunner, wanted: boolean): Promise<void> {
    if (wanted === this.journalInMemory) return
    await runner.query(`PRAGMA temp_store = ${wanted ? 'MEMORY' : 'DEFAULT'}`)
    this.journalInMemory = wanted
  }

  /** Runs one of several writes in its own savepoint; false if it failed and was undone. */
  private async runWithin(runner: QueryRunner, write: QueuedWrite): Promise<boolean> {
    await runner.query('SAVEPOINT write')
    try {
      await write.run(new Writer('sqlite', runner.manager))
      await runner.query('RELEASE write')
      return true
    } catch (error) {
      await this.undo(runner, error)
      write.fail(error)
      return false
    }
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
