import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { conflict } from '../../src/kernel/errors.ts'
import { succeeded } from '../../src/kernel/outcome.ts'
import type { Reader } from '../../src/persistence/database.ts'
import { GroupedWrites } from '../../src/persistence/grouped-writes.ts'
import { ENGINES } from '../support/engines.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'

const names = async (reader: Reader): Promise<string[]> =>
  (await reader.query<{ name: string }>('SELECT name FROM notes ORDER BY name')).map(({ name }) => name)

describe.each(ENGINES)('grouped writes on %s', (engine) => {
  let open: OpenDatabase
  const groups: (readonly string[])[] = []
  beforeAll(async () => {
    open = await openDatabase(engine)
    await open.sources.writing.query('CREATE TABLE notes (name VARCHAR(100) PRIMARY KEY)')
  })
  beforeEach(async () => {
    groups.length = 0
    await open.sources.writing.query('DELETE FROM notes')
  })
  afterAll(() => open.close())

  /** Notes; one named `refused` has that as its outcome, and `late` is a fault after the commit. */
  const notes = () =>
    new GroupedWrites<string, string>(open.database, 10, async (writer, _, items) => {
      groups.push(items)
      for (const name of items) if (name !== 'refused') await writer.query('INSERT INTO notes VALUES (?)', [name])
      if (items.includes('late'))
        writer.afterCommit(() => {
          throw new Error('too late')
        })
      return items.map((name) =>
        name === 'refused' ? { ok: false as const, error: conflict('refused') } : succeeded(`wrote ${name}`),
      )
    })

  it('share a transaction by organization, and each has its own outcome', async () => {
    const writes = notes()
    const made = [writes.run('a', 'one'), writes.run('b', 'two'), writes.run('a', 'refused'), writes.run('a', 'three')]
    expect(await Promise.allSettled(made)).toEqual([
      { status: 'fulfilled', value: 'wrote one' },
      { status: 'fulfilled', value: 'wrote two' },
      { status: 'rejected', reason: conflict('refused') },
      { status: 'fulfilled', value: 'wrote three' },
    ])
    expect([...groups].sort()).toEqual([['one', 'refused', 'three'], ['two']])
    expect(writes.size).toBe(0)
  })

  it('that the database refuses because of one item are made without it', async () => {
    const writes = notes()
    const made = await Promise.allSettled(['one', 'same', 'same', 'two'].map((name) => writes.run('a', name)))
    expect(made.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(await open.database.read(names)).toEqual(['one', 'same', 'two'])
  })

  it('that were committed are not made again, whatever fails after the commit', async () => {
    const writes = notes()
    const made = await Promise.allSettled(['one', 'late'].map((name) => writes.run('a', name)))
    expect(made.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(groups).toEqual([['one', 'late']])
    expect(await open.database.read(names)).toEqual(['late', 'one'])
  })

  it.runIf(engine === 'sqlite')('undo their statements from memory, and other writes from a file', async () => {
    const storeOf = async (reader: Reader) =>
      (await reader.query<{ temp_store: number }>('PRAGMA temp_store'))[0]?.temp_store
    const write = (size: 'small' | 'any') => open.database.writeFor('a', storeOf, size)
    const grouped = new GroupedWrites<string, unknown>(open.database, 10, async (writer, _, items) => {
      const store = await storeOf(writer)
      return items.map(() => succeeded(store))
    })
    const [file, memory] = [0, 2]
    for (const _round of ['first', 'again']) {
      expect(await grouped.run('a', 'small')).toBe(memory)
      expect(await write('any')).toBe(file)
    }
    // A small write that shares its transaction with another one.
    expect(await Promise.all([write('any'), write('small'), write('any')])).toEqual([file, file, file])
  })
})
