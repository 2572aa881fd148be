import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  ExpiryWarningsDocument,
  KeyEventsDocument,
  ResumeKeyDocument,
  SuspendKeyDocument,
  TypedDocumentString,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

interface EventOrigin {
  readonly keyEvents: { readonly sequence: number; readonly ipAddress: string | null }
}
const KeyEventOrigins = new TypedDocumentString<EventOrigin, { organizationId: string }>(
  'subscription ($organizationId: ID!) { keyEvents(organizationId: $organizationId) { sequence ipAddress } }',
)

const cases = ENGINES.flatMap((engine) => TRANSPORTS.map((transport) => ({ engine, ...transport })))

describe.each(cases)('live subscriptions by $name, on $engine', ({ engine, open }) => {
  let organizationId: string
  const app = useApp({ engine })
  // An organization for each test: what falls due for the keys of one is no event of another.
  beforeEach(async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name: 'Fresh' } })
    organizationId = createOrganization.organization.id
  })
  afterEach(() => {
    app.owner.close()
    return untilNothingIsLeft(app)
  })

  const suspendAndResume = async (id: string) => {
    await app.owner.run(SuspendKeyDocument, { id })
    await app.owner.run(ResumeKeyDocument, { id })
  }

  describe('refusals', () => {
    it('events and warnings of another tenant are NOT_FOUND', async () => {
      const { owner } = await app.stranger()
      const events = await open(owner.client, KeyEventsDocument, { organizationId })
      const warnings = await open(owner.client, ExpiryWarningsDocument, { organizationId })
      for (const { results } of [events, warnings]) {
        const { data, errors } = await results.take()
        expect(data ?? null).toBeNull()
        expect(errors?.map((error) => error.extensions.code)).toEqual(['NOT_FOUND'])
      }
      owner.client.close()
    })

    it('a caller who may not read keys is rejected at the start, with the missing grant', async () => {
      const plain = await app.person('Paul Plain', [{ module: 'audit', role: 'MANAGER' }], organizationId)
      const machine = await app.apiKey({ organizationId, grants: [{ module: 'audit', role: 'VIEWER' }] })
      const tries = [
        await open(plain.client, KeyEventsDocument, { organizationId }),
        await open(machine.client, KeyEventsDocument, { organizationId }),
        await open(machine.client, ExpiryWarningsDocument, { organizationId }),
      ]
      for (const { results } of tries) {
        const { errors } = await results.take()
        expect(errors?.map((error) => error.extensions)).toEqual([{ code: 'FORBIDDEN', required: ['keys:viewer'] }])
      }
      plain.client.close()
      machine.client.close()
    })

    it("a viewer of keys cannot subscribe to one person's personal key", async () => {
      const viewer = await app.person('Vera Viewer', [{ module: 'keys', role: 'VIEWER' }], organizationId)
      const other = await app.person('Olga Other', [], organizationId)
      const refused = await open(viewer.client, KeyEventsDocument, { organizationId, keyId: other.keyId })
      const { errors } = await refused.results.take()
      expect(errors?.map((error) => error.extensions)).toEqual([{ code: 'FORBIDDEN', required: ['keys:manager'] }])
      viewer.client.close()
    })

    it.each([
      { what: 'a negative position', args: { after: -1 }, path: 'after' },
      { what: 'the text of no key id', args: { keyId: 'key_1' }, path: 'id' },
    ])('$what is rejected as an argument', async ({ args, path }) => {
      const { errors } = await (await open(app.owner, KeyEventsDocument, { organizationId, ...args })).results.take()
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
    })

    it('a caller without a credential is UNAUTHENTICATED', async () => {
      const { errors } = await (await open(app.anonymous, KeyEventsDocument, { organizationId })).results.take()
      expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
      app.anonymous.close()
    })
  })

  it('the owner of a personal key gets the warnings about it without any grant, and no others', async () => {
    const plain = await app.person('Paula Plain', [], organizationId)
    const { results } = await open(plain.client, ExpiryWarningsDocument, { organizationId })
    const manager = await open(app.owner, ExpiryWarningsDocument, { organizationId })
    await untilLive(app, 2)
    const input = { organizationId, expiresIn: 'PT4S', warnBefore: ['PT3S'] }
    await app.apiKey(input)
    const { createPersonalAccessKey } = await plain.client.run(CreatePersonalAccessKeyDocument, {
      input: { ...input, name: 'laptop' },
    })
    await manager.results.takeMany(2)
    expect((await results.take()).data?.expiryWarnings.key.id).toBe(createPersonalAccessKey.personalAccessKey.id)
    expect(results.pending).toEqual([])
    plain.client.close()
  })

  it('every event about keys is delivered, or those of one key, or of the requested types', async () => {
    const [one, other] = [await app.apiKey({ organizationId }), await app.apiKey({ organizationId })]
    const all = await open(app.owner, KeyEventsDocument, { organizationId })
    const ofOne = await open(app.owner, KeyEventsDocument, { organizationId, keyId: one.id })
    const types = await open(app.owner, KeyEventsDocument, { organizationId, types: ['KEY_RESUMED'] })
    await untilLive(app, 3)
    await suspendAndResume(one.id)
    await suspendAndResume(other.id)
    const seen = async ({ results }: typeof all, count: number) =>
      (await results.takeMany(count)).map(({ data }) => [data?.keyEvents.type, data?.keyEvents.targetId])
    expect(await seen(all, 4)).toEqual([
      ['KEY_SUSPENDED', one.id],
      ['KEY_RESUMED', one.id],
      ['KEY_SUSPENDED', other.id],
      ['KEY_RESUMED', other.id],
    ])
    expect(await seen(ofOne, 2)).toEqual([
      ['KEY_SUSPENDED', one.id],
      ['KEY_RESUMED', one.id],
    ])
    expect(await seen(types, 2)).toEqual([
      ['KEY_RESUMED', one.id],
      ['KEY_RESUMED', other.id],
    ])
    await app.owner.run(UpdateKeyDocument, { input: { id: other.id, description: 'the last' } })
    expect((await all.results.take()).data?.keyEvents.type).toBe('KEY_UPDATED')
    expect([...ofOne.results.pending, ...types.results.pending]).toEqual([])
  })

  it.each([{ types: [] }, { types: ['POLICY_UPDATED' as const] }])(
    'a subscription without types of key events stays silent: $types',
    async ({ types }) => {
      const quiet = await open(app.owner, KeyEventsDocument, { organizationId, types, after: 0 })
      const { results } = await open(app.owner, KeyEventsDocument, { organizationId })
      await untilLive(app, 2)
      await app.apiKey({ organizationId })
      await results.take()
      expect([...quiet.results.pending, ...quiet.ended.pending]).toEqual([])
      expect(app.app.parts.live.size).toBe(2)
    },
  )

  it('a viewer of keys gets no events of personal keys, a manager does', async () => {
    const viewer = await app.person('Viola Viewer', [{ module: 'keys', role: 'VIEWER' }], organizationId)
    const manager = await app.person('Mona Manager', [{ module: 'keys', role: 'MANAGER' }], organizationId)
    const seen = await open(viewer.client, KeyEventsDocument, { organizationId })
    const managed = await open(manager.client, KeyEventsDocument, { organizationId })
    await untilLive(app, 2)
    const other = await app.person('Otto Other', [], organizationId)
    const { id } = await app.apiKey({ organizationId })
    const heard = (await managed.results.takeMany(2)).map(({ data }) => data?.keyEvents.targetId)
    expect(heard).toEqual([other.keyId, id])
    expect((await seen.results.take()).data?.keyEvents.targetId).toBe(id)
    viewer.client.close()
    manager.client.close()
  })

  it('the address of an event is null and FORBIDDEN without audit:manager', async () => {
    const viewer = await app.person(
      'Vanessa Viewer',
      [
        { module: 'keys', role: 'VIEWER' },
        { module: 'audit', role: 'VIEWER' },
      ],
      organizationId,
    )
    const seen = await open(viewer.client, KeyEventOrigins, { organizationId })
    const full = await open(app.owner, KeyEventOrigins, { organizationId })
    await untilLive(app, 2)
    await app.apiKey({ organizationId })
    const { data, errors } = await seen.results.take()
    expect(data?.keyEvents).toMatchObject({ sequence: expect.any(Number), ipAddress: null })
    expect(errors).toMatchObject([
      { path: ['keyEvents', 'ipAddress'], extensions: { code: 'FORBIDDEN', required: ['audit:manager'] } },
    ])
    const whole = await full.results.take()
    expect(whole.errors).toBeUndefined()
    expect(whole.data?.keyEvents.ipAddress).toBe('127.0.0.1')
    viewer.client.close()
  })

  it('events of another organization are not delivered', async () => {
    const { results } = await open(app.owner, KeyEventsDocument, { organizationId })
    await untilLive(app, 1)
    await app.apiKey({ organizationId: app.organizationId })
    const { id } = await app.apiKey({ organizationId })
    expect((await results.take()).data?.keyEvents.targetId).toBe(id)
  })
})

describe.each(TRANSPORTS)('expiry warnings by $name', ({ open }) => {
  const clock = new ManualClock()
  const app = useApp({ clock })

  it('arrive in order and on time', async () => {
    const { organizationId } = app
    const { results } = await open(app.owner, ExpiryWarningsDocument, { organizationId })
    await untilLive(app, 1)
    const { id } = await app.apiKey({ expiresIn: 'PT7S', warnBefore: ['PT5S', 'PT4S', 'PT1S'] })
    for (const { after, threshold } of [
      { after: 2, threshold: 'PT5S' },
      { after: 1, threshold: 'PT4S' },
      { after: 3, threshold: 'PT1S' },
    ]) {
      await app.app.parts.sweeper.sweep()
      expect(results.pending).toEqual([])
      clock.advance(after)
      await app.app.parts.sweeper.sweep()
      expect((await results.take()).data?.expiryWarnings).toMatchObject({ key: { id }, threshold })
    }
    app.owner.close()
  })
})
