import { describe, expect, it } from 'vitest'
import { SharedReads } from '../../src/persistence/shared-reads.ts'

/** A table whose writes change the version, or not, where others write too. */
const createTable = (version: number | null) => {
  const rows = new Map([['a', 1]])
  const database = { version }
  const queries: (readonly string[])[] = []
  let whileReading = (): void => undefined
  const reads = new SharedReads<number | null>(database, async (ids) => {
    queries.push(ids)
    const values = ids.map((id) => rows.get(id) ?? null)
    whileReading()
    return values
  })
  const write = (id: string, value: number): void => {
    rows.set(id, value)
    if (database.version !== null) database.version += 1
  }
  return {
    reads,
    queries,
    write,
    onRead: (callback: () => void) => {
      whileReading = callback
    },
  }
}

describe('shared reads', () => {
  it('share a query among the calls that arrive together', async () => {
    const { reads, queries } = createTable(null)
    expect(await Promise.all([reads.read('a'), reads.read('b'), reads.read('a')])).toEqual([1, null, 1])
    expect(queries).toEqual([['a', 'b']])
  })

  it('read each time where others may write', async () => {
    const { reads, queries, write } = createTable(null)
    expect(await reads.read('a')).toBe(1)
    write('a', 2)
    expect(await reads.read('a')).toBe(2)
    expect(queries).toHaveLength(2)
  })

  it('keep values, also of missing rows, and return them at once until the next write', async () => {
    const { reads, queries, write } = createTable(0)
    await Promise.all([reads.read('a'), reads.read('b')])
    expect([reads.read('a'), reads.read('b')]).toEqual([1, null])
    write('b', 2)
    expect(await Promise.all([reads.read('a'), reads.read('b')])).toEqual([1, 2])
    expect(queries).toHaveLength(2)
  })

  it('do not keep what was read while something was written', async () => {
    const { reads, write, onRead } = createTable(0)
    onRead(() => write('a', 2))
    expect(await reads.read('a')).toBe(1)
    onRead(() => undefined)
    expect(await reads.read('a')).toBe(2)
  })
})
