import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { KeyturnError } from '../src/kernel/errors.ts'
import type { Database, Reader, Writer } from '../src/persistence/database.ts'
import { ENGINES, postgresRuns } from './support/engines.ts'
import { deferred, type OpenDatabase, openDatabase } from './support/open-database.ts'

const put = (name: string) => (writer: Writer) => writer.query('INSERT INTO notes (name) VALUES (?)', [name])
const names = async (reader: Reader): Promise<string[]> =>
  (await reader.query<{ name: string }>('SELECT name FROM notes ORDER BY name')).map(({ name }) => name)
const putUser = (id: string, email: string) => (writer: Writer) =>
  writer.query('INSERT INTO users (id, name, email, server_owner, created_at) VALUES (?, ?, ?, ?, ?)', [
    id,
    'Somebody',
    email,
    false,
    '2026-06-01T12:00:00.000Z',
  ])

describe.each(ENGINES)('the database on %s', (engine) => {
  let open: OpenDatabase
  let database: Database
  beforeAll(async () => {
    open = await openDatabase(engine)
    database = open.database
    await open.sources.writing.query('CREATE TABLE notes (name VARCHAR(100) PRIMARY KEY)')
  })
  beforeEach(() => open.sources.writing.query('DELETE FROM notes'))
  afterAll(() => open.close())

  it('undoes a failing write alone, and keeps the writes that wait and commit with it', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, number) =>
        database.write(async (writer) => {
          await put(`write ${number}`)(writer)
          if (number % 3 === 0) throw new Error(`write ${number} failed`)
          return number
        }),
      ),
    )
    const kept = Array.from({ length: 60 }, (_, number) => number).filter((number) => number % 3 !== 0)
    expect(outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))).toEqual(kept)
    expect(outcomes[0]).toEqual({ status: 'rejected', reason: new Error('write 0 failed') })
    expect(await database.read(names)).toEqual(kept.map((number) => `write ${number}`).sort())
  })

  it('undoes all that a failing write did, whichever statement failed', async () => {
    const failing = database.write(async (writer) => {
      await put('before')(writer)
      await writer.query('INSERT INTO no_such_table VALUES (1)')
    })
    const beside = database.write(put('beside'))
    await expect(failing).rejects.toThrow(/no_such_table/)
    await beside
    expect(await database.read(names)).toEqual(['beside'])
  })

  it('refuses a transaction inside another, and undoes the outer one with it', async () => {
    const nesting = database.write(async (writer) => {
      await put('outer')(writer)
      await database.write(put('inner'))
    })
    await expect(nesting).rejects.toThrow(/must not be begun inside another/)
    expect(await database.read(names)).toEqual([])
    // Not taken for nested: a write beside another, begun by somebody else.
    await Promise.all([database.write(put('one')), database.write(put('two'))])
    expect(await database.read(names)).toEqual(['one', 'two'])
  })

  it('shows a reader nothing of an open transaction, and all of it once it is committed', async () => {
    const wrote = deferred()
    const goOn = deferred()
    const writing = database.write(async (writer) => {
      await put('open')(writer)
      expect(await names(writer)).toEqual(['open'])
      wrote.resolve()
      await goOn.promise
    })
    await wrote.promise
    expect(await database.read(names)).toEqual([])
    goOn.resolve()
    await writing
    expect(await database.read(names)).toEqual(['open'])
  })

  it('runs hooks after the commit and before the caller goes on, and never those of an undone write', async () => {
    const heard: string[] = []
    const write = (name: string, fail: boolean) =>
      database.write(async (writer) => {
        writer.afterCommit(() => {
          heard.push(name)
          read.push(database.read(names))
        })
        await put(name)(writer)
        if (fail) throw new Error('no')
      })
    const read: Promise<string[]>[] = []
    const undone = expect(write('undone', true)).rejects.toThrow('no')
    await write('kept', false)
    expect(heard).toEqual(['kept'])
    expect(await Promise.all(read)).toEqual([['kept']])
    await undone
    expect(heard).toEqual(['kept'])
  })

  it('lets a hook begin a write of its own', async () => {
    const followed = deferred()
    await database.write(async (writer) => {
      await put('first')(writer)
      writer.afterCommit(() => {
        database.write(put('second')).then(() => followed.resolve(), followed.reject)
      })
    })
    await followed.promise
    expect(await database.read(names)).toEqual(['first', 'second'])
  })

  it('loses no write where the queue is filled while it is drained', async () => {
    const followers: Promise<unknown>[] = []
    const chain = async (name: string, more: number): Promise<void> => {
      await database.write(async (writer) => {
        await put(`${name}/${more}`)(writer)
        writer.afterCommit(() => followers.push(database.write(put(`${name}/${more} follower`))))
      })
      // Goes on in the very turn in which the group before was answered: when the queue is found empty, or just not.
      if (more > 0) await chain(name, more - 1)
    }
    await Promise.all(Array.from({ length: 20 }, (_, number) => chain(`chain ${number}`, 9)))
    await Promise.all(followers)
    expect((await database.read(names)).length).toBe(20 * 10 * 2)
  })

  it('says CONFLICT, in words, where a unique index decides a race', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, number) => database.write(putUser(`usr_race_${number}`, 'same@example.com'))),
    )
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refused.length).toBe(4)
    for (const error of refused) {
      expect(error).toBeInstanceOf(KeyturnError)
      expect(error).toMatchObject({ code: 'CONFLICT', message: 'Somebody already has this e-mail address.' })
    }
  })

  it('does not call a violation a CONFLICT that no caller can do anything about', async () => {
    await database.write(put('twice'))
    await expect(database.write(put('twice'))).rejects.not.toBeInstanceOf(KeyturnError)
  })

  it('has ended every write when it is drained', async () => {
    const goOn = deferred()
    const begun = deferred()
    const writing = database.write(async (writer) => {
      begun.resolve()
      await goOn.promise
      await put('late')(writer)
    })
    await begun.promise
    const drained = vi.fn()
    const draining = database.drain().then(drained)
    const queued = database.write(put('queued'))
    // A turn of the event loop and a query: whoever does not wait has answered by then.
    await database.read(names)
    await new Promise((resolve) => setImmediate(resolve))
    expect(drained).not.toHaveBeenCalled()
    goOn.resolve()
    await draining
    expect(await database.read(names)).toEqual(['late', 'queued'])
    await Promise.all([writing, queued])
  })
})

