import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  DeleteNotificationRouteDocument,
  ListNotificationDeliveriesDocument,
  ListNotificationRoutesDocument,
  RedeliverNotificationsDocument,
  RevokeKeyDocument,
  SendTestNotificationDocument,
  SuspendKeyDocument,
  UpdateNotificationRouteDocument,
} from '../../src/generated/graphql.ts'
import { ENGINES } from '../support/engines.ts'
import { answering, type Receiver, startReceiver } from '../support/receiver.ts'
import { bootNotifying, type NotifyingApp } from './notifying.ts'

const HOUR = 3_600
const DAY = 24 * HOUR
/** Deliveries of a route that are sent at the same time. */
const IN_FLIGHT = 16

describe.each(ENGINES)('webhooks on %s', (engine) => {
  let app: NotifyingApp
  let receiver: Receiver
  beforeEach(async () => {
    // The verifying package compares with the time of the system.
    app = await bootNotifying({ engine }, new Date())
    receiver = await startReceiver()
  })
  afterEach(async () => {
    await app.close()
    await receiver.close()
  })

  const webhook = () => ({ webhook: { url: `${receiver.url}/hook` } })
  const routeOf = async (id: string) => {
    const { organization } = await app.owner.run(ListNotificationRoutesDocument, { organizationId: app.organizationId })
    return organization?.notificationRoutes?.find((route) => route.id === id)
  }
  const deliveriesOf = async (routeId: string) => {
    const { node } = await app.owner.run(ListNotificationDeliveriesDocument, { routeId, first: 100 })
    return node !== null && 'deliveries' in node ? node.deliveries.edges.map((edge) => edge.node) : []
  }
  const ids = () => receiver.requests.map((request) => request.headers['webhook-id'])

  it('carry an expiry warning that the standard package verifies, under the id of the delivery', async () => {
    const { id, signingSecret } = await app.route({ target: webhook() })
    const key = await app.apiKey({ name: 'deploy', expiresIn: 'PT1M', warnBefore: ['PT30S'] })
    await app.deliver(31)
    const [request] = receiver.requests
    expect(receiver.requests).toHaveLength(1)
    const verified = new Webhook(signingSecret).verify(request?.text ?? '', request?.headers as Record<string, string>)
    expect(verified).toMatchObject({
      type: 'key.expiry_warning',
      data: {
        organization: { id: app.organizationId, name: 'Default' },
        event: { type: 'KEY_EXPIRY_WARNING', targetId: key.id, targetName: 'deploy', actor: { kind: 'SYSTEM' } },
        key: { id: key.id, name: 'deploy', kind: 'API_KEY' },
        warning: { threshold: 'PT30S', secondsLeft: 29 },
      },
    })
    const [delivery] = await deliveriesOf(id)
    expect(delivery).toMatchObject({ id: ids()[0], status: 'DELIVERED', attempts: 1, responseStatus: 204 })
  })

  it('show at their warning what arrived where', async () => {
    const other = await startReceiver(answering(500))
    try {
      await app.route({ name: 'works', target: webhook() })
      await app.route({ name: 'fails', target: { webhook: { url: other.url } } })
      const key = await app.apiKey({ expiresIn: 'PT1M', warnBefore: ['PT30S'] })
      await app.deliver(31)
      interface Seen {
        readonly organization: {
          readonly expiryWarnings: { readonly edges: { readonly node: { readonly deliveries: unknown[] } }[] }
        }
      }
      const { data } = await app.owner.send<Seen>(
        `query ($id: ID!) { organization(id: $id) { expiryWarnings(first: 10) { edges { node { deliveries {
          status attempts responseStatus error route { name channel } event { type targetId } } } } } } }`,
        { id: app.organizationId },
      )
      const warnings = data?.organization.expiryWarnings.edges.map(({ node }) => node) ?? []
      const event = { type: 'KEY_EXPIRY_WARNING', targetId: key.id }
      expect(warnings).toHaveLength(1)
      expect(warnings[0]?.deliveries).toHaveLength(2)
      expect(warnings[0]?.deliveries).toEqual(
        expect.arrayContaining([
          {
            ...{ status: 'DELIVERED', attempts: 1, responseStatus: 204, error: null, event },
            route: { name: 'works', channel: 'WEBHOOK' },
          },
          {
            ...{ status: 'PENDING', attempts: 1, responseStatus: 500, error: 'The receiver answered 500.', event },
            route: { name: 'fails', channel: 'WEBHOOK' },
          },
        ]),
      )
    } finally {
      await other.close()
    }
  })

  it('start at the head: earlier events than the route are not sent', async () => {
    const { id: keyId } = await app.apiKey()
    await app.owner.run(SuspendKeyDocument, { id: keyId })
    await app.route({ target: webhook(), types: ['KEY_SUSPENDED', 'KEY_REVOKED'] })
    await app.owner.run(RevokeKeyDocument, { input: { id: keyId } })
    await app.deliver()
    expect(receiver.requests.map((request) => request.body.type)).toEqual(['key.revoked'])
  })

  it('arrive in the order of the key after an hour without the receiver, each with one id', async () => {
    const types = ['KEY_CREATED', 'KEY_SUSPENDED', 'KEY_REVOKED'] as const
    const { id } = await app.route({ target: webhook(), types: [...types] })
    receiver.answer = answering(503)
    const keys = await Promise.all(Array.from({ length: 5 }, () => app.apiKey({ expiresIn: 'P30D' })))
    for (const key of keys) {
      await app.owner.run(SuspendKeyDocument, { id: key.id })
      await app.owner.run(RevokeKeyDocument, { input: { id: key.id } })
    }
    for (let minute = 0; minute < 60; minute += 6) await app.deliver(360)
    const tried = new Set(ids())
    expect(tried.size).toBe(keys.length)
    receiver.requests.length = 0
    receiver.answer = answering(200)
    for (let hour = 0; hour < 6; hour += 1) await app.deliver(HOUR)
    expect(new Set(ids())).toEqual(new Set((await deliveriesOf(id)).map((delivery) => delivery.id)))
    expect(ids()).toHaveLength(keys.length * types.length)
    for (const key of keys)
      expect(
        receiver.requests.flatMap(({ body }) => (body.data.key.id === key.id ? [body.data.event.type] : [])),
      ).toEqual(types)
  })

  it('are attempted after 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h, and then fail', async () => {
    const { id } = await app.route({ target: webhook(), types: ['KEY_CREATED'] })
    receiver.answer = answering(500)
    await app.apiKey()
    await app.deliver()
    for (const [index, seconds] of [5, 300, 1_800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR].entries()) {
      await app.deliver(seconds * 0.99)
      expect(receiver.requests).toHaveLength(index + 1)
      await app.deliver(seconds * 0.12)
      expect(receiver.requests).toHaveLength(index + 2)
    }
    await app.deliver(20 * HOUR)
    expect(receiver.requests).toHaveLength(8)
    expect(new Set(ids()).size).toBe(1)
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'FAILED', attempts: 8, nextAttemptAt: null }])
  })

  it('wait as long as retry-after states', async () => {
    await app.route({ target: webhook(), types: ['KEY_CREATED'] })
    receiver.answer = answering(429, { 'retry-after': '600' })
    await app.apiKey()
    await app.deliver()
    await app.deliver(590)
    expect(receiver.requests).toHaveLength(1)
    await app.deliver(80)
    expect(receiver.requests).toHaveLength(2)
  })

  it('stop if the receiver answers 410, wait while the route is disabled, and go on when it is enabled', async () => {
    const { id } = await app.route({ target: webhook(), types: ['KEY_CREATED', 'KEY_SUSPENDED'] })
    receiver.answer = answering(410)
    // As many as are sent at the same time, and one that waits for another one about the same key.
    const keys = await Promise.all(Array.from({ length: IN_FLIGHT }, () => app.apiKey()))
    await app.owner.run(SuspendKeyDocument, { id: keys[0]?.id ?? '' })
    await app.deliver()
    expect(await routeOf(id)).toMatchObject({ enabled: false, disabledReason: expect.stringContaining('410') })
    expect(receiver.requests).toHaveLength(IN_FLIGHT)
    const stopped = await deliveriesOf(id)
    expect(stopped).toHaveLength(IN_FLIGHT + 1)
    expect(stopped.filter(({ status, responseStatus }) => status === 'PENDING' && responseStatus === 410)).toHaveLength(
      IN_FLIGHT,
    )
    await app.apiKey()
    await app.deliver(30 * DAY)
    expect(receiver.requests).toHaveLength(IN_FLIGHT)
    receiver.answer = answering(204)
    await app.owner.run(UpdateNotificationRouteDocument, { input: { id, enabled: true } })
    await app.deliver()
    await app.deliver()
    const settled = await deliveriesOf(id)
    expect(settled).toHaveLength(IN_FLIGHT + 2)
    expect(new Set(settled.map(({ status }) => status))).toEqual(new Set(['DELIVERED']))
    // Under the ids that they had, so that a receiver recognizes what it has seen.
    expect(new Set(ids()).size).toBe(IN_FLIGHT + 2)
    expect(receiver.requests).toHaveLength(2 * IN_FLIGHT + 2)
  })

  it('that are enabled while the receiver still answers 410 stop again, and lose nothing', async () => {
    const { id } = await app.route({ target: webhook(), types: ['KEY_CREATED'] })
    receiver.answer = answering(410)
    await app.apiKey()
    // More often than a delivery is attempted.
    for (let round = 0; round < 10; round += 1) {
      await app.deliver()
      expect(await routeOf(id)).toMatchObject({ enabled: false })
      await app.owner.run(UpdateNotificationRouteDocument, { input: { id, enabled: true } })
    }
    expect(receiver.requests).toHaveLength(10)
    receiver.answer = answering(204)
    await app.deliver()
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'DELIVERED', attempts: 1 }])
  })

  it('stop at 410 even if another delivery succeeds at the same time', async () => {
    const { id } = await app.route({ target: webhook(), types: ['KEY_CREATED'] })
    receiver.answer = ({ body }, response) =>
      void response.writeHead(body.data.event.targetName === 'refused' ? 410 : 204).end()
    await Promise.all(['taken', 'refused', 'also taken'].map((name) => app.apiKey({ name })))
    await app.deliver()
    expect(await routeOf(id)).toMatchObject({ enabled: false, disabledReason: expect.stringContaining('410') })
    expect((await deliveriesOf(id)).map(({ status }) => status).sort()).toEqual(['DELIVERED', 'DELIVERED', 'PENDING'])
  })

  it('of a route without a success for 5 days are disabled; after it is enabled, nothing was skipped', async () => {
    const { id } = await app.route({ target: webhook(), types: ['KEY_CREATED'] })
    receiver.answer = answering(500)
    for (let day = 0; day <= 6; day += 1) {
      await app.apiKey({ expiresIn: 'P60D' })
      await app.deliver(DAY)
    }
    expect(await routeOf(id)).toMatchObject({ enabled: false, disabledReason: expect.stringContaining('5 days') })
    receiver.requests.length = 0
    receiver.answer = answering(200)
    const { id: keyId } = await app.apiKey({ expiresIn: 'P60D' })
    await app.owner.run(UpdateNotificationRouteDocument, { input: { id, enabled: true } })
    await app.deliver()
    expect(receiver.requests.map((request) => request.body.data.key.id)).toContain(keyId)
    expect(await routeOf(id)).toMatchObject({ enabled: true, disabledReason: null })
  })

  it('do not follow a redirect', async () => {
    const { id } = await app.route({ target: webhook(), types: ['KEY_CREATED'] })
    receiver.answer = ({ path }, response) =>
      void response.writeHead(path === '/hook' ? 302 : 200, { location: '/elsewhere' }).end()
    await app.apiKey()
    await app.deliver()
    expect(receiver.requests.map((request) => request.path)).toEqual(['/hook'])
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'PENDING', responseStatus: 302 }])
  })

  it('carry two signatures for 24 hours after a rotation of the signing secret', async () => {
    const { id, signingSecret } = await app.route({ target: webhook() })
    const { updateNotificationRoute } = await app.owner.run(UpdateNotificationRouteDocument, {
      input: { id, rotateSigningSecret: true },
    })
    const rotated = updateNotificationRoute.signingSecret ?? ''
    expect(rotated).toMatch(/^whsec_/)
    await app.owner.run(SendTestNotificationDocument, { input: { id } })
    await app.deliver(DAY + 1)
    await app.owner.run(SendTestNotificationDocument, { input: { id } })
    const [during, after] = receiver.requests
    const headers = during?.headers as Record<string, string>
    for (const secret of [signingSecret, rotated])
      expect(new Webhook(secret).verify(during?.text ?? '', headers)).toMatchObject({ type: 'notification.test' })
    expect(String(after?.headers['webhook-signature']).split(' ')).toHaveLength(1)
  })

  it('answer a test with its delivery after the first attempt, and append an event', async () => {
    const { id } = await app.route({ target: webhook() })
    receiver.answer = answering(500)
    const { sendTestNotification } = await app.owner.run(SendTestNotificationDocument, { input: { id } })
    const { delivery } = sendTestNotification
    expect(delivery).toMatchObject({ status: 'PENDING', attempts: 1, responseStatus: 500 })
    expect(receiver.requests[0]?.body).toMatchObject({ type: 'notification.test', data: { event: null, key: null } })
    receiver.answer = answering(200)
    await app.deliver(6)
    expect(ids()).toEqual([delivery.id, delivery.id])
    const { services } = app.app.parts
    const rows = await services.database.read((reader) =>
      reader.query<{ details: string }>("SELECT details FROM audit_events WHERE type = 'NOTIFICATION_ROUTE_UPDATED'"),
    )
    expect(rows.map((row) => JSON.parse(row.details).changes)).toEqual([
      { testDeliveryId: { from: null, to: delivery.id } },
    ])
  })

  it('are sent again after a sequence with their original ids', async () => {
    const { id } = await app.route({ target: webhook(), types: ['KEY_CREATED'] })
    for (let key = 0; key < 3; key += 1) await app.apiKey()
    await app.deliver()
    const first = ids()
    const lowest = Math.min(...receiver.requests.map(({ body }) => body.data.event.sequence))
    receiver.requests.length = 0
    // As though retention had deleted one of them.
    await app.app.parts.services.database.write((writer) =>
      writer.query('DELETE FROM notification_deliveries WHERE id = ?', [first[1]]),
    )
    await app.owner.run(RedeliverNotificationsDocument, {
      input: { routeId: id, afterSequence: lowest - 1 },
    })
    await app.deliver()
    expect(ids().sort()).toEqual([...first].sort())
    receiver.requests.length = 0
    await app.apiKey()
    await app.deliver()
    expect(receiver.requests).toHaveLength(1)
  })

  it('of a deleted route end', async () => {
    const { id } = await app.route({ target: webhook(), types: ['KEY_CREATED'] })
    await app.owner.run(DeleteNotificationRouteDocument, { input: { id } })
    await app.apiKey()
    await app.deliver()
    expect(receiver.requests).toHaveLength(0)
    expect(await routeOf(id)).toBeUndefined()
  })

  it('of one failing receiver do not affect others', async () => {
    const other = await startReceiver()
    try {
      await app.route({ target: webhook(), types: ['KEY_CREATED'] })
      await app.route({ target: { webhook: { url: other.url } }, types: ['KEY_CREATED'] })
      const waiting: (() => void)[] = []
      receiver.answer = (_, response) => void waiting.push(() => response.end())
      await app.apiKey()
      const working = app.deliver()
      await expect.poll(() => [receiver.requests.length, other.requests.length]).toEqual([1, 1])
      for (const end of waiting) end()
      await working
    } finally {
      await other.close()
    }
  })
})
