import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OutcomeUnknown } from '../../src/kernel/errors.ts'
import { MODEL } from '../../src/model.ts'
import { closeDataSources, openDataSources } from '../../src/persistence/data-source.ts'
import { Database, type Reader } from '../../src/persistence/database.ts'
import { type BreakablePostgres, openBreakablePostgres, ownPostgresRuns } from '../support/breakable-postgres.ts'
import { ON_POSTGRES } from '../support/engines.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'

const TABLE = 'CREATE TABLE notes (name VARCHAR(100) PRIMARY KEY)'
const stored = async (reader: Reader, name: string): Promise<boolean> =>
  (await reader.query('SELECT 1 FROM notes WHERE name = ?', [name])).length > 0

/** What happens to a COMMIT on its way. Its answer is lost, and the connection ends when this resolves. */
type AtCommit = (passOn: () => void) => Promise<void>

const breakBefore: AtCommit = async () => undefined
const breakAfter: AtCommit = async (passOn) => passOn()

/** A database over a line to PostgreSQL that can lose the next COMMIT, or its answer. */
const openLosing = async (target: string) => {
  const line = { atCommit: null as AtCommit | null, isClosed: false }
  const server = createServer((near) => {
    if (line.isClosed) return void near.destroy()
    const far = connect(Number(new URL(target).port || 5432), '127.0.0.1')
    for (const socket of [near, far]) socket.on('error', () => socket.destroy())
    let isLost = false
    near.on('close', () => far.destroy())
    far.on('close', () => isLost || near.destroy())
    far.on('data', (data) => isLost || near.write(data))
    near.on('data', (data) => {
      const { atCommit } = line
      if (atCommit === null || !data.includes('COMMIT')) return void far.write(data)
      line.atCommit = null
      isLost = true
      // What PostgreSQL has received, it does.
      void atCommit(() => far.end(data)).finally(() => near.destroy())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  url.hostname = '127.0.0.1'
  const sources = await openDataSources(url.href, MODEL, 'limited')
  const close = async () => {
    await closeDataSources(sources)
    server.close()
  }
  return { line, database: new Database(sources), close }
}

type Losing = Awaited<ReturnType<typeof openLosing>>

describe.each(ON_POSTGRES)('a COMMIT whose answer is lost, on %s', (engine) => {
  let open: OpenDatabase
  let losing: Losing
  beforeAll(async () => {
    open = await openDatabase(engine)
    await open.sources.writing.query(TABLE)
    losing = await openLosing(open.own.url)
  })
  beforeEach(() => losing.database.write(async () => undefined))
  afterEach(() => {
    losing.line.isClosed = false
  })
  afterAll(async () => {
    await losing.close()
    await open.close()
  })

  const put = (name: string, atCommit: AtCommit, committed: string[], isProved = true) =>
    losing.database.write(async (writer) => {
      writer.afterCommit(() => committed.push(name))
      await writer.query('INSERT INTO notes (name) VALUES (?)', [name])
      if (isProved) writer.proveWith((reader) => stored(reader, name))
      losing.line.atCommit = atCommit
      return name
    })
  const isStored = (name: string) => losing.database.read((reader) => stored(reader, name))

  it('succeeds if PostgreSQL committed it', async () => {
    const committed: string[] = []
    expect(await put('kept', breakAfter, committed)).toBe('kept')
    expect(committed).toEqual(['kept'])
    expect(await isStored('kept')).toBe(true)
  })

  it('is UNAVAILABLE if PostgreSQL rolled it back, and changed nothing', async () => {
    const committed: string[] = []
    await expect(put('lost', breakBefore, committed)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(committed).toEqual([])
    expect(await isStored('lost')).toBe(false)
  })

  it('says that the outcome is unknown while PostgreSQL cannot be asked', async () => {
    const committed: string[] = []
    const breakForGood: AtCommit = async (passOn) => {
      losing.line.isClosed = true
      passOn()
    }
    await expect(put('unknown', breakForGood, committed)).rejects.toThrow(OutcomeUnknown)
    expect(committed).toEqual([])
  })

  it('is UNAVAILABLE, so that it is repeated, if it wrote nothing by which to find it', async () => {
    await expect(put('unproved', breakAfter, [], false)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe.skipIf(!ownPostgresRuns)(
  'a COMMIT that PostgreSQL did not receive because it crashed',
  { timeout: 60_000 },
  () => {
    let postgres: BreakablePostgres
    let losing: Losing
    let direct: Client
    const connectDirectly = async () => {
      direct = new Client(postgres.database.url)
      direct.on('error', () => undefined)
      await direct.connect()
    }
    beforeAll(async () => {
      postgres = await openBreakablePostgres()
      await connectDirectly()
      await direct.query(TABLE)
      losing = await openLosing(postgres.database.url)
    }, 60_000)
    afterAll(async () => {
      await losing.close()
      await direct.end()
      await postgres.close()
    })

    const CURRENT_ID = 'SELECT pg_current_xact_id()::text AS id'
    const crash = async () => {
      await postgres.stop()
      await postgres.start()
      await connectDirectly()
    }
    /** Commits an empty transaction; returns its id. */
    const nextId = async (): Promise<number> => {
      const { rows } = await direct.query<{ id: string }>(CURRENT_ID)
      return Number(rows[0]?.id)
    }
    const put = (atCommit: (id: number) => Promise<void>) =>
      losing.database.write(async (writer) => {
        await writer.query('INSERT INTO notes (name) VALUES (?)', ['lost'])
        writer.proveWith((reader) => stored(reader, 'lost'))
        const [row] = await writer.query<{ id: string }>(CURRENT_ID)
        losing.line.atCommit = () => atCommit(Number(row?.id))
      })

    it('is UNAVAILABLE, also after its id was given to a transaction that is committed', async () => {
      let lostId = 0
      let otherId = 0
      const written = put(async (id) => {
        lostId = id
        await crash()
        while (otherId < lostId) otherId = await nextId()
      })
      await expect(written).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      expect(otherId).toBe(lostId)
      const { rows } = await direct.query('SELECT pg_xact_status($1::xid8) AS status', [lostId])
      expect(rows).toEqual([{ status: 'committed' }])
      expect(await losing.database.read((reader) => stored(reader, 'lost'))).toBe(false)
    })

    it('is UNAVAILABLE at once if its id has not been given out again', async () => {
      await expect(put(crash)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    })
  },
)
