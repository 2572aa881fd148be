import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { BY_SYSTEM } from '../../src/audit/audit-event.ts'
import { keySuspended } from '../../src/audit/events/key-events.ts'
import {
  CreateNotificationRouteDocument,
  ListNotificationDeliveriesDocument,
  ListNotificationRoutesDocument,
  SendTestNotificationDocument,
  UpdateNotificationRouteDocument,
} from '../../src/generated/graphql.ts'
import { newId } from '../../src/kernel/ids.ts'
import { RouteReader } from '../../src/notifications/route-reader.ts'
import type { TestClient } from '../support/client.ts'
import { createDatabase, ENGINES, type TestDatabase } from '../support/engines.ts'
import { answering, type Receiver, startReceiver } from '../support/receiver.ts'
import { bootNotifying, type NotifyingApp } from './notifying.ts'

const DAY = 86_400
const MOST_ROUTES = 50
const LARGEST_BACKLOG = 1_000
const EVENTS_A_PAGE = 200
const MOST_PENDING_TESTS = 100
const OLD_KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const NEW_KEY = 'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA'

const rowsOf = <Row>(app: NotifyingApp, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
  app.app.parts.services.database.read((reader) => reader.query<Row>(sql, parameters))

describe.each(ENGINES)('notification routes on %s', (engine) => {
  let app: NotifyingApp
  let receiver: Receiver
  beforeEach(async () => {
    app = await bootNotifying({ engine }, new Date())
    receiver = await startReceiver()
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await app.close()
    await receiver.close()
  })

  const target = () => ({ webhook: { url: receiver.url } })
  /** Events about keys of their own, so that none waits for another. */
  const append = (count: number) =>
    app.app.parts.services.database.write((writer) =>
      app.app.parts.log.appendAll(
        writer,
        app.organizationId,
        Array.from({ length: count }, (_, index) => ({
          cause: BY_SYSTEM,
          draft: keySuspended({ id: newId('key'), name: `key ${index}`, kind: 'API_KEY', ownerId: null }),
        })),
      ),
    )

  it('of an organization are at most 50', async () => {
    for (let made = 0; made < MOST_ROUTES; made += 1) await app.route({ target: target() })
    const input = { organizationId: app.organizationId, name: 'one too many', target: target() }
    const failure = await app.owner.fail(CreateNotificationRouteDocument, { input })
    expect(failure.extensions.code).toBe('LIMIT_REACHED')
    const { organization } = await app.owner.run(ListNotificationRoutesDocument, { organizationId: app.organizationId })
    expect(organization?.notificationRoutes).toHaveLength(MOST_ROUTES)
  })

  it('have about 1,000 pending deliveries at most, and read on until every event is delivered', async () => {
    const events = LARGEST_BACKLOG + 450
    const hanging: ServerResponse[] = []
    receiver.answer = (_, response) => void hanging.push(response)
    const { id } = await app.route({ target: target(), types: ['KEY_SUSPENDED'] })
    await append(events)
    await app.app.parts.notifications.work()
    const [row] = await rowsOf<{ count: string }>(
      app,
      "SELECT COUNT(*) AS count FROM notification_deliveries WHERE route_id = ? AND status = 'PENDING'",
      [id],
    )
    // It reads 200 events at a time: the last read may begin just below the limit.
    expect(Number(row?.count)).toBeGreaterThanOrEqual(LARGEST_BACKLOG)
    expect(Number(row?.count)).toBeLessThan(LARGEST_BACKLOG + 200)
    receiver.answer = answering(204)
    for (const response of hanging) response.writeHead(204).end()
    await app.deliver()
    const delivered = new Set(receiver.requests.map(({ body }) => body.data.event.sequence))
    expect(delivered.size).toBe(events)
  }, 120_000)

  it('deliver what they have read before all of a long log is read', async () => {
    const { readPages } = RouteReader.prototype
    const seen = { behind: false, waited: false }
    vi.spyOn(RouteReader.prototype, 'readPages').mockImplementation(async function (this: RouteReader) {
      if (seen.behind) {
        await expect.poll(() => receiver.requests.length).toBeGreaterThan(0)
        seen.waited = true
      }
      seen.behind = await readPages.call(this)
      return seen.behind
    })
    await app.route({ target: target(), types: ['KEY_SUSPENDED'] })
    await append(EVENTS_A_PAGE + 1)
    await app.deliver()
    expect(seen.waited).toBe(true)
    expect(receiver.requests).toHaveLength(EVENTS_A_PAGE + 1)
  })

  it('have at most 100 pending test messages', async () => {
    receiver.answer = answering(500)
    const { id } = await app.route({ target: target() })
    for (let sent = 0; sent < MOST_PENDING_TESTS; sent += 1)
      await app.owner.run(SendTestNotificationDocument, { input: { id } })
    const failure = await app.owner.fail(SendTestNotificationDocument, { input: { id } })
    expect(failure.extensions.code).toBe('LIMIT_REACHED')
    expect(receiver.requests).toHaveLength(MOST_PENDING_TESTS)
    receiver.answer = answering(204)
    await app.deliver(6)
    await app.owner.run(SendTestNotificationDocument, { input: { id } })
    expect(receiver.requests).toHaveLength(2 * MOST_PENDING_TESTS + 1)
  })

  it('keep settled deliveries for 30 days, and pending ones for as long as they are', async () => {
    const { id } = await app.route({ target: target(), types: ['KEY_SUSPENDED'] })
    await append(3)
    await app.deliver()
    receiver.answer = answering(503)
    await append(1)
    await app.deliver()
    await app.owner.run(UpdateNotificationRouteDocument, { input: { id, enabled: false } })
    const statuses = async () =>
      (await rowsOf<{ status: string }>(app, 'SELECT status FROM notification_deliveries ORDER BY sequence')).map(
        ({ status }) => status,
      )
    const settled = ['DELIVERED', 'DELIVERED', 'DELIVERED']
    const cleaned = () => app.app.parts.notifications.clean()
    app.clock.advance(29 * DAY)
    await cleaned()
    expect(await statuses()).toEqual([...settled, 'PENDING'])
    app.clock.advance(2 * DAY)
    await cleaned()
    expect(await statuses()).toEqual(['PENDING'])
  })
})

describe('the secrets of routes', () => {
  let database: TestDatabase
  let receiver: Receiver
  beforeAll(async () => {
    database = await createDatabase('sqlite')
    receiver = await startReceiver()
  })
  afterAll(async () => {
    await receiver.close()
    await database.remove()
  })

  it('are encrypted under the new master key by the start that has both, so that the old one can be taken away', async () => {
    const start = (keys: string) => bootNotifying({ database, env: { KEYTURN_MASTER_KEY: keys } }, new Date())
    const first = await start(OLD_KEY)
    const { id } = await first.route({ target: { webhook: { url: receiver.url } }, types: ['KEY_CREATED'] })
    const { organizationId, ownerSecret } = first
    const stored = (app: NotifyingApp) =>
      rowsOf<{ target_jwe: string; signing_jwe: string }>(
        app,
        'SELECT target_jwe, signing_jwe FROM notification_routes WHERE id = ?',
        [id],
      )
    const [old] = await stored(first)
    await first.stop()
    const both = await start(`${NEW_KEY},${OLD_KEY}`)
    const [renewed] = await stored(both)
    expect(renewed?.target_jwe).not.toBe(old?.target_jwe)
    expect(renewed?.signing_jwe).not.toBe(old?.signing_jwe)
    await both.stop()
    const last = await start(NEW_KEY)
    const owner: TestClient = last.anonymous.with(ownerSecret)
    const input = { organizationId, name: 'k', grants: [] }
    await owner.send('mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }', { input })
    await last.deliver()
    expect(receiver.requests).toHaveLength(1)
    owner.close()
    await last.stop()
  })
})

describe('a caller', () => {
  let app: NotifyingApp
  let receiver: Receiver
  let routeId: string
  beforeAll(async () => {
    app = await bootNotifying({}, new Date())
    receiver = await startReceiver()
    routeId = (await app.route({ target: { webhook: { url: receiver.url } }, types: ['KEY_CREATED'] })).id
    await app.apiKey()
    await app.deliver()
  })
  afterAll(async () => {
    await app.close()
    await receiver.close()
  })
  const codes = async (client: TestClient) => {
    const routes = await client.send(
      'query ($id: ID!) { organization(id: $id) { notificationRoutes { id target } } }',
      {
        id: app.organizationId,
      },
    )
    const deliveries = await client.send(
      'query ($id: ID!) { node(id: $id) { ... on NotificationRoute { deliveries(first: 1) { edges { node { id } } } } } }',
      { id: routeId },
    )
    return [routes, deliveries].map(({ errors }) => errors?.[0]?.extensions?.code ?? null)
  }

  it.each<[string, { module: string; role: 'VIEWER' | 'MANAGER' }[], (string | null)[]]>([
    [
      'audit:viewer sees neither routes nor deliveries',
      [{ module: 'audit', role: 'VIEWER' }],
      ['FORBIDDEN', 'FORBIDDEN'],
    ],
    ['keys:viewer sees deliveries alone', [{ module: 'keys', role: 'VIEWER' }], ['FORBIDDEN', null]],
    ['keys:manager sees both', [{ module: 'keys', role: 'MANAGER' }], [null, null]],
  ])('with %s', async (_, grants, expected) => {
    const { client } = await app.person('Ann', grants)
    expect(await codes(client)).toEqual(expected)
  })

  it('with keys:manager alone gets no events by a route that the audit log would refuse', async () => {
    const { client } = await app.person('Mina', [{ module: 'keys', role: 'MANAGER' }])
    const input = { organizationId: app.organizationId, name: 'all', target: { webhook: { url: receiver.url } } }
    const failure = await client.fail(CreateNotificationRouteDocument, {
      input: { ...input, types: ['MEMBER_INVITED', 'KEY_CREATED'] },
    })
    expect(failure.extensions).toMatchObject({ code: 'FORBIDDEN', required: ['audit:viewer'] })
    await client.run(CreateNotificationRouteDocument, { input: { ...input, types: ['KEY_CREATED'] } })
  })

  it('reads the metrics of deliveries by their names', async () => {
    const { node } = await app.owner.run(ListNotificationDeliveriesDocument, { routeId, first: 1 })
    expect(node).toMatchObject({ deliveries: { edges: [{ node: { status: 'DELIVERED' } }] } })
    const metrics = await (await fetch(`${app.url}/metrics`)).text()
    expect(metrics).toMatch(/^keyturn_notification_attempts_total\{channel="WEBHOOK",result="delivered"\} [1-9]/m)
    expect(metrics).toMatch(/^keyturn_notifications_pending 0$/m)
    expect(metrics).toMatch(/^keyturn_notification_oldest_pending_seconds 0$/m)
  })
})
