import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Database, Reader, Writer } from '../../src/persistence/database.ts'
import { ENGINES } from '../support/engines.ts'
import { deferred, type OpenDatabase, openDatabase } from '../support/open-database.ts'

const put = (name: string) => (writer: Writer) => writer.query('INSERT INTO notes (name) VALUES (?)', [name])
const names = async (reader: Reader): Promise<string[]> =>
  (await reader.query<{ name: string }>('SELECT name FROM notes ORDER BY name')).map(({ name }) => name)

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

  it('rolls back only a failing write, and keeps the other writes of its commit', async () => {
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

  it('rolls back every change of a failing write, whichever statement failed', async () => {
    const failing = database.write(async (writer) => {
      await put('before')(writer)
      await writer.query('INSERT INTO no_such_table VALUES (1)')
    })
    const beside = database.write(put('beside'))
    await expect(failing).rejects.toThrow(/no_such_table/)
    await beside
    expect(await database.read(names)).toEqual(['beside'])
  })

  it('rejects a nested transaction, and rolls back the outer one', async () => {
    const nesting = database.write(async (writer) => {
      await put('outer')(writer)
      await database.write(put('inner'))
    })
    await expect(nesting).rejects.toThrow(/must not start inside another/)
    expect(await database.read(names)).toEqual([])
    // Not taken for nested: a write beside another, begun by somebody else.
    await Promise.all([database.write(put('one')), database.write(put('two'))])
    expect(await database.read(names)).toEqual(['one', 'two'])
  })

  it('shows a reader nothing of an open transaction, and all of it after the commit', async () => {
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

  it('runs hooks after the commit and before the caller continues, and not after a rollback', async () => {
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

  it('has another version after a write, already in its hooks, or says that it cannot tell', async () => {
    const before = database.version
    expect(before === null).toBe(engine === 'postgres')
    let inHook: number | null = null
    await database.write(async (writer) => {
      await put('versioned')(writer)
      writer.afterCommit(() => {
        inHook = database.version
      })
    })
    await database.read(names)
    expect(database.version).toBe(inHook)
    if (before !== null) expect(inHook).not.toBe(before)
  })

  it('lets a hook start its own write', async () => {
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

  it('loses no write if the queue is filled while it is drained', async () => {
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

  it.runIf(engine === 'sqlite')(
    'has ended the transaction of a write that failed, too, when it is drained',
    async () => {
      const { writing } = open.sources
      const ended: string[] = []
      const runner = writing.createQueryRunner()
      const query = runner.query.bind(runner)
      vi.spyOn(runner, 'query').mockImplementation(async (sql: string) => {
        const result = await query(sql)
        // As if the disk were slow: whoever does not wait is told so long before.
        if (sql === 'COMMIT' || sql === 'ROLLBACK') await new Promise((resolve) => setTimeout(resolve, 50))
        ended.push(sql)
        return result
      })
      const made = vi.spyOn(writing, 'createQueryRunner').mockReturnValueOnce(runner)
      await expect(database.write(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
      await database.drain()
      expect(ended.at(-1)).toBe('ROLLBACK')
      made.mockRestore()
    },
  )
})

it.each(ENGINES)('a write to a closed database on %s fails, and does not hang', async (engine) => {
  const { database, close } = await openDatabase(engine)
  await close()
  await expect(database.write(put('too late'))).rejects.toThrow()
  await database.drain()
})
