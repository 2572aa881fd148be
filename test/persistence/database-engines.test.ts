import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Reader, Writer } from '../../src/persistence/database.ts'
import { ON_POSTGRES, ON_SQLITE } from '../support/engines.ts'
import { deferred, type OpenDatabase, openDatabase } from '../support/open-database.ts'

const put = (name: string) => (writer: Writer) => writer.query('INSERT INTO notes (name) VALUES (?)', [name])
const names = async (reader: Reader): Promise<string[]> =>
  (await reader.query<{ name: string }>('SELECT name FROM notes ORDER BY name')).map(({ name }) => name)

describe.each(ON_SQLITE)('the database on sqlite alone', () => {
  let open: OpenDatabase
  beforeAll(async () => {
    open = await openDatabase('sqlite')
    for (const statement of [
      'CREATE TABLE notes (name VARCHAR(100) PRIMARY KEY)',
      'CREATE TABLE parents (id INTEGER PRIMARY KEY)',
      'CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)',
      `CREATE TRIGGER notes_fatal BEFORE INSERT ON notes WHEN NEW.name = 'fatal'
       BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END`,
    ])
      await open.sources.writing.query(statement)
  })
  afterAll(() => open.close())

  /** Begins the writes while another runs, so that they wait together and share a commit. */
  const together = async (...works: ((writer: Writer) => Promise<unknown>)[]) => {
    const goOn = deferred()
    const before = open.database.write(() => goOn.promise)
    const group = works.map((work) => open.database.write(work))
    goOn.resolve()
    await before
    return Promise.allSettled(group)
  }
  const reasons = (outcomes: readonly PromiseSettledResult<unknown>[]): string[] =>
    outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason.message) : 'kept'))

  it('rejects all writes of a group whose COMMIT fails, keeps none of them, and continues', async () => {
    const { database } = open
    const hook = vi.fn()
    const innocent = async (writer: Writer) => {
      writer.afterCommit(hook)
      await put('innocent')(writer)
    }
    // The foreign key is checked at the COMMIT: until then both of them have succeeded.
    const outcomes = await together(innocent, (writer) => writer.query('INSERT INTO children VALUES (1)'))
    expect(reasons(outcomes)).toEqual(Array(2).fill(expect.stringContaining('FOREIGN KEY')))
    expect(hook).not.toHaveBeenCalled()
    expect(await database.read(names)).toEqual([])
    await database.write(put('next'))
    expect(await database.read(names)).toEqual(['next'])
  })

  it('rejects all writes of a group with the cause, if the engine ended their transaction', async () => {
    const outcomes = await together(put('earlier'), put('fatal'), put('later'))
    expect(reasons(outcomes)).toEqual(Array(3).fill(expect.stringContaining('the disk is full')))
    const { database } = open
    expect(await database.read(names)).toEqual(['next'])
    await database.write(put('after the fault'))
    expect(await database.read(names)).toContain('after the fault')
  })

  it('cannot be changed by a reader', async () => {
    const change = open.database.read((reader) => reader.query('DELETE FROM notes'))
    await expect(change).rejects.toMatchObject({ cause: { message: expect.stringContaining('readonly') } })
  })

  it('keeps acknowledged writes: every commit is synced, in the write-ahead log', async () => {
    const [mode] = await open.sources.writing.query('PRAGMA journal_mode')
    const [sync] = await open.sources.writing.query('PRAGMA synchronous')
    expect([mode, sync]).toEqual([{ journal_mode: 'wal' }, { synchronous: 2 }])
  })

  it('shares commits between waiting writes', async () => {
    const statements = vi.spyOn(open.sources.writing.createQueryRunner(), 'query')
    await Promise.all(Array.from({ length: 100 }, (_, number) => open.database.write(put(`shared ${number}`))))
    const commits = statements.mock.calls.filter(([statement]) => statement === 'COMMIT').length
    statements.mockRestore()
    // The first goes alone, since nothing waited with it.
    expect(commits).toBe(2)
  })
})

describe.each(ON_POSTGRES)('the database on postgres alone', () => {
  let open: OpenDatabase
  beforeAll(async () => {
    open = await openDatabase('postgres')
    await open.sources.writing.query('CREATE TABLE counters (id INTEGER PRIMARY KEY, value INTEGER)')
    await open.sources.writing.query('INSERT INTO counters VALUES (1, 0), (2, 0)')
  })
  afterAll(() => open.close())

  const add = (writer: Writer, id: number) => writer.query('UPDATE counters SET value = value + 1 WHERE id = ?', [id])

  it('repeats a write that a deadlock aborted: both sides succeed, each once', async () => {
    const hooks = vi.fn()
    const attempts = vi.fn()
    const locked = [deferred(), deferred()] as const
    const cross = (own: 0 | 1) =>
      open.database.write(async (writer) => {
        attempts()
        writer.afterCommit(hooks)
        await add(writer, own + 1)
        locked[own].resolve()
        await locked[1 - own]?.promise
        await add(writer, 2 - own)
      })
    await Promise.all([cross(0), cross(1)])
    expect(attempts).toHaveBeenCalledTimes(3)
    expect(hooks).toHaveBeenCalledTimes(2)
    const rows = await open.database.read((reader) => reader.query('SELECT value FROM counters ORDER BY id'))
    expect(rows).toEqual([{ value: 2 }, { value: 2 }])
  })

  it('gives up with CONFLICT if a write is aborted repeatedly, and releases its connection', async () => {
    const attempts = vi.fn()
    const hopeless = () =>
      open.database.write(async (writer) => {
        attempts()
        await writer.query(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$`)
      })
    await Promise.all(Array.from({ length: 20 }, () => expect(hopeless()).rejects.toMatchObject({ code: 'CONFLICT' })))
    expect(attempts).toHaveBeenCalledTimes(20 * 6)
    await open.database.write((writer) => add(writer, 1))
  })

  it('rejects a write whose connection was lost, and continues with another one', async () => {
    const lost = open.database.write((writer) => writer.query('SELECT pg_terminate_backend(pg_backend_pid())'))
    await expect(lost).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await open.database.write((writer) => add(writer, 1))
  })
})
