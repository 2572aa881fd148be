import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  AcknowledgeExpiryWarningDocument,
  CreateNotificationRouteDocument,
  CreatePersonalAccessKeyDocument,
  ListNotificationDeliveriesDocument,
  ListNotificationRoutesDocument,
  RedeliverNotificationsDocument,
  RotateKeyDocument,
  SendTestNotificationDocument,
  UpdateKeyPolicyDocument,
} from '../../src/generated/graphql.ts'
import { startMailServer } from '../support/mail-server.ts'
import { answering, type Receiver, startReceiver } from '../support/receiver.ts'
import { warningsOf } from '../support/sweeping.ts'
import { ALLOWED, bootNotifying, type NotifyingApp } from './notifying.ts'

const HOUR = 3_600

const GITLAB_TOKEN = 'token-of-gitlab-for-the-test'

const reportLeaks = (app: NotifyingApp, secrets: readonly string[]) =>
  fetch(`${app.url}/v1/revoke_tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${GITLAB_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(
      secrets.map((token) => ({ type: 'secret', token, location: 'https://gitlab.example.com/leak' })),
    ),
  })

describe('a Slack route', () => {
  let app: NotifyingApp
  let receiver: Receiver
  beforeEach(async () => {
    app = await bootNotifying()
    receiver = await startReceiver(answering(200))
  })
  afterEach(async () => {
    await app.close()
    await receiver.close()
  })

  it('posts blocks with a button that opens Keyturn, and no name becomes a link', async () => {
    await app.route({ target: { slack: { url: `${receiver.url}/services/T0/B0/secret` } }, types: ['KEY_CREATED'] })
    await app.apiKey({ name: '<https://evil.example|click> & co' })
    await app.deliver()
    const { body } = receiver.requests[0] ?? { body: null }
    expect(body.text).toContain('&lt;https://evil.example|click&gt; &amp; co')
    expect(body.blocks.at(-1).elements[0]).toMatchObject({
      type: 'button',
      url: expect.stringMatching(`^${app.publicUrl}/console/${app.organizationId}/keys/key_`),
    })
    expect(receiver.requests[0]?.text).not.toContain('<https')
  })

  it('shows its target without the credential, which appears in no event and no log', async () => {
    const secret = 'B5fVqz0GkXcW2Tn8yLrPm4'
    const { id } = await app.route({ target: { slack: { url: `${receiver.url}/services/T012AB/${secret}` } } })
    await app.owner.run(SendTestNotificationDocument, { input: { id } })
    const { organization } = await app.owner.run(ListNotificationRoutesDocument, { organizationId: app.organizationId })
    expect(organization?.notificationRoutes?.[0]?.target).toBe(`${receiver.url}/****`)
    const { database } = app.app.parts.services
    for (const table of ['notification_routes', 'notification_deliveries', 'audit_events']) {
      const rows = await database.read((reader) => reader.query(`SELECT * FROM ${table}`))
      expect(JSON.stringify(rows)).not.toContain(secret)
    }
    expect(app.logged.join()).not.toContain(secret)
  })
})

describe('a PagerDuty route', () => {
  let app: NotifyingApp
  let receiver: Receiver
  beforeEach(async () => {
    app = await bootNotifying()
    receiver = await startReceiver(answering(202))
  })
  afterEach(async () => {
    await app.close()
    await receiver.close()
  })

  const pagerDuty = () => ({ pagerDuty: { routingKey: 'R0123456789abcdef', url: `${receiver.url}/v2/enqueue` } })
  const actions = () => receiver.requests.map(({ body }) => [body.event_action, body.dedup_key])

  it('triggers, acknowledges and resolves one incident for a key, whatever its types', async () => {
    await app.route({ target: pagerDuty() })
    const key = await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT5H', 'PT1H'] })
    await app.deliver(5 * HOUR)
    const [warning] = await warningsOf(app, key.id)
    await app.owner.run(AcknowledgeExpiryWarningDocument, { id: warning?.id ?? '' })
    await app.deliver()
    await app.deliver(4 * HOUR)
    await app.owner.run(RotateKeyDocument, { input: { id: key.id } })
    await app.deliver()
    const dedupKey = `keyturn/${key.id}`
    expect(actions()).toEqual([
      ['trigger', dedupKey],
      ['acknowledge', dedupKey],
      ['trigger', dedupKey],
      ['resolve', dedupKey],
    ])
    expect(receiver.requests[0]?.body).toMatchObject({
      routing_key: 'R0123456789abcdef',
      payload: { severity: 'warning', class: 'key.expiry_warning', source: 'Default' },
    })
  })

  it('ignores keys for which it triggered nothing', async () => {
    await app.route({ target: pagerDuty() })
    const key = await app.apiKey()
    await app.owner.run(RotateKeyDocument, { input: { id: key.id } })
    await app.deliver()
    expect(actions()).toEqual([])
  })
})

describe('e-mail', () => {
  let app: NotifyingApp
  let mail: Awaited<ReturnType<typeof startMailServer>>
  beforeEach(async () => {
    mail = await startMailServer()
    app = await bootNotifying({
      env: {
        ...ALLOWED,
        KEYTURN_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
        KEYTURN_MAIL_FROM: 'Keyturn <keyturn@example.com>',
        KEYTURN_LEAKS_GITLAB_TOKEN: GITLAB_TOKEN,
      },
    })
    await app.deliver()
  })
  afterEach(async () => {
    await app.close()
    await mail.close()
  })

  const sent = () => mail.mails.map(({ to }) => to.join()).sort()

  it('is one digest for several due warnings of a route, as plain text and HTML', async () => {
    await app.route({ target: { email: { addresses: ['team@example.com'] } } })
    for (const name of ['first', 'second', 'third'])
      await app.apiKey({ name, expiresIn: 'PT10H', warnBefore: ['PT5H'] })
    await app.deliver(5 * HOUR)
    expect(sent()).toEqual(['team@example.com'])
    const text = mail.mails[0]?.text ?? ''
    for (const part of ['text/plain', 'text/html', 'key first', 'key second', 'key third', '3 notifications'])
      expect(text).toContain(part)
  })

  it('goes to the members with keys:manager, and to the owner of a personal key once', async () => {
    const paul = await app.person('Paul', [])
    await app.person('Mina', [{ module: 'keys', role: 'MANAGER' }])
    await app.route({ target: { email: { keyOwner: true, keyManagers: true } } })
    await paul.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'laptop', expiresIn: 'PT10H', warnBefore: ['PT5H'] },
    })
    await app.deliver(5 * HOUR)
    expect(sent()).toEqual(['mina.2@example.com', 'owner@localhost', 'paul.1@example.com'])
  })

  it('notifies the owner of a personal key without any route', async () => {
    const paul = await app.person('Paul', [])
    await paul.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'laptop', expiresIn: 'PT10H', warnBefore: ['PT5H'] },
    })
    await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT5H'] })
    await app.deliver(5 * HOUR)
    expect(sent()).toEqual(['paul.1@example.com'])
  })

  it('notifies the owners of the organization if the previous warning was not acknowledged', async () => {
    const receiver = await startReceiver()
    try {
      await app.route({ target: { webhook: { url: receiver.url } } })
      const seen = await app.apiKey({ name: 'seen', expiresIn: 'PT10H', warnBefore: ['PT5H', 'PT1H'] })
      await app.apiKey({ name: 'ignored', expiresIn: 'PT10H', warnBefore: ['PT5H', 'PT1H'] })
      await app.deliver(5 * HOUR)
      expect(sent()).toEqual([])
      const [warning] = await warningsOf(app, seen.id)
      await app.owner.run(AcknowledgeExpiryWarningDocument, { id: warning?.id ?? '' })
      await app.deliver(4 * HOUR)
      expect(sent()).toEqual(['owner@localhost'])
      expect(mail.mails[0]?.text).toContain('ignored')
    } finally {
      await receiver.close()
    }
  })

  it('does not notify the owners of that where the policy says so', async () => {
    const receiver = await startReceiver()
    try {
      const { organizationId } = app
      await app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy: { escalateWarnings: false } } })
      await app.route({ target: { webhook: { url: receiver.url } } })
      await app.apiKey({ name: 'ignored', expiresIn: 'PT10H', warnBefore: ['PT5H', 'PT1H'] })
      await app.deliver(5 * HOUR)
      await app.deliver(4 * HOUR)
      expect(receiver.requests).toHaveLength(2)
      expect(sent()).toEqual([])
    } finally {
      await receiver.close()
    }
  })

  it('notifies members with keys:manager and the owner of a personal key of a leak without any route', async () => {
    const paul = await app.person('Paul', [])
    await app.person('Mina', [{ module: 'keys', role: 'MANAGER' }])
    await app.person('Vera', [{ module: 'keys', role: 'VIEWER' }])
    const machine = await app.apiKey({ name: 'deploy' })
    expect((await reportLeaks(app, [machine.secret, paul.secret])).status).toBe(204)
    await app.deliver()
    const managers = ['mina.2@example.com', 'owner@localhost']
    expect(sent()).toEqual([...managers, 'paul.1@example.com'])
    const texts = mail.mails.map(({ text }) => text).join()
    expect(texts).toContain('A secret of the key deploy was found in a public place: https://gitlab.example.com/leak')
    expect(texts).not.toContain(machine.secret)
  })

  it('of a leak is sent once to recipients of a route', async () => {
    await app.person('Mina', [{ module: 'keys', role: 'MANAGER' }])
    await app.route({ target: { email: { addresses: ['mina.1@example.com', 'soc@example.com'] } } })
    await reportLeaks(app, [(await app.apiKey()).secret])
    await app.deliver()
    expect(sent()).toEqual(['mina.1@example.com', 'owner@localhost', 'soc@example.com'])
  })

  it('notifies the owners that a route was disabled', async () => {
    const receiver = await startReceiver(answering(410))
    try {
      await app.route({ name: 'ops', target: { webhook: { url: receiver.url } }, types: ['KEY_CREATED'] })
      await app.apiKey()
      await app.deliver()
      await app.deliver()
      expect(sent()).toEqual(['owner@localhost'])
      expect(mail.mails[0]?.text).toContain('notification route ops was disabled')
    } finally {
      await receiver.close()
    }
  })

  it('is retried if the server rejects it, and its reply code is shown', async () => {
    const { id } = await app.route({ target: { email: { addresses: ['team@example.com'] } } })
    mail.state.refuses = true
    const { sendTestNotification } = await app.owner.run(SendTestNotificationDocument, { input: { id } })
    expect(sendTestNotification.delivery).toMatchObject({ status: 'PENDING', responseStatus: 451 })
    mail.state.refuses = false
    await app.deliver(6)
    expect(sent()).toEqual(['team@example.com'])
  })
})

describe('an e-mail that some of its recipients got', () => {
  let app: NotifyingApp
  let mail: Awaited<ReturnType<typeof startMailServer>>
  beforeEach(async () => {
    mail = await startMailServer()
    const env = { ...ALLOWED, KEYTURN_SMTP_URL: `smtp://127.0.0.1:${mail.port}`, KEYTURN_MAIL_FROM: 'k@example.com' }
    app = await bootNotifying({ env })
    await app.deliver()
  })
  afterEach(async () => {
    await app.close()
    await mail.close()
  })

  it('is sent again to the others alone, and again to all when it is redelivered', async () => {
    const addresses = ['one@example.com', 'two@example.com', 'three@example.com']
    const { id: routeId } = await app.route({ target: { email: { addresses } }, types: ['KEY_CREATED'] })
    const sent = () =>
      mail.mails
        .splice(0)
        .map(({ to }) => to.join())
        .sort()
    mail.state.refused = 'two@example.com'
    for (const name of ['first', 'second']) await app.apiKey({ name })
    await app.deliver()
    expect(new Set(sent())).toEqual(new Set(['one@example.com', 'three@example.com']))
    mail.state.refused = ''
    await app.deliver(6)
    expect(new Set(sent())).toEqual(new Set(['two@example.com']))
    const { node } = await app.owner.run(ListNotificationDeliveriesDocument, { routeId, first: 10 })
    const deliveries = node !== null && 'deliveries' in node ? node.deliveries.edges.map((edge) => edge.node) : []
    expect(deliveries.map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED'])
    await app.owner.run(RedeliverNotificationsDocument, { input: { routeId, afterSequence: 0 } })
    await app.deliver()
    expect(new Set(sent())).toEqual(new Set(addresses))
  })
})

describe('an e-mail route without an SMTP server', () => {
  it('is rejected with the settings that it requires', async () => {
    const app = await bootNotifying()
    const { organizationId } = app
    const failure = await app.owner.fail(CreateNotificationRouteDocument, {
      input: { organizationId, name: 'mail', target: { email: { addresses: ['a@example.com'] } } },
    })
    expect(failure.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(failure.message).toContain('KEYTURN_SMTP_URL')
    await app.close()
  })
})
