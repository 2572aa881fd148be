import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  ExchangeKeyDocument,
  KeyEventsDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  TypedDocumentString,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { grant } from '../support/people.ts'
import { untilLive, untilNothingIsLeft } from '../support/transports.ts'

type Variables = { organizationId: string }
const Origins = new TypedDocumentString<{ keyEvents: { targetId: string; ipAddress: string | null } }, Variables>(
  'subscription ($organizationId: ID!) { keyEvents(organizationId: $organizationId) { targetId ipAddress } }',
)
const Warnings = new TypedDocumentString<{ expiryWarnings: { key: { id: string } } }, Variables>(
  'subscription ($organizationId: ID!) { expiryWarnings(organizationId: $organizationId) { key { id name warnBefore } } }',
)

describe('subscribers of one event', () => {
  let app: TestApp
  let organizationId: string
  beforeAll(async () => {
    app = await boot()
    organizationId = app.organizationId
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    app.owner.close()
    await untilNothingIsLeft(app)
  })
  afterAll(() => app.close())

  const warn = () => app.apiKey({ expiresIn: 'PT3600S', warnBefore: ['PT3599S'] })
  const subscribeTimes = async (client: TestClient, count: number) => {
    const subscriptions = await Promise.all(
      Array.from({ length: count }, () => client.subscribe(Warnings, { organizationId })),
    )
    await untilLive(app, count)
    return subscriptions
  }
  /** Reads of the database from a warning until all subscribers have it. */
  const readsOf = async (client: TestClient, count: number) => {
    const subscriptions = await subscribeTimes(client, count)
    const read = vi.spyOn(app.app.parts.services.database, 'read')
    const { id } = await warn()
    const received = await Promise.all(subscriptions.map(({ results }) => results.take()))
    expect(received.map(({ data }) => data?.expiryWarnings.key.id)).toEqual(Array(count).fill(id))
    const reads = read.mock.calls.length
    read.mockRestore()
    client.close()
    await untilNothingIsLeft(app)
    return reads
  }

  it('with the same document, variables and rights share its loading and its execution', async () => {
    const reader = await app.apiKey({ grants: [grant('keys:viewer')] })
    const ofOne = await readsOf(reader.client, 1)
    const ofMany = await readsOf(reader.client, 60)
    expect(ofMany).toBeLessThanOrEqual(ofOne + 10)
  })

  it('with the same document and variables, but other rights, each get what they may read', async () => {
    const [plain, auditor] = await Promise.all([
      app.person('Vera Viewer', [grant('keys:viewer')]),
      app.person('Anna Auditor', [grant('keys:viewer'), grant('audit:manager')]),
    ])
    const subscriptions = [plain, auditor, plain, auditor].map(({ client }) =>
      client.subscribe(Origins, { organizationId }),
    )
    const all = await Promise.all(subscriptions)
    await untilLive(app, 4)
    const { id } = await app.apiKey()
    const received = await Promise.all(all.map(({ results }) => results.take()))
    expect(received.map(({ data }) => data?.keyEvents)).toEqual([
      { targetId: id, ipAddress: null },
      { targetId: id, ipAddress: '127.0.0.1' },
      { targetId: id, ipAddress: null },
      { targetId: id, ipAddress: '127.0.0.1' },
    ])
    const codes = received.map(({ errors }) => errors?.map(({ extensions }) => extensions.code))
    expect(codes).toEqual([['FORBIDDEN'], undefined, ['FORBIDDEN'], undefined])
    for (const { client } of [plain, auditor]) client.close()
  })

  it('with equal grants, but of another person, do not get what only that person may read', async () => {
    const [first, second] = await Promise.all(
      ['Fred First', 'Sara Second'].map((name) => app.person(name, [grant('keys:viewer')])),
    )
    if (first === undefined || second === undefined) throw new Error('Nobody joined.')
    const [ofFirst, ofSecond] = await Promise.all(
      [first, second].map(({ client }) => client.subscribe(KeyEventsDocument, { organizationId })),
    )
    await untilLive(app, 2)
    await app.owner.run(SuspendKeyDocument, { id: (await app.apiKey()).id })
    await app.owner.run(ResumeKeyDocument, { id: first.keyId }).catch(() => undefined)
    const { createPersonalAccessKey } = await second.client
      .send<{ createPersonalAccessKey: { personalAccessKey: { id: string } } }>(
        `mutation ($input: CreatePersonalAccessKeyInput!) {
          createPersonalAccessKey(input: $input) { personalAccessKey { id } }
        }`,
        { input: { organizationId, name: 'of the second' } },
      )
      .then(({ data }) => data ?? Promise.reject(new Error('No key was created.')))
    const last = await app.apiKey()
    const own = createPersonalAccessKey.personalAccessKey.id
    const targets = async (subscription: typeof ofFirst, count: number) =>
      (await subscription?.results.takeMany(count))?.map(({ data }) => data?.keyEvents.targetId)
    expect((await targets(ofFirst, 3))?.slice(2)).toEqual([last.id])
    expect((await targets(ofSecond, 4))?.slice(2)).toEqual([own, last.id])
    for (const { client } of [first, second]) client.close()
  })

  it('with other variables each get the events of their own key', async () => {
    const keys = await Promise.all([app.apiKey(), app.apiKey()])
    const subscriptions = await Promise.all(
      keys.map(({ id }) => app.owner.subscribe(KeyEventsDocument, { organizationId, keyId: id })),
    )
    await untilLive(app, 2)
    for (const { id } of keys) await app.owner.run(SuspendKeyDocument, { id })
    for (const [index, { results }] of subscriptions.entries())
      expect((await results.take()).data?.keyEvents.targetId).toBe(keys[index]?.id)
    expect(subscriptions.map(({ results }) => results.pending.length)).toEqual([0, 0])
  })

  it('of one credential all end with its revocation, and its rights are checked once', async () => {
    const { id, client } = await app.apiKey({ grants: [grant('keys:viewer')] })
    const bystander = await app.apiKey({ grants: [grant('keys:viewer')] })
    const kept = await bystander.client.subscribe(KeyEventsDocument, { organizationId })
    await untilLive(app, 1)
    const subscriptions = await Promise.all(
      Array.from({ length: 50 }, () => client.subscribe(KeyEventsDocument, { organizationId })),
    )
    await untilLive(app, 51)
    expect(app.app.parts.live.credentials).toBe(2)
    const verify = vi.spyOn(app.app.parts.verifier, 'verify')
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    const ended = await Promise.all(subscriptions.map((one) => one.ended.take()))
    expect(ended.map(({ code }) => code)).toEqual(Array(50).fill(4403))
    // One more is the owner's own request.
    expect(verify.mock.calls.length).toBeLessThanOrEqual(2)
    expect(kept.ended.pending).toEqual([])
    bystander.client.close()
  })
})

describe('a subscription by an access token', () => {
  it('ends with the overlap of the secret that the token was exchanged from, before a sweep records it', async () => {
    const clock = new ManualClock()
    const app = await boot({ clock })
    try {
      const { organizationId } = app
      const { id, secret } = await app.apiKey({ grants: [grant('keys:viewer')] })
      const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, { input: { secret, audience: app.url } })
      await app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT60S' } })
      await app.app.parts.sweeper.stop()
      const { ended } = await app.anonymous
        .with(exchangeKey.accessToken)
        .subscribe(KeyEventsDocument, { organizationId })
      await untilLive(app, 1)
      clock.advance(60)
      expect((await ended.take()).code).toBe(4403)
    } finally {
      await app.close()
    }
  })
})