it.each(ENGINES)('a write to a database on %s that was closed fails, and does not wait for ever', async (engine) => {
  const { database, close } = await openDatabase(engine)
  await close()
  await expect(database.write(put('too late'))).rejects.toThrow()
  await database.drain()
})

describe('the database on sqlite alone', () => {
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

  it('rejects all of a group whose COMMIT fails, keeps none of it, and goes on', async () => {
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

  it('tells all of a group why, where the engine itself ended their transaction', async () => {
    const outcomes = await together(put('earlier'), put('fatal'), put('later'))
    expect(reasons(outcomes)).toEqual(Array(3).fill(expect.stringContaining('the disk is full')))
    const { database } = open
    expect(await database.read(names)).toEqual(['next'])
    await database.write(put('after the fault'))
    expect(await database.read(names)).toContain('after the fault')
  })

  it('cannot be changed through a reader', async () => {
    await expect(open.database.read((reader) => reader.query('DELETE FROM notes'))).rejects.toThrow(/readonly/)
  })

  it('keeps what was answered: every commit is synced, in the write-ahead log', async () => {
    const [mode] = await open.sources.writing.query('PRAGMA journal_mode')
    const [sync] = await open.sources.writing.query('PRAGMA synchronous')
    expect([mode, sync]).toEqual([{ journal_mode: 'wal' }, { synchronous: 2 }])
  })

  it('shares commits between the writes that wait together', async () => {
    const statements = vi.spyOn(open.sources.writing.createQueryRunner(), 'query')
    await Promise.all(Array.from({ length: 100 }, (_, number) => open.database.write(put(`shared ${number}`))))
    const commits = statements.mock.calls.filter(([statement]) => statement === 'COMMIT').length
    statements.mockRestore()
    // The first goes alone, since nothing waited with it.
    expect(commits).toBe(2)
  })
})

describe.runIf(postgresRuns)('the database on postgres alone', () => {
  let open: OpenDatabase
  beforeAll(async () => {
    open = await openDatabase('postgres')
    await open.sources.writing.query('CREATE TABLE counters (id INTEGER PRIMARY KEY, value INTEGER)')
    await open.sources.writing.query('INSERT INTO counters VALUES (1, 0), (2, 0)')
  })
  afterAll(() => open.close())

  const add = (writer: Writer, id: number) => writer.query('UPDATE counters SET value = value + 1 WHERE id = ?', [id])

  it('runs a write again that a deadlock ended: both sides succeed, each once', async () => {
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

  it('gives up where a write is ended again and again, and gives its connection back', async () => {
    const attempts = vi.fn()
    const hopeless = () =>
      open.database.write(async (writer) => {
        attempts()
        await writer.query(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$`)
      })
    for (let time = 0; time < 20; time += 1) await expect(hopeless()).rejects.toThrow('again')
    expect(attempts).toHaveBeenCalledTimes(20 * 4)
    await open.database.write((writer) => add(writer, 1))
  })

  it('tells a write whose connection was lost, and goes on with another', async () => {
    const lost = open.database.write((writer) => writer.query('SELECT pg_terminate_backend(pg_backend_pid())'))
    await expect(lost).rejects.toThrow(/terminat/)
    await open.database.write((writer) => add(writer, 1))
  })
})
