import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OutcomeUnknown } from '../../src/kernel/errors.ts'
import { MODEL } from '../../src/model.ts'
import { closeDataSources, type DataSources, openDataSources } from '../../src/persistence/data-source.ts'
import { Database, type Reader } from '../../src/persistence/database.ts'
import { type BreakablePostgres, openBreakablePostgres, ownPostgresRuns } from '../support/breakable-postgres.ts'
import { ON_POSTGRES } from '../support/engines.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'

/** What a line to PostgreSQL does with the next COMMIT. */
type AtCommit = 'break before' | 'break after' | 'break after, for good' | null

const TABLE = 'CREATE TABLE notes (name VARCHAR(100) PRIMARY KEY)'
const stored = async (reader: Reader, name: string): Promise<boolean> =>
  (await reader.query('SELECT 1 FROM notes WHERE name = ?', [name])).length > 0

describe.each(ON_POSTGRES)('a COMMIT whose answer is lost, on %s', (engine) => {
  let open: OpenDatabase
  let line: Server
  let sources: DataSources
  let database: Database
  let atCommit: AtCommit = null
  let isClosed = false

  beforeAll(async () => {
    open = await openDatabase(engine)
    await open.sources.writing.query(TABLE)
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

  const put = (name: string, when: AtCommit, committed: string[], isProved = true) =>
    database.write(async (writer) => {
      writer.afterCommit(() => committed.push(name))
      await writer.query('INSERT INTO notes (name) VALUES (?)', [name])
      if (isProved) writer.proveWith((reader) => stored(reader, name))
      atCommit = when
      return name
    })
  const isStored = (name: string) => database.read((reader) => stored(reader, name))

  it('succeeds if PostgreSQL committed it', async () => {
    const committed: string[] = []
    expect(await put('kept', 'break after', committed)).toBe('kept')
    expect(committed).toEqual(['kept'])
    expect(await isStored('kept')).toBe(true)
  })

  it('is UNAVAILABLE if PostgreSQL rolled it back, and changed nothing', async () => {
    const committed: string[] = []
    await expect(put('lost', 'break before', committed)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(committed).toEqual([])
    expect(await isStored('lost')).toBe(false)
  })

  it('says that the outcome is unknown while PostgreSQL cannot be asked', async () => {
    const committed: string[] = []
    await expect(put('unknown', 'break after, for good', committed)).rejects.toThrow(OutcomeUnknown)
    expect(committed).toEqual([])
  })
  it('is UNAVAILABLE, so that it is repeated, if it wrote nothing by which to find it', async () => {
    await expect(put('unproved', 'break after', [], false)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe.skipIf(!ownPostgresRuns)(
  'a COMMIT that PostgreSQL did not receive because it crashed',
  { timeout: 60_000 },
  () => {
    let postgres: BreakablePostgres
    let line: Server
    let sources: DataSources
    let direct: Client
    let database: Database
    /** Set while the next COMMIT is to be kept back. Ends the connection when it resolves. */
    let atCommit: (() => Promise<void>) | null = null

    const connectDirectly = async () => {
      direct = new Client(postgres.database.url)
      direct.on('error', () => undefined)
      await direct.connect()
    }
    beforeAll(async () => {
      postgres = await openBreakablePostgres()
      await connectDirectly()
      await direct.query(TABLE)
      const url = new URL(postgres.database.url)
      const port = Number(url.port)
      line = createServer((near) => {
        const far = connect(port, '127.0.0.1')
        for (const socket of [near, far]) socket.on('error', () => socket.destroy())
        let isKept = false
        near.on('close', () => far.destroy())
        far.on('close', () => isKept || near.destroy())
        far.on('data', (data) => near.write(data))
        near.on('data', (data) => {
          if (atCommit === null || !data.includes('COMMIT')) return void far.write(data)
          isKept = true
          void atCommit().finally(() => near.destroy())
          atCommit = null
        })
      })
      line.listen(0, '127.0.0.1')
      await once(line, 'listening')
      url.port = String((line.address() as AddressInfo).port)
      sources = await openDataSources(url.href, MODEL, 'limited')
      database = new Database(sources)
    }, 60_000)
    afterAll(async () => {
      await closeDataSources(sources)
      line.close()
      await direct.end()
      await postgres.close()
    })

    const currentId = async (query: (sql: string) => Promise<unknown>): Promise<string> => {
      const found = (await query('SELECT pg_current_xact_id()::text AS id')) as
        | { id: string }[]
        | { rows: { id: string }[] }
      const [row] = Array.isArray(found) ? found : found.rows
      return row?.id ?? ''
    }
    const crash = async () => {
      await postgres.stop()
      await postgres.start()
      await connectDirectly()
    }
    const put = (name: string, seen: { id: string }, when: () => Promise<void>) =>
      database.write(async (writer) => {
        await writer.query('INSERT INTO notes (name) VALUES (?)', [name])
        writer.proveWith((reader) => stored(reader, name))
        seen.id = await currentId((sql) => writer.query(sql))
        atCommit = when
      })

    it('is UNAVAILABLE, also after its id was given to a transaction that is committed', async () => {
      const [lost, other] = [{ id: '' }, { id: '' }]
      const written = put('lost', lost, async () => {
        await crash()
        while (Number(other.id) < Number(lost.id)) {
          await direct.query('BEGIN')
          other.id = await currentId((sql) => direct.query(sql))
          await direct.query('COMMIT')
        }
      })
      await expect(written).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      expect(other.id).toBe(lost.id)
      const { rows } = await direct.query('SELECT pg_xact_status($1::xid8) AS status', [lost.id])
      expect(rows).toEqual([{ status: 'committed' }])
      expect(await database.read((reader) => stored(reader, 'lost'))).toBe(false)
    })

    it('is UNAVAILABLE at once if its id has not been given out again', async () => {
      await expect(put('lost', { id: '' }, crash)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    })
  },
)
