import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CreateNotificationRouteDocument, UpdateNotificationRouteDocument } from '../../src/generated/graphql.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, ENGINES, ON_POSTGRES, type TestDatabase } from '../support/engines.ts'
import { readDatabase } from '../support/open-database.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

const KEYS = 250
/** Creation, suspension, resumption and revocation of each key. */
const EVENTS_A_KEY = 4
const EVENTS = KEYS * EVENTS_A_KEY
const AT_ONCE = 10
const ENV = {
  KEYTURN_NOTIFICATION_ALLOWED_RANGES: '127.0.0.0/8',
  KEYTURN_MUTATIONS_PER_SECOND: '100000',
  NODE_OPTIONS: `--import ${new URL('../support/jumping-date.mjs', import.meta.url)}`,
}
/** More than the lease of an attempt: the next attempt of what was on its way at a kill is due when it has passed. */
const AFTER_LEASE_MS = 65_000
const TYPES = ['KEY_CREATED', 'KEY_SUSPENDED', 'KEY_RESUMED', 'KEY_REVOKED'] as const

const makeEvents = async (owners: readonly TestClient[], organizationId: string): Promise<void> => {
  const work = async (index: number) => {
    const owner = owners[index % owners.length]
    if (owner === undefined) throw new Error('There is no server.')
    const create = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }'
    const input = { organizationId, name: `key ${index}`, grants: [] }
    const { data } = await owner.send<{ createApiKey: { apiKey: { id: string } } }>(create, { input })
    const id = data?.createApiKey.apiKey.id ?? ''
    for (const change of ['suspendKey', 'resumeKey', 'revokeKey'])
      await owner.send(`mutation { ${change}(input: { id: "${id}" }) { key { id } } }`, {})
  }
  for (let made = 0; made < KEYS; made += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => work(made + index)))
}

/** First receptions: at least once means that an attempt may come again. */
const firstOf = (receiver: Receiver) => {
  const seen = new Set<string>()
  return receiver.requests.filter(({ headers }) => {
    const id = String(headers['webhook-id'])
    return !seen.has(id) && seen.add(id)
  })
}

const expectAllInOrder = (receiver: Receiver): void => {
  const first = firstOf(receiver)
  const sequences = first.map(({ body }) => body.data.event.sequence)
  expect(new Set(sequences).size).toBe(EVENTS)
  expect(first).toHaveLength(EVENTS)
  const byKey = new Map<string, string[]>()
  for (const { body } of first)
    byKey.set(body.data.key.id, [...(byKey.get(body.data.key.id) ?? []), body.data.event.type])
  expect(byKey.size).toBe(KEYS)
  for (const types of byKey.values()) expect(types).toEqual(TYPES)
}

const rowsOf = (database: TestDatabase, routeId: string) =>
  readDatabase(database, (reader) =>
    reader.query<{ status: string }>('SELECT status FROM notification_deliveries WHERE route_id = ?', [routeId]),
  )

const createRoute = async (owner: TestClient, organizationId: string, url: string): Promise<string> => {
  const { createNotificationRoute } = await owner.run(CreateNotificationRouteDocument, {
    input: { organizationId, name: 'route', target: { webhook: { url } }, types: [...TYPES] },
  })
  return createNotificationRoute.route.id
}

const setEnabled = (owner: TestClient, id: string, enabled: boolean) =>
  owner.run(UpdateNotificationRouteDocument, { input: { id, enabled } })

let database: TestDatabase
let receiver: Receiver
const servers: ServerProcess[] = []
const clients: TestClient[] = []
beforeEach(async () => {
  receiver = await startReceiver((_, response) => void setTimeout(() => response.end(), 30))
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  for (const server of servers.splice(0)) await server.kill()
  await receiver.close()
  await database.remove()
})

const start = async (secret?: string, clockAheadMs = 0) => {
  const server = await startServer(database, { ...ENV, TEST_CLOCK_AHEAD_MS: String(clockAheadMs) })
  servers.push(server)
  const client = new TestClient(server.url, secret ?? server.first?.secret ?? null)
  clients.push(client)
  return { server, client }
}

describe.each(ENGINES)('a server on %s that is killed in the middle of 1,000 deliveries', (engine) => {
  it('finally has delivered every event, in the order of each key and with one delivery each', async () => {
    database = await createDatabase(engine)
    let { server, client } = await start()
    const { secret = '', organizationId = '' } = server.first ?? {}
    const routeId = await createRoute(client, organizationId, receiver.url)
    // All at once, so that a kill falls between deliveries.
    await setEnabled(client, routeId, false)
    await makeEvents([client], organizationId)
    await setEnabled(client, routeId, true)
    for (const [kills, received] of [EVENTS * 0.3, EVENTS * 0.6, EVENTS * 0.9].entries()) {
      await expect.poll(() => receiver.requests.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(received)
      await server.kill()
      ;({ server, client } = await start(secret, (kills + 1) * AFTER_LEASE_MS))
    }
    await expect.poll(() => firstOf(receiver).length, { timeout: 240_000, interval: 500 }).toBe(EVENTS)
    expectAllInOrder(receiver)
    await expect
      .poll(async () => (await rowsOf(database, routeId)).filter(({ status }) => status === 'DELIVERED').length, {
        timeout: 90_000,
        interval: 500,
      })
      .toBe(EVENTS)
    expect(await rowsOf(database, routeId)).toHaveLength(EVENTS)
  }, 500_000)
})

describe.each(ON_POSTGRES)('three instances on %s', (engine) => {
  it('deliver every event once and in order while one receiver hangs and one instance is killed', async () => {
    database = await createDatabase(engine)
    const first = await start()
    const { secret = '', organizationId = '' } = first.server.first ?? {}
    const second = await start(secret)
    const third = await start(secret)
    const hanging = await startReceiver(() => undefined)
    try {
      const hangingId = await createRoute(first.client, organizationId, hanging.url)
      const routeId = await createRoute(first.client, organizationId, receiver.url)
      for (const id of [hangingId, routeId]) await setEnabled(first.client, id, false)
      await makeEvents([first.client, second.client], organizationId)
      for (const id of [hangingId, routeId]) await setEnabled(first.client, id, true)
      await expect.poll(() => receiver.requests.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(EVENTS / 3)
      await third.server.kill()
      // The leases of the killed instance hold back few deliveries. The others take them over when the leases have ended.
      await expect.poll(() => firstOf(receiver).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(EVENTS * 0.9)
      for (const { server } of [first, second]) server.signal('SIGUSR2')
      await expect.poll(() => firstOf(receiver).length, { timeout: 240_000, interval: 500 }).toBe(EVENTS)
      expectAllInOrder(receiver)
      expect(await rowsOf(database, routeId)).toHaveLength(EVENTS)
      expect(hanging.requests.length).toBeGreaterThan(0)
    } finally {
      await hanging.close()
    }
  }, 500_000)
})
