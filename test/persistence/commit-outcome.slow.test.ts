import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OutcomeUnknown } from '../../src/kernel/errors.ts'
import { MODEL } from '../../src/model.ts'
import { closeDataSources, type DataSources, openDataSources } from '../../src/persistence/data-source.ts'
import { Database } from '../../src/persistence/database.ts'
import { ON_POSTGRES } from '../support/engines.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'

/** What a line to PostgreSQL does with the next COMMIT. */
type AtCommit = 'break before' | 'break after' | 'break after, for good' | null

describe.each(ON_POSTGRES)('a COMMIT whose answer is lost, on %s', (engine) => {
  let open: OpenDatabase
  let line: Server
  let sources: DataSources
  let database: Database
  let atCommit: AtCommit = null
  let isClosed = false

  beforeAll(async () => {
    open = await openDatabase(engine)
    await open.sources.writing.query('CREATE TABLE notes (name VARCHAR(100) PRIMARY KEY)')
    line = createServer((near) => {
      if (isClosed) return void near.destroy()
      const far = connect(Number(new URL(open.own.url).port || 5432), '127.0.0.1')
      for (const socket of [near, far]) socket.on('error', () => socket.destroy())
      near.on('close', () => far.destroy())
      far.on('close', () => near.destroy())
      far.on('data', (data) => near.write(data))
      near.on('data', (data) => {
        if (atCommit === null || !data.includes('COMMIT')) return void far.write(data)
        isClosed = atCommit === 'break after, for good'
        if (atCommit !== 'break before') far.write(data)
        atCommit = null
        // The answer does not come back: what PostgreSQL has received, it does.
        far.removeAllListeners('data')
        far.end()
        near.destroy()
      })
    })
    line.listen(0, '127.0.0.1')
    await once(line, 'listening')
    const url = new URL(open.own.url)
    url.port = String((line.address() as AddressInfo).port)
    url.hostname = '127.0.0.1'
    sources = await openDataSources(url.href, MODEL, 'limited')
    database = new Database(sources)
  })
  beforeEach(() => database.write(async () => undefined))
  afterEach(() => {
    isClosed = false
  })
  afterAll(async () => {
    await closeDataSources(sources)
    line.close()
    await open.close()
  })

  const put = (name: string, when: AtCommit, committed: string[]) =>
    database.write(async (writer) => {
      writer.afterCommit(() => committed.push(name))
      await writer.query('INSERT INTO notes (name) VALUES (?)', [name])
      atCommit = when
      return name
    })
  const stored = async (name: string): Promise<boolean> =>
    (await open.sources.reading.query('SELECT 1 FROM notes WHERE name = $1', [name])).length > 0

  it('succeeds if PostgreSQL committed it', async () => {
    const committed: string[] = []
    expect(await put('kept', 'break after', committed)).toBe('kept')
    expect(committed).toEqual(['kept'])
    expect(await stored('kept')).toBe(true)
  })

  it('is UNAVAILABLE if PostgreSQL rolled it back, and changed nothing', async () => {
    const committed: string[] = []
    await expect(put('lost', 'break before', committed)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(committed).toEqual([])
    expect(await stored('lost')).toBe(false)
  })

  it('says that the outcome is unknown while PostgreSQL cannot be asked', async () => {
    const committed: string[] = []
    await expect(put('unknown', 'break after, for good', committed)).rejects.toThrow(OutcomeUnknown)
    expect(committed).toEqual([])
  })
})
