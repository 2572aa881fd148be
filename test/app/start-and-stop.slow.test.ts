import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import sqlite from 'sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateApiKeyDocument, KeyEventsDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { historyOf } from '../support/audit-chain.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, ENGINES, type TestDatabase } from '../support/engines.ts'
import { spawnServer, startServer } from '../support/server-process.ts'

/** Keeps everybody else from committing to the database; returns what lets them go on. */
const holdWrites = async ({ engine, url }: TestDatabase): Promise<() => Promise<void>> => {
  if (engine === 'postgres') {
    const client = new Client(url)
    await client.connect()
    await client.query('BEGIN')
    await client.query('LOCK TABLE audit_heads IN ACCESS EXCLUSIVE MODE')
    return () => client.end()
  }
  const file = new sqlite.Database(url.slice('sqlite:'.length))
  await new Promise<void>((resolve, reject) =>
    file.exec('BEGIN IMMEDIATE', (error) => (error === null ? resolve() : reject(error))),
  )
  return () => new Promise((resolve) => file.close(() => resolve()))
}

describe.each(ENGINES)('the service as a process, on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase(engine)
  })
  afterAll(() => database.remove())

  it('creates an organization at its first start, and keeps everything at later starts', async () => {
    const first = await startServer(database)
    const { secret = '', organizationId = '' } = first.first ?? {}
    const owner = new TestClient(first.url, secret)
    const made = await owner.run(CreateApiKeyDocument, { input: { organizationId, name: 'kept', grants: [] } })
    const before = await historyOf(owner, organizationId)
    first.signal('SIGTERM')
    expect(await first.exited).toBe(0)

    const second = await startServer(database)
    expect(second.first).toBeNull()
    expect(second.output()).not.toMatch(/kt_[ap]k_/)
    const again = new TestClient(second.url, secret)
    expect((await again.run(ViewerDocument, {})).viewer.user?.email).toBe('owner@localhost')
    expect((await again.with(made.createApiKey.secret).run(ViewerDocument, {})).viewer.key?.name).toBe('kept')
    expect(await historyOf(again, organizationId)).toEqual(before)
    if (engine === 'sqlite') {
      const modes = ['.', 'keyturn.db', 'keyturn.db-wal', 'keyturn.db-shm'].map((name) =>
        (statSync(join(database.directory, name)).mode & 0o777).toString(8),
      )
      expect(modes).toEqual(['700', '600', '600', '600'])
    }
    second.signal('SIGINT')
    expect(await second.exited).toBe(0)
  }, 240_000)

  it('completes running requests at SIGTERM, asks sockets to reconnect, and exits within ten seconds', async () => {
    const own = await createDatabase(engine)
    const server = await startServer(own)
    const { secret = '', organizationId = '' } = server.first ?? {}
    const owner = new TestClient(server.url, secret)
    // From the beginning of the history, so that each has something to say as soon as it is live.
    const socket = await owner.subscribe(KeyEventsDocument, { organizationId, after: 0 })
    const stream = owner.subscribeByEvents(KeyEventsDocument, { organizationId, after: 0 })
    await Promise.all([socket.results.take(), stream.results.take()])

    const goOn = await holdWrites(own)
    const running = ['one', 'two', 'three'].map((name) =>
      owner.run(CreateApiKeyDocument, { input: { organizationId, name, grants: [] } }),
    )
    // The server has taken them up by the time at which it has answered what came after them.
    for (let time = 0; time < 5; time += 1) await owner.run(ViewerDocument, {})
    const begun = performance.now()
    server.signal('SIGTERM')
    expect(await socket.ended.take(10_000)).toMatchObject({ code: 1012 })
    await goOn()
    const made = await Promise.all(running)
    expect(made.map(({ createApiKey }) => createApiKey.apiKey.name)).toEqual(['one', 'two', 'three'])
    await stream.ended.take(10_000)
    expect(await server.exited).toBe(0)
    expect(performance.now() - begun).toBeLessThan(10_000)
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()

    // Told and kept: what was answered while it stopped is there afterwards.
    const next = await startServer(own)
    const events = await historyOf(new TestClient(next.url, secret), organizationId)
    expect(
      events
        .filter(({ type }) => type === 'KEY_CREATED')
        .map(({ targetName }) => targetName)
        .slice(-3)
        .sort(),
    ).toEqual(['one', 'three', 'two'])
    next.signal('SIGTERM')
    expect(await next.exited).toBe(0)
    owner.close()
    await own.remove()
  }, 240_000)
})

it('reports every configuration error, prints no value that may be secret, and exits with 78', async () => {
  const { child, output } = spawnServer({
    KEYTURN_PORT: 'many',
    KEYTURN_MASTER_KEY: 'c2VjcmV0',
    KEYTURN_DATABASE_URL: 'mysql://somebody:hunter2@localhost/keyturn',
    KEYTURN_LOG_LEVEL: 'loud',
    KEYTURN_OIDC_ISSUER: 'https://login.example.com',
    KEYTURN_PUBLIC_ULR: 'https://keys.example.com',
  })
  const [code] = await once(child, 'exit')
  expect(code).toBe(78)
  for (const name of ['PORT', 'MASTER_KEY', 'DATABASE_URL', 'LOG_LEVEL', 'OIDC_AUDIENCE', 'PUBLIC_ULR'])
    expect(output()).toContain(`KEYTURN_${name}: `)
  expect(output()).toContain('6 faults')
  expect(output()).not.toMatch(/hunter2|c2VjcmV0/)
  expect(output()).not.toContain('    at ')
}, 120_000)

it('exits with 78 and a message that says what to do if the master key does not match the database', async () => {
  const database = await createDatabase('sqlite')
  const first = await startServer(database)
  first.signal('SIGTERM')
  await first.exited
  const { child, output } = spawnServer({
    KEYTURN_PORT: '0',
    KEYTURN_DATA_DIR: database.directory,
    KEYTURN_DATABASE_URL: database.url,
    KEYTURN_MASTER_KEY: randomBytes(32).toString('base64url'),
  })
  const [code] = await once(child, 'close')
  await database.remove()
  expect(code).toBe(78)
  expect(output()).toMatch(/^The configuration has a fault:\n {2}KEYTURN_MASTER_KEY: [^\n]+\n$/)
}, 120_000)
