import type { Database, Reader } from './database.ts'

/** Ids in one query. */
const MAX_IDS = 256
/** Queries that run at the same time. More would only wait for the database. */
const MAX_RUNNING = 4

interface Waiting<Value> {
  readonly value: Promise<Value>
  readonly resolve: (value: Value) => void
  readonly reject: (error: unknown) => void
}

/** Reads the values of several ids, in their order. An Error fails the calls for its id alone. */
export type ReadAll<Value> = (ids: readonly string[]) => Promise<readonly (Value | Error)[]>

/**
 * Reads values by their ids. Calls of different operations that arrive together share one query: a query costs more than the
 * rows that it finds. Nothing is cached: a query starts after the calls that it answers.
 */
export class SharedReads<Value> {
  private readonly readAll: ReadAll<Value>
  private waiting = new Map<string, Waiting<Value>>()
  private running = 0
  private isScheduled = false

  constructor(readAll: ReadAll<Value>) {
    this.readAll = readAll
  }

  /** The value of an id, as of the call or later. */
  read(id: string): Promise<Value> {
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

  private async run(taken: ReadonlyMap<string, Waiting<Value>>): Promise<void> {
    this.running += 1
    this.schedule()
    try {
      const values = await this.readAll([...taken.keys()])
      let index = 0
      for (const { resolve, reject } of taken.values()) {
        const value = values[index++]
        if (value instanceof Error) reject(value)
        else resolve(value as Value)
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
  new SharedReads(async (ids) => {
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
