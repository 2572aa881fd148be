import { LRUCache } from 'lru-cache'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { Database, Reader } from './database.ts'

/** Ids in one query. */
const MAX_IDS = 256
/** Queries that run at the same time. More would only wait for the database. */
const MAX_RUNNING = 4
/** Values that are kept until the next write. */
const MAX_KEPT = 1_000

interface Waiting<Value> {
  readonly value: Promise<Value>
  readonly resolve: (value: Value) => void
  readonly reject: (error: unknown) => void
}

/** A value may be null, which is kept too. */
interface Kept<Value> {
  readonly value: Value
}

/** Reads the values of several ids, in their order. An Error fails the calls for its id alone. */
export type ReadAll<Value> = (ids: readonly string[]) => Promise<readonly (Value | Error)[]>

/**
 * Reads values by their ids. Calls of different operations that arrive together share one query: a query costs more than the
 * rows that it finds. A query starts after the calls that it answers. Where this process is the only one that writes, a value
 * is kept until the next write of anything.
 */
export class SharedReads<Value> {
  private readonly database: Pick<Database, 'version'>
  private readonly readAll: ReadAll<Value>
  private waiting = new Map<string, Waiting<Value>>()
  private running = 0
  private isScheduled = false
  private readonly kept = new LRUCache<string, Kept<Value>>({ max: MAX_KEPT })
  /** The version of the database whose values are kept. */
  private keptVersion: number | null = null

  constructor(database: Pick<Database, 'version'>, readAll: ReadAll<Value>) {
    this.database = database
    this.readAll = readAll
  }

  /** The value of an id, as of the call or later. Synchronous if it is kept. */
  read(id: string): MaybePromise<Value> {
    const kept = this.keptAt(this.database.version)?.get(id)
    if (kept !== undefined) return kept.value
    const known = this.waiting.get(id)
    if (known !== undefined) return known.value
    const waiting = createWaiting<Value>()
    this.waiting.set(id, waiting)
    this.schedule()
    return waiting.value
  }

  /** Starts a query when the event loop has read what has arrived. While all of them run, ids wait for one to end. */
  private schedule(): void {
    if (this.isScheduled || this.running >= MAX_RUNNING || this.waiting.size === 0) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      void this.run(this.takeWaiting())
    })
  }

  private takeWaiting(): ReadonlyMap<string, Waiting<Value>> {
    const all = this.waiting
    if (all.size <= MAX_IDS) {
      this.waiting = new Map()
      return all
    }
    const taken = new Map([...all].slice(0, MAX_IDS))
    for (const id of taken.keys()) all.delete(id)
    return taken
  }

  /** What is kept of a version of the database; null if nothing may be. */
  private keptAt(version: number | null): LRUCache<string, Kept<Value>> | null {
    if (version === null) return null
    if (version !== this.keptVersion) {
      this.kept.clear()
      this.keptVersion = version
    }
    return this.kept
  }

  private async run(taken: ReadonlyMap<string, Waiting<Value>>): Promise<void> {
    this.running += 1
    this.schedule()
    try {
      const { version } = this.database
      const values = await this.readAll([...taken.keys()])
      // After a write in between, the values may be those of before it.
      const kept = version === this.database.version ? this.keptAt(version) : null
      let index = 0
      for (const [id, { resolve, reject }] of taken) {
        const value = values[index++]
        if (value instanceof Error) reject(value)
        else {
          kept?.set(id, { value: value as Value })
          resolve(value as Value)
        }
      }
    } catch (error) {
      for (const { reject } of taken.values()) reject(error)
    } finally {
      this.running -= 1
      this.schedule()
    }
  }
}

/** Shared reads of the rows of a table by their ids; null for an id without a row. */
export const sharedRows = <Row extends { readonly id: string }>(
  database: Database,
  find: (reader: Reader, ids: readonly string[]) => Promise<Row[]>,
): SharedReads<Row | null> =>
  new SharedReads(database, async (ids) => {
    const rows = new Map((await database.read((reader) => find(reader, ids))).map((row) => [row.id, row]))
    return ids.map((id) => rows.get(id) ?? null)
  })

const createWaiting = <Value>(): Waiting<Value> => {
  let settle: Omit<Waiting<Value>, 'value'> | undefined
  const value = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { value, ...(settle as Omit<Waiting<Value>, 'value'>) }
}
