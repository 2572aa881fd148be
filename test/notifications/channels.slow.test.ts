import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  AcknowledgeExpiryWarningDocument,
  CreateNotificationRouteDocument,
  CreatePersonalAccessKeyDocument,
  DeleteNotificationRouteDocument,
  ListNotificationDeliveriesDocument,
  ListNotificationRoutesDocument,
  RedeliverNotificationsDocument,
  RotateKeyDocument,
  SendTestNotificationDocument,
  UpdateKeyPolicyDocument,
  UpdateNotificationRouteDocument,
} from '../../src/generated/graphql.ts'
import { historyOf } from '../support/audit-chain.ts'
import { ENGINES } from '../support/engines.ts'
import { startMailServer } from '../support/mail-server.ts'
import { answering, type Receiver, startReceiver } from '../support/receiver.ts'
import { storedText } from '../support/stored-text.ts'
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

/** Records every answer to a request. */
const recordAnswers = (answers: string[]): void => {
  const { fetch } = globalThis
  answers.length = 0
  vi.stubGlobal('fetch', async (...request: Parameters<typeof fetch>) => {
    const response = await fetch(...request)
    answers.push(JSON.stringify([...response.headers]) + (await response.clone().text()))
    return response
  })
}

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

  it('that is one digest is retried as one', async () => {
    const { id: routeId } = await app.route({ target: { email: { addresses: ['team@example.com'] } } })
    for (const name of ['first', 'second', 'third'])
      await app.apiKey({ name, expiresIn: 'PT10H', warnBefore: ['PT5H'] })
    mail.state.refuses = true
    await app.deliver(5 * HOUR)
    const { node } = await app.owner.run(ListNotificationDeliveriesDocument, { routeId, first: 10 })
    const deliveries = node !== null && 'deliveries' in node ? node.deliveries.edges.map((edge) => edge.node) : []
    expect(deliveries).toHaveLength(3)
    expect(new Set(deliveries.map(({ nextAttemptAt }) => nextAttemptAt)).size).toBe(1)
    mail.state.refuses = false
    await app.deliver(6)
    expect(sent()).toEqual(['team@example.com'])
    expect(mail.mails[0]?.text).toContain('3 notifications')
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

describe('the credentials in KEYTURN_SMTP_URL', () => {
  // The percent sign is encoded in the URL.
  const login = { user: 'mailer-7Hq2', password: 'p4ssw0rd%of:the+server' }
  /** The forms in which the password is configured, sent and stored. */
  const FORMS = [
    login.password,
    encodeURIComponent(login.password),
    Buffer.from(login.password).toString('base64'),
    Buffer.from(`\0${login.user}\0${login.password}`).toString('base64'),
  ]
  let app: NotifyingApp
  let mail: Awaited<ReturnType<typeof startMailServer>>
  const answers: string[] = []
  beforeEach(async () => {
    recordAnswers(answers)
    mail = await startMailServer(login)
    const credentials = `${login.user}:${encodeURIComponent(login.password)}`
    const url = `smtp://${credentials}@127.0.0.1:${mail.port}`
    app = await bootNotifying({ env: { ...ALLOWED, KEYTURN_SMTP_URL: url, KEYTURN_MAIL_FROM: 'k@example.com' } })
  })
  afterEach(async () => {
    vi.unstubAllGlobals()
    await app.close()
    await mail.close()
  })

  it('appear in no answer, event, delivery, log line or metric, also if the server refuses and repeats them', async () => {
    const { organizationId } = app
    const { id } = await app.route({ target: { email: { addresses: ['team@example.com'] } }, types: ['KEY_CREATED'] })
    const test = async () => (await app.owner.run(SendTestNotificationDocument, { input: { id } })).sendTestNotification
    mail.state.refusesLogin = true
    expect((await test()).delivery).toMatchObject({
      ...{ status: 'PENDING', responseStatus: 535, error: 'The SMTP server answered 535.' },
    })
    mail.state.refusesLogin = false
    expect((await test()).delivery).toMatchObject({ status: 'DELIVERED' })
    await app.owner.run(ListNotificationRoutesDocument, { organizationId })
    await app.owner.run(ListNotificationDeliveriesDocument, { routeId: id, first: 10 })
    for (const path of ['/metrics', '/healthz', '/readyz']) await fetch(`${app.url}${path}`)
    const places = { answers: answers.join('\n'), stored: await storedText(app), logged: app.logged.join('\n') }
    for (const [place, text] of Object.entries(places)) {
      expect(text.length, place).toBeGreaterThan(0)
      for (const form of FORMS) expect(text.includes(form), `${form} is in the ${place}`).toBe(false)
    }
  })
})

describe.each(ENGINES)('the credentials of routes on %s', (engine) => {
  const words = { password: 'userinfo-K2r9', path: 'B5fVqz0GkXcW2Tn8yLrPm4', query: 'query-T7wz3' }
  const slackWord = 'xoxPath9QmZ'
  const routingKey = 'R0123456789abcdefZ'
  let app: NotifyingApp
  let receiver: Receiver
  const answers: string[] = []
  beforeEach(async () => {
    recordAnswers(answers)
    app = await bootNotifying({ engine }, new Date())
    receiver = await startReceiver(answering(500))
  })
  afterEach(async () => {
    vi.unstubAllGlobals()
    await app.close()
    await receiver.close()
  })

  it('are encrypted at rest, masked in every answer, and in no event and no log line', async () => {
    const { organizationId } = app
    const { host } = new URL(receiver.url)
    const url = `http://hook:${words.password}@${host}/${words.path}?token=${words.query}`
    const webhook = await app.route({ target: { webhook: { url } }, types: ['KEY_CREATED'] })
    const slack = await app.route({ target: { slack: { url: `${receiver.url}/${slackWord}` } } })
    const pagerDuty = await app.route({ target: { pagerDuty: { routingKey, url: receiver.url } } })
    const { updateNotificationRoute } = await app.owner.run(UpdateNotificationRouteDocument, {
      input: { id: webhook.id, rotateSigningSecret: true },
    })
    const signingSecrets = [webhook.signingSecret, updateNotificationRoute.signingSecret ?? '']
    const secrets = [...Object.values(words), slackWord, routingKey, ...signingSecrets]

    for (const { id } of [webhook, slack, pagerDuty])
      await app.owner.run(SendTestNotificationDocument, { input: { id } })
    const sent = JSON.stringify(receiver.requests)
    for (const used of [words.path, words.query, slackWord, routingKey]) expect(sent).toContain(used)
    receiver.answer = (_, response) => void response.destroy()
    await app.deliver(6)
    // Masked in the changes of an event, and in the message of a fault.
    const private10 = `http://hook:${words.password}@10.0.0.1/${words.path}?token=${words.query}`
    for (const target of [{ webhook: { url: private10 } }, { slack: { url: `ftp://example.com/${slackWord}` } }])
      await app.owner.fail(UpdateNotificationRouteDocument, { input: { id: slack.id, target } })
    await app.owner.fail(UpdateNotificationRouteDocument, {
      input: { id: pagerDuty.id, target: { pagerDuty: { routingKey: `${routingKey} ` } } },
    })
    await app.owner.run(UpdateNotificationRouteDocument, {
      input: { id: pagerDuty.id, target: { pagerDuty: { routingKey, url: `${url}/v2` } } },
    })
    const { organization } = await app.owner.run(ListNotificationRoutesDocument, { organizationId })
    expect(organization?.notificationRoutes?.map(({ target }) => target).sort()).toEqual([
      `http://****@${host}/****?token=****`,
      `http://****@${host}/****?token=**** ****${routingKey.slice(-4)}`,
      `http://${host}/****`,
    ])
    for (const { id } of [webhook, slack, pagerDuty])
      await app.owner.run(ListNotificationDeliveriesDocument, { routeId: id, first: 10 })
    await historyOf(app.owner, organizationId)
    const stored = await storedText(app)
    await app.owner.run(DeleteNotificationRouteDocument, { input: { id: webhook.id } })
    await fetch(`${app.url}/metrics`)

    const answered = answers.join('\n')
    // The creation and the rotation return a signing secret; nothing else returns a credential.
    expect(signingSecrets.map((secret) => answered.split(secret).length - 1)).toEqual([1, 1])
    for (const secret of secrets) {
      if (!signingSecrets.includes(secret)) expect(answered.includes(secret), `${secret} was answered`).toBe(false)
      expect(stored.includes(secret), `${secret} is in the database`).toBe(false)
      expect(app.logged.join('\n').includes(secret), `${secret} is in the log`).toBe(false)
    }
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
