import { describe, expect, it } from 'vitest'
import { listPendingLeaks } from '../../src/leaks/pending-leaks.store.ts'
import { boot } from '../support/boot.ts'
import { ENGINES, ON_POSTGRES } from '../support/engines.ts'
import { manyKeys } from '../support/many-keys.ts'
import { readDatabase } from '../support/open-database.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { useCrashing } from './crashing.ts'

/** Sixteen transactions: the server is killed before it can have written all of them. */
const KEYS = 4_000

const using = useCrashing()
const start = () => using.started(startServer(using.database, { KEYTURN_LEAKS_GITHUB_KEYS_URL: using.github.keysUrl }))

/** A new database with keys, and their secrets. */
const withKeys = async (engine: 'sqlite' | 'postgres'): Promise<string[]> => {
  const database = await using.createDatabase(engine)
  const app = await boot({ database })
  try {
    return (await manyKeys(app, KEYS)).map(({ secret }) => secret)
  } finally {
    await app.stop()
  }
}

/** Sends a report of the secrets, and kills the server with the first byte of the answer. */
const reportAndKill = async (server: ServerProcess, secrets: readonly string[]): Promise<void> => {
  const body = JSON.stringify(secrets.map((token) => ({ token, type: 'keyturn_secret', url: 'https://example.com' })))
  const response = await fetch(`${server.url}/leaks/github`, {
    method: 'POST',
    headers: using.github.headersOf(body),
    body,
  })
  await server.kill()
  expect(response.status).toBe(200)
  await response.body?.cancel().catch(() => undefined)
}

/** The number of pending batches, and of the events, of their keys, and of suspended keys. */
const written = () =>
  readDatabase(using.database, async (reader) => {
    const [row] = await reader.query<Record<'leaked' | 'keys' | 'suspensions' | 'suspended', string | number>>(
      `SELECT COUNT(*) AS leaked, COUNT(DISTINCT target_id) AS keys,
       (SELECT COUNT(*) FROM audit_events WHERE type = 'KEY_SUSPENDED') AS suspensions,
       (SELECT COUNT(*) FROM keys WHERE suspended_at IS NOT NULL) AS suspended
       FROM audit_events WHERE type = 'KEY_LEAKED'`,
    )
    const pending = (await listPendingLeaks(reader)).length
    return [pending, row?.leaked, row?.keys, row?.suspensions, row?.suspended].map(Number)
  })
const ALL_ONCE = [0, KEYS, KEYS, KEYS, KEYS]

describe.each(ENGINES)('a server on %s that is killed after it has answered a large report', (engine) => {
  it('ends every key after its next start, each with one event, also where it is killed again meanwhile', async () => {
    const secrets = await withKeys(engine)
    await reportAndKill(await start(), secrets)
    const [pending] = await written()
    expect(pending).toBeGreaterThan(0)
    await (await start()).kill()
    await start()
    await expect.poll(written, { timeout: 120_000, interval: 200 }).toEqual(ALL_ONCE)
  }, 300_000)

  it('stops in time when it is told to, and leaves the rest for its next start', async () => {
    const secrets = await withKeys(engine)
    await reportAndKill(await start(), secrets)
    const stopping = await start()
    stopping.signal('SIGTERM')
    expect(await stopping.exited).toBe(0)
    await start()
    await expect.poll(written, { timeout: 120_000, interval: 200 }).toEqual(ALL_ONCE)
  }, 300_000)
})

describe.each(ON_POSTGRES)('two instances on %s', (engine) => {
  it('complete the reports of each other: all keys end while the one that answered is gone', async () => {
    const secrets = await withKeys(engine)
    const [taker] = [await start(), await start()]
    await reportAndKill(taker, secrets)
    await expect.poll(written, { timeout: 120_000, interval: 200 }).toEqual(ALL_ONCE)
  }, 300_000)
})
