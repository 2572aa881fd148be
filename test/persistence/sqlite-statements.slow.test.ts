import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MODEL } from '../../src/model.ts'
import { closeDataSources, type DataSources, openDataSources } from '../../src/persistence/data-source.ts'
import { createDatabase, type TestDatabase } from '../support/engines.ts'

const numbers = Array.from({ length: 200 }, (_, number) => number)

describe('the prepared statements of SQLite', () => {
  let own: TestDatabase
  let sources: DataSources
  let open = true
  beforeEach(async () => {
    own = await createDatabase('sqlite')
    sources = await openDataSources(own.url, MODEL)
    open = true
    await sources.writing.query('CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)')
  })
  afterEach(async () => {
    if (open) await closeDataSources(sources)
    await own.remove()
  })

  const insert = (id: number, name: string) => sources.writing.query('INSERT INTO things VALUES (?, ?)', [id, name])
  const nameOf = async (id: number) =>
    (await sources.reading.query('SELECT name FROM things WHERE id = ?', [id])) as { name: string }[]

  it('give each of many concurrent runs of a query its own result', async () => {
    await Promise.all(numbers.map((number) => insert(number, `thing ${number}`)))
    const found = await Promise.all(numbers.map(nameOf))
    expect(found.flat().map(({ name }) => name)).toEqual(numbers.map((number) => `thing ${number}`))
    const runner = sources.writing.createQueryRunner()
    const sizes = await Promise.all(
      [10, 50, 120].map((limit) => runner.query('UPDATE things SET name = name WHERE id < ?', [limit], true)),
    )
    expect(sizes.map(({ affected }) => affected)).toEqual([10, 50, 120])
    await runner.release()
  })

  it('report an invalid query to its caller, and run valid ones after it', async () => {
    const wrong = () => sources.reading.query('SELECT name FROM nowhere')
    await Promise.all([1, 2, 3].map(() => expect(wrong()).rejects.toThrow('no such table: nowhere')))
    await insert(1, 'one')
    await expect(insert(2, 'one')).rejects.toThrow('UNIQUE')
    await insert(2, 'two')
    expect(await nameOf(2)).toEqual([{ name: 'two' }])
  })

  it('keep working when the table is created again', async () => {
    await insert(1, 'one')
    expect(await nameOf(1)).toEqual([{ name: 'one' }])
    await sources.writing.query('DROP TABLE things')
    await expect(nameOf(1)).rejects.toThrow('no such table')
    await sources.writing.query('CREATE TABLE things (name TEXT, id INTEGER)')
    await sources.writing.query("INSERT INTO things VALUES ('again', 1)")
    expect(await nameOf(1)).toEqual([{ name: 'again' }])
  })

  it('are bounded in number, and further ones still work', async () => {
    const select = (number: number) =>
      sources.reading.query(`SELECT ${number} AS number`) as Promise<{ number: number }[]>
    for (let round = 0; round < 2; round += 1) {
      const all = Array.from({ length: 700 }, (_, number) => number)
      const found = await Promise.all(all.map(select))
      expect(found.flat().map(({ number }) => number)).toEqual(all)
    }
  })

  it('print no parameter into the error of a failed query', async () => {
    await insert(1, 'kt_ak_secret')
    const failure = await insert(2, 'kt_ak_secret').catch((error: { driverError: Error }) => error.driverError)
    expect((failure as Error).stack).not.toContain('kt_ak_secret')
  })

  it('allow the database to be closed while some are prepared and some run', async () => {
    const running = numbers.map((number) => sources.reading.query(`SELECT ${number % 20} AS n, COUNT(*) FROM things`))
    const settled = Promise.allSettled(running)
    open = false
    await closeDataSources(sources)
    // Each has its answer or is told that it has none; none waits for ever.
    expect((await settled).length).toBe(numbers.length)
  })
})
