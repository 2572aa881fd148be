import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  ExchangeKeyDocument,
  KeyByIdDocument,
  type KeyPolicyInput,
  RevokeKeyDocument,
  RotateKeyDocument,
  type RotateKeyInput,
  UpdateKeyPolicyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { DAY, parseDuration } from '../../src/kernel/duration.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { codeOf, keyAfterSignIn, suborganization } from '../support/people.ts'
import { bootSwept, historyOf, type SweptApp, warningsOf } from '../support/sweeping.ts'

/** What a policy does is shown in an organization below the one that states it, by keys of both kinds. */
describe.each(ENGINES)('an inherited policy, on %s', (engine) => {
  let app: SweptApp
  let count = 0
  beforeAll(async () => {
    app = await bootSwept({ engine })
  })
  afterAll(() => app.close())

  const below = async () => {
    count += 1
    const part = await suborganization(app, `Part ${count}`)
    const deep = await suborganization(app, 'Deep', part)
    return { deep, state: (policy: KeyPolicyInput, organizationId = part) => stateIn(organizationId, policy) }
  }
  const stateIn = (organizationId: string, policy: KeyPolicyInput) =>
    app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy } })
  const keysOfBothKinds = async (organizationId: string, expiry: { neverExpires?: boolean; expiresIn?: string }) => {
    const { viewer } = await app.owner.run(ViewerDocument, {})
    const personal = {
      organizationId,
      name: 'personal',
      neverExpires: expiry.neverExpires,
      expiresIn: expiry.expiresIn === undefined ? undefined : (parseDuration(expiry.expiresIn) ?? undefined),
    }
    return [await app.apiKey({ organizationId, ...expiry }), await keyAfterSignIn(app, viewer.user?.id ?? '', personal)]
  }
  const rotate = (id: string, wish: Omit<RotateKeyInput, 'id'>) =>
    app.owner.try(RotateKeyDocument, { input: { id, ...wish } })
  const inSeconds = (seconds: number) => new Date(app.clock.now().getTime() + seconds * 1000).toISOString()
  const works = (client: SweptApp['owner']) => client.send('{ viewer { kind } }').then(codeOf)

  it.each<[string, KeyPolicyInput, (at: typeof inSeconds) => Omit<RotateKeyInput, 'id'>, string]>([
    ['a lifetime beyond the maximum', { maximumLifetime: 'P30D' }, () => ({ expiresIn: 'P30DT1S' }), 'maximumLifetime'],
    [
      'an expiry beyond the maximum',
      { maximumLifetime: 'P30D' },
      (at) => ({ expiresAt: at(30 * DAY + 1) }),
      'maximumLifetime',
    ],
    ['an overlap beyond the maximum', { maximumOverlap: 'PT1H' }, () => ({ overlap: 'PT1H1S' }), 'maximumOverlap'],
    [
      'such an overlap from the first use on',
      { maximumOverlap: 'PT1H' },
      () => ({ overlap: 'PT1H1S', overlapFromFirstUse: true }),
      'maximumOverlap',
    ],
  ])('rejects a rotation %s, and changes nothing', async (_, policy, wish, field) => {
    const { deep, state } = await below()
    const keys = await keysOfBothKinds(deep, { expiresIn: 'P10D' })
    await state(policy)
    const before = await changesIn(app)
    for (const { id, client } of keys) {
      const { errors } = await rotate(id, wish(inSeconds))
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'POLICY_VIOLATION', policy: field })
      expect(await works(client)).toBe('done')
    }
    expect(await changesIn(app)).toEqual(before)
  })

  it.each<[string, KeyPolicyInput, (at: typeof inSeconds) => Omit<RotateKeyInput, 'id'>, number | null, number]>([
    ['the whole lifetime', { maximumLifetime: 'P30D' }, () => ({ expiresIn: 'P30D' }), 30 * DAY, DAY],
    ['the whole lifetime', { maximumLifetime: 'P30D' }, (at) => ({ expiresAt: at(30 * DAY) }), 30 * DAY, DAY],
    ['the whole overlap', { maximumOverlap: 'PT1H' }, () => ({ overlap: 'PT1H' }), null, 3_600],
    ['no overlap, where none is allowed', { maximumOverlap: 'PT0S' }, () => ({}), null, 0],
    ['the longest lifetime in place of none', { maximumLifetime: 'P30D' }, () => ({}), 30 * DAY, DAY],
    ['the default lifetime in place of none', { expiryRequired: true }, () => ({}), 180 * DAY, DAY],
    ['none, where none is required', { expiryRequired: false }, () => ({}), null, DAY],
  ])('gives a rotation %s: %j', async (_what, policy, wish, lifetime, overlap) => {
    const { deep, state } = await below()
    const keys = await keysOfBothKinds(deep, { neverExpires: true })
    await state(policy)
    for (const { id, client } of keys) {
      // By itself: another key of its owner would hand its own expiry on.
      const { data } = await client.try(RotateKeyDocument, { input: { id, ...wish(inSeconds) } })
      expect(data?.rotateKey.key.expiresAt).toBe(lifetime === null ? null : inSeconds(lifetime))
      expect(data?.rotateKey.previousSecretValidUntil).toBe(inSeconds(overlap))
      expect(await works(client)).toBe(overlap === 0 ? 'UNAUTHENTICATED' : 'done')
    }
  })

  it('shortens the lifetime of a rotation to its maximum', async () => {
    const { deep, state } = await below()
    const [key] = await keysOfBothKinds(deep, { expiresIn: 'P100D' })
    await state({ maximumLifetime: 'P30D', defaultLifetime: 'P5D' })
    const { data } = await rotate(key?.id ?? '', {})
    expect(data?.rotateKey.key.expiresAt).toBe(inSeconds(30 * DAY))
  })

  it('decides the lifetime of a token from its exchange on, by the stricter policy of its organization', async () => {
    const { deep, state } = await below()
    const deeper = await suborganization(app, 'Deeper', deep)
    const { secret } = await app.apiKey({ organizationId: deep })
    const exchange = async (organizationId: string | null = null) => {
      const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, {
        input: { secret, organizationId, audience: app.url },
      })
      return { expiresIn: exchangeKey.expiresIn, client: app.anonymous.with(exchangeKey.accessToken) }
    }
    await state({ accessTokenLifetime: 'PT10M' })
    await stateIn(deeper, { accessTokenLifetime: 'PT2M' })
    const [long, short] = [await exchange(), await exchange(deeper)]
    expect([long.expiresIn, short.expiresIn]).toEqual([600, 120])
    // A token that was made before is as good as it said.
    await state({ accessTokenLifetime: 'PT1M' })
    expect((await exchange(deeper)).expiresIn).toBe(60)
    app.clock.advance(119)
    expect([await works(long.client), await works(short.client)]).toEqual(['done', 'done'])
    app.clock.advance(1)
    expect([await works(long.client), await works(short.client)]).toEqual(['done', 'UNAUTHENTICATED'])
    app.clock.advance(480)
    expect(await works(long.client)).toBe('UNAUTHENTICATED')
  })

  it('decides when to warn, until a sub-organization states it itself', async () => {
    const { deep, state } = await below()
    await state({ warnBefore: ['P20D', 'P2D'] })
    const [key] = await keysOfBothKinds(deep, { expiresIn: 'P60D' })
    const id = key?.id ?? ''
    const shown = async () => {
      const found = (await app.owner.run(KeyByIdDocument, { id })).key
      return [found?.warnBefore, found?.expiringSoon]
    }
    expect(await shown()).toEqual([['P20D', 'P2D'], false])
    await app.pass(40 * DAY)
    expect((await warningsOf(app, id)).map(({ threshold }) => threshold)).toEqual([20 * DAY])
    expect(await shown()).toEqual([['P20D', 'P2D'], true])
    await state({ warnBefore: ['P10D'] }, deep)
    expect(await shown()).toEqual([['P10D'], false])
    await app.pass(10 * DAY)
    expect((await warningsOf(app, id)).map(({ threshold }) => threshold)).toEqual([20 * DAY, 10 * DAY])
    await app.pass(9 * DAY)
    expect(await warningsOf(app, id)).toHaveLength(2)
  })

  it('limits the active keys of the organization and its descendants together', async () => {
    const { deep, state } = await below()
    await state({ maximumActiveKeys: 3 })
    await state({ maximumActiveKeys: 2 }, deep)
    const deeper = await suborganization(app, 'Deeper', deep)
    const beside = await suborganization(app, 'Beside', deep)
    const refused = async (organizationId: string) => {
      const input = { organizationId, name: 'one too many', grants: [] }
      const error = await app.owner.fail(CreateApiKeyDocument, { input })
      expect(error.extensions).toMatchObject({ code: 'LIMIT_REACHED', policy: 'maximumActiveKeys' })
    }
    await app.apiKey({ organizationId: deeper })
    const { id } = await app.apiKey({ organizationId: beside })
    for (const organizationId of [deep, deeper, beside]) await refused(organizationId)
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    await app.apiKey({ organizationId: deep })
    await refused(deeper)
  })

  it('has room for one more key once, for concurrent requests in any sub-organization', async () => {
    const { deep, state } = await below()
    await state({ maximumActiveKeys: 2 })
    const others = [await suborganization(app, 'Left', deep), await suborganization(app, 'Right', deep)]
    const asked = [deep, ...others, deep, ...others].map((organizationId, index) =>
      app.owner.try(CreateApiKeyDocument, { input: { organizationId, name: `rush ${index}`, grants: [] } }),
    )
    const answers = (await Promise.all(asked)).map(codeOf).sort()
    expect(answers).toEqual([...Array(4).fill('LIMIT_REACHED'), 'done', 'done'])
  })

  it('revokes a key whose retired secret is used', async () => {
    const { deep, state } = await below()
    const keys = await keysOfBothKinds(deep, {})
    for (const { id } of keys) await rotate(id, { overlap: 'PT0S' })
    await state({ onRetiredSecretUse: 'REVOKE' })
    for (const { id, client } of keys) {
      expect(await works(client)).toBe('UNAUTHENTICATED')
      const { key } = await app.owner.run(KeyByIdDocument, { id })
      expect(key).toMatchObject({ status: 'REVOKED', revocationReason: 'POLICY' })
    }
  })

  it('revokes unused keys, including existing ones, and warns of it', async () => {
    const { deep, state } = await below()
    const keys = await keysOfBothKinds(deep, { neverExpires: true })
    await app.pass(3 * DAY)
    await state({ revokeUnusedAfter: 'P10D', warnBefore: ['P4D'] })
    const types = () =>
      Promise.all(keys.map(async ({ id }) => (await historyOf(app, id)).map(({ type }) => type.replace('KEY_', ''))))
    await app.pass(3 * DAY)
    expect(await types()).toEqual(Array(2).fill(['CREATED', 'EXPIRY_WARNING']))
    await app.pass(4 * DAY)
    expect(await types()).toEqual(Array(2).fill(['CREATED', 'EXPIRY_WARNING', 'REVOKED']))
    for (const { client } of keys) expect(await works(client)).toBe('UNAUTHENTICATED')
  })
})
