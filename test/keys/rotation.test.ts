import { beforeAll, describe, expect, it } from 'vitest'
import {
  CancelRotationDocument,
  CompleteRotationDocument,
  CreatePersonalAccessKeyDocument,
  KeyByIdDocument,
  KeyUsageDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  type RotateKeyInput,
  SuspendKeyDocument,
  UpdateKeyPolicyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn, historyOf, typesOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'

const HOUR = 3_600

describe.each(ENGINES)('rotating a key on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    // Time is swept when a test says so, not whenever it moves.
    await app.app.parts.sweeper.stop()
  })

  const fromNow = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000).toISOString()
  const rotate = async (id: string, input: Omit<RotateKeyInput, 'id'> = {}, client = app.owner) => {
    // Two secrets of the same instant would have no order.
    clock.advance(1)
    const { rotateKey } = await client.run(RotateKeyDocument, { input: { id, ...input } })
    return { ...rotateKey, client: app.anonymous.with(rotateKey.secret) }
  }
  const works = async (client: TestApp['owner']) => (await client.try(ViewerDocument, {})).errors === undefined
  const keyOf = async (id: string) => (await app.owner.run(KeyByIdDocument, { id })).key
  const statesOf = async (id: string) => (await keyOf(id))?.secrets.map(({ state }) => state)
  const codeOf = async (id: string, input = {}) =>
    (await app.owner.fail(RotateKeyDocument, { input: { id, ...input } })).extensions.code

  it('of another tenant is NOT_FOUND, and a malformed id is rejected', async () => {
    const { id } = await app.apiKey()
    const { owner } = await app.stranger()
    const before = await changesIn(app)
    expect((await owner.client.fail(CompleteRotationDocument, { id })).extensions.code).toBe('NOT_FOUND')
    expect((await owner.client.fail(CancelRotationDocument, { id })).extensions.code).toBe('NOT_FOUND')
    expect((await owner.client.fail(RotateKeyDocument, { input: { id } })).extensions.code).toBe('NOT_FOUND')
    expect(await changesIn(app)).toEqual(before)
  })

  it('keeps its id, name, grants and audit events, and returns a new secret of the same kind', async () => {
    const old = await app.apiKey({ name: 'kept', grants: [{ module: 'audit', role: 'VIEWER' }], description: 'why' })
    const before = await keyOf(old.id)
    clock.advance(60)
    const { key, secret, client } = await rotate(old.id)
    expect(secret).toMatch(/^kt_ak_[0-9A-Za-z]{49}$/)
    expect(secret).not.toBe(old.secret)
    const same = { id: old.id, name: 'kept', description: 'why', grants: before?.grants, createdAt: before?.createdAt }
    expect(key).toMatchObject(same)
    expect((await client.run(ViewerDocument, {})).viewer.key).toMatchObject(same)
    expect((await historyOf(app, old.id)).map(({ type, details }) => ({ type, details }))).toEqual([
      expect.objectContaining({ type: 'KEY_CREATED' }),
      {
        type: 'KEY_ROTATED',
        details: {
          kind: 'API_KEY',
          hint: `kt_ak_...${secret.slice(-4)}`,
          previousHint: `kt_ak_...${old.secret.slice(-4)}`,
          previousSecretValidUntil: fromNow(24 * HOUR),
          overlapFromFirstUse: false,
          overlapSeconds: 24 * HOUR,
          expiresAt: { from: before?.expiresAt, to: key.expiresAt },
        },
      },
    ])
  })

  it.each<[string, { overlap?: string }, number]>([
    ['a day where nothing is asked for', {}, 24 * HOUR],
    ['as long as was asked for', { overlap: 'PT2H' }, 2 * HOUR],
    ['up to the maximum of the policy', { overlap: 'P7D' }, 168 * HOUR],
  ])(
    'keeps the old secret valid for %s, exactly, and makes the new one valid immediately',
    async (_, input, seconds) => {
      const old = await app.apiKey()
      const { client, previousSecretValidUntil, key } = await rotate(old.id, input)
      expect(previousSecretValidUntil).toBe(fromNow(seconds))
      expect(key.secrets).toMatchObject([
        { state: 'CURRENT', validUntil: null },
        { state: 'RETIRING', validUntil: fromNow(seconds), hint: `kt_ak_...${old.secret.slice(-4)}` },
      ])
      expect(await works(old.client)).toBe(true)
      expect(await works(client)).toBe(true)
      clock.advance(seconds - 0.001)
      expect(await works(old.client)).toBe(true)
      clock.advance(0.001)
      expect(await works(old.client)).toBe(false)
      expect(await works(client)).toBe(true)
      expect(await statesOf(old.id)).toEqual(['CURRENT', 'RETIRED'])
      await app.app.parts.sweeper.sweep()
      expect((await typesOf(app, old.id)).filter((type) => type.startsWith('KEY_'))).toEqual([
        'KEY_CREATED',
        'KEY_ROTATED',
        'KEY_ROTATION_COMPLETED',
      ])
    },
  )

  it('retires the old secret immediately with an overlap of zero', async () => {
    const old = await app.apiKey()
    const { client, previousSecretValidUntil } = await rotate(old.id, { overlap: 'PT0S' })
    expect(previousSecretValidUntil).toBe(fromNow(0))
    expect(await works(old.client)).toBe(false)
    expect(await works(client)).toBe(true)
    expect(await statesOf(old.id)).toEqual(['CURRENT', 'RETIRED'])
    expect((await app.owner.fail(CancelRotationDocument, { id: old.id })).extensions.code).toBe('CONFLICT')
    expect((await app.owner.fail(CompleteRotationDocument, { id: old.id })).extensions.code).toBe('CONFLICT')
  })

  it('starts the overlap at the first use of the new secret on request', async () => {
    const old = await app.apiKey()
    const { client, previousSecretValidUntil } = await rotate(old.id, { overlap: 'PT1H', overlapFromFirstUse: true })
    const latest = fromNow(7 * 24 * HOUR)
    expect(previousSecretValidUntil).toBe(latest)
    clock.advance(48 * HOUR)
    await app.app.parts.sweeper.sweep()
    expect(await works(old.client)).toBe(true)
    expect((await keyOf(old.id))?.secrets[1]).toMatchObject({ state: 'RETIRING', validUntil: latest })
    // The first use counts, and no later one: not even several at once.
    const firstUse = clock.now()
    expect(await Promise.all([works(client), works(client), works(client)])).toEqual([true, true, true])
    clock.advance(HOUR / 2)
    expect(await works(client)).toBe(true)
    const end = new Date(firstUse.getTime() + HOUR * 1000).toISOString()
    expect((await keyOf(old.id))?.secrets[1]).toMatchObject({ state: 'RETIRING', validUntil: end })
    const told = (await historyOf(app, old.id)).filter(({ type }) => type === 'KEY_UPDATED')
    expect(told.map(({ details, actor }) => ({ details, kind: actor.kind }))).toEqual([
      { kind: 'SYSTEM', details: { kind: 'API_KEY', newSecretFirstUsed: true, previousSecretValidUntil: end } },
    ])
    clock.advance(HOUR / 2 - 0.001)
    expect(await works(old.client)).toBe(true)
    clock.advance(0.001)
    expect(await works(old.client)).toBe(false)
    await app.app.parts.sweeper.sweep()
    expect(await typesOf(app, old.id)).toContain('KEY_ROTATION_COMPLETED')
  })

  it('does not take a use of the old secret for the first use of the new one, in a second such rotation either', async () => {
    const first = await app.apiKey()
    const second = await rotate(first.id, { overlap: 'PT1H', overlapFromFirstUse: true })
    expect(await works(second.client)).toBe(true)
    clock.advance(HOUR)
    const third = await rotate(first.id, { overlap: 'PT2H', overlapFromFirstUse: true })
    const latest = fromNow(7 * 24 * HOUR)
    expect(await works(second.client)).toBe(true)
    clock.advance(24 * HOUR)
    expect(await works(second.client)).toBe(true)
    expect((await keyOf(first.id))?.secrets[1]).toMatchObject({ state: 'RETIRING', validUntil: latest })
    expect(await works(third.client)).toBe(true)
    expect((await keyOf(first.id))?.secrets[1]).toMatchObject({ state: 'RETIRING', validUntil: fromNow(2 * HOUR) })
  })

  it.each([
    ['never', null],
    ['shortly before that', 6.9 * 24],
  ])("ends the overlap at the policy's maximum at the latest, if the new secret is first used %s", async (_, hours) => {
    const old = await app.apiKey()
    const { client, previousSecretValidUntil } = await rotate(old.id, { overlap: 'P5D', overlapFromFirstUse: true })
    clock.advance((hours ?? 0) * HOUR)
    if (hours !== null) expect(await works(client)).toBe(true)
    expect((await keyOf(old.id))?.secrets[1]).toMatchObject({
      state: 'RETIRING',
      validUntil: previousSecretValidUntil,
    })
    clock.advance((7 * 24 - (hours ?? 0)) * HOUR - 0.001)
    expect(await works(old.client)).toBe(true)
    clock.advance(0.001)
    expect(clock.now().toISOString()).toBe(previousSecretValidUntil)
    expect([await works(old.client), await works(client)]).toEqual([false, true])
  })

  it('can be completed early', async () => {
    const old = await app.apiKey()
    const { client } = await rotate(old.id)
    const { completeRotation } = await app.owner.run(CompleteRotationDocument, { id: old.id })
    expect(completeRotation.key.secrets).toMatchObject([
      { state: 'CURRENT', validUntil: null },
      { state: 'RETIRED', validUntil: fromNow(0) },
    ])
    expect(await works(old.client)).toBe(false)
    expect(await works(client)).toBe(true)
    expect((await app.owner.fail(CompleteRotationDocument, { id: old.id })).extensions.code).toBe('CONFLICT')
    expect((await app.owner.fail(CancelRotationDocument, { id: old.id })).extensions.code).toBe('CONFLICT')
    expect((await historyOf(app, old.id))[2]).toMatchObject({
      type: 'KEY_ROTATION_COMPLETED',
      actor: { kind: 'USER' },
      details: { kind: 'API_KEY', retiredHint: `kt_ak_...${old.secret.slice(-4)}` },
    })
    // The sweep at the end of what was the overlap has nothing to tell any more.
    clock.advance(25 * HOUR)
    await app.app.parts.sweeper.sweep()
    const completions = (await typesOf(app, old.id)).filter((type) => type === 'KEY_ROTATION_COMPLETED')
    expect(completions).toHaveLength(1)
  })

  it.each([{ overlap: 'P2D' }, { overlap: 'P2D', overlapFromFirstUse: true }])(
    'can be cancelled after %j: the old secret and the old expiry are restored, the new secret is invalid',
    async (input) => {
      const old = await app.apiKey({ expiresIn: 'P30D' })
      const { expiresAt } = (await keyOf(old.id)) ?? {}
      clock.advance(24 * HOUR)
      const { client, key } = await rotate(old.id, input)
      expect(key.expiresAt).not.toBe(expiresAt)
      expect(await works(client)).toBe(true)
      const { cancelRotation } = await app.owner.run(CancelRotationDocument, { id: old.id })
      expect(cancelRotation.key.expiresAt).toBe(expiresAt)
      expect(cancelRotation.key.secrets).toMatchObject([
        { state: 'RETIRED', validUntil: fromNow(0) },
        { state: 'CURRENT', validUntil: null, hint: `kt_ak_...${old.secret.slice(-4)}` },
      ])
      expect(await works(client)).toBe(false)
      expect(await works(old.client)).toBe(true)
      const told = (await historyOf(app, old.id)).find(({ type }) => type === 'KEY_ROTATION_CANCELLED')
      expect(told?.details).toEqual({
        kind: 'API_KEY',
        droppedHint: `kt_ak_...${client.credential?.slice(-4)}`,
        expiresAt: { from: key.expiresAt, to: expiresAt },
      })
      expect((await app.owner.fail(CancelRotationDocument, { id: old.id })).extensions.code).toBe('CONFLICT')
      // The end of the overlap that there no longer is changes nothing.
      clock.advance(72 * HOUR)
      await app.app.parts.sweeper.sweep()
      expect(await works(old.client)).toBe(true)
      expect(await typesOf(app, old.id)).not.toContain('KEY_ROTATION_COMPLETED')
      // And it can be rotated anew, with the length that it had at first.
      expect((await rotate(old.id)).key.expiresAt).toBe(fromNow(720 * HOUR))
    },
  )

  it('cannot be cancelled once the old expiry has passed', async () => {
    const old = await app.apiKey({ expiresIn: 'PT2H' })
    clock.advance(HOUR)
    const { client } = await rotate(old.id, { expiresIn: 'P1D' })
    clock.advance(HOUR)
    expect((await app.owner.fail(CancelRotationDocument, { id: old.id })).extensions.code).toBe('CONFLICT')
    expect(await works(client)).toBe(true)
    await app.owner.run(CompleteRotationDocument, { id: old.id })
    expect(await typesOf(app, old.id)).not.toContain('KEY_ROTATION_CANCELLED')
  })

  it('is a CONFLICT during the overlap of another rotation, and changes neither secret', async () => {
    const old = await app.apiKey()
    const { client } = await rotate(old.id, { overlap: 'PT1H' })
    const before = await changesIn(app)
    expect(await codeOf(old.id)).toBe('CONFLICT')
    expect(await codeOf(old.id, { overlap: 'PT0S' })).toBe('CONFLICT')
    expect(await changesIn(app)).toEqual(before)
    expect([await works(old.client), await works(client)]).toEqual([true, true])
    // From the end of the overlap on it can be rotated, swept or not.
    clock.advance(HOUR)
    const again = await rotate(old.id)
    expect([await works(client), await works(again.client)]).toEqual([true, true])
    expect(await statesOf(old.id)).toEqual(['CURRENT', 'RETIRING', 'RETIRED'])
  })

  it.each<[string, object, Omit<RotateKeyInput, 'id'>, number | null]>([
    ['as long as the last one', { expiresIn: 'P10D' }, {}, 240 * HOUR],
    ['for ever, as before', { neverExpires: true }, {}, null],
    ['as long as is asked for', { expiresIn: 'P10D' }, { expiresIn: 'P90D' }, 2160 * HOUR],
    ['shorter, where that is asked for', { neverExpires: true }, { expiresIn: 'PT1H' }, HOUR],
  ])('gives the key the lifetime %s, starting now', async (_, lifetime, input, seconds) => {
    const { id } = await app.apiKey(lifetime)
    clock.advance(100 * HOUR)
    const { key } = await rotate(id, input)
    expect(key.expiresAt).toBe(seconds === null ? null : fromNow(seconds))
  })

  it('is rejected if the policy does not allow it', async () => {
    const { id } = await app.apiKey({ neverExpires: true })
    const { organizationId } = app
    expect(await codeOf(id, { overlap: 'P8D' })).toBe('POLICY_VIOLATION')
    expect(await codeOf(id, { expiresIn: 'P1D', expiresAt: '2030-01-01T00:00:00Z' })).toBe('BAD_USER_INPUT')
    expect(await codeOf(id, { expiresIn: 'PT0S' })).toBe('BAD_USER_INPUT')
    expect(await codeOf(id, { expiresAt: fromNow(0) })).toBe('BAD_USER_INPUT')
    expect(await codeOf(id, { overlap: 'PT0S', overlapFromFirstUse: true })).toBe('BAD_USER_INPUT')
    await app.owner.run(UpdateKeyPolicyDocument, {
      input: { organizationId, policy: { maximumLifetime: 'P90D', defaultLifetime: 'P30D', maximumOverlap: 'PT1H' } },
    })
    expect(await codeOf(id, { expiresIn: 'P91D' })).toBe('POLICY_VIOLATION')
    expect(await statesOf(id)).toEqual(['CURRENT'])
    // What nobody asked for is fitted: the key that never expired gets the default, the overlap the maximum.
    const { key, previousSecretValidUntil } = await rotate(id)
    expect(key.expiresAt).toBe(fromNow(720 * HOUR))
    expect(previousSecretValidUntil).toBe(fromNow(HOUR))
    await app.owner.run(UpdateKeyPolicyDocument, {
      input: { organizationId, policy: { maximumLifetime: null, defaultLifetime: 'P180D', maximumOverlap: 'P7D' } },
    })
  })

  it('is allowed to the key itself, with its old or its new secret during the overlap', async () => {
    const robot = await app.apiKey()
    const { client } = await rotate(robot.id, { overlap: 'PT1H' }, robot.client)
    await robot.client.run(CancelRotationDocument, { id: robot.id })
    expect([await works(robot.client), await works(client)]).toEqual([true, false])
    const again = await rotate(robot.id, {}, robot.client)
    await again.client.run(CompleteRotationDocument, { id: robot.id })
    expect([await works(robot.client), await works(again.client)]).toEqual([false, true])
    const told = (await historyOf(app, robot.id)).filter(({ type }) => type.startsWith('KEY_ROTAT'))
    expect(told.map(({ actor }) => actor.id)).toEqual(Array(4).fill(robot.id))
    const person = await app.person('Ann', [])
    const { createPersonalAccessKey } = await person.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'mine' },
    })
    const { id } = createPersonalAccessKey.personalAccessKey
    const rotated = await rotate(id, {}, app.anonymous.with(createPersonalAccessKey.secret))
    expect(rotated.secret).toMatch(/^kt_pk_/)
    await rotate(person.keyId, {}, rotated.client)
  })

  it('is a CONFLICT for a revoked or suspended key', async () => {
    const { id } = await app.apiKey()
    await app.owner.run(SuspendKeyDocument, { id })
    expect(await codeOf(id)).toBe('CONFLICT')
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    expect(await codeOf(id)).toBe('CONFLICT')
    expect(await statesOf(id)).toEqual(['RETIRED'])
  })

  it('shows when each secret was last used', async () => {
    const old = await app.apiKey()
    const { client } = await rotate(old.id)
    await works(old.client)
    const oldUse = clock.now().toISOString()
    clock.advance(60)
    await works(client)
    await app.app.parts.usage.flush()
    const { key } = await app.owner.run(KeyUsageDocument, { id: old.id })
    expect(key?.lastUsedAt).toBe(clock.now().toISOString())
    expect(key?.secrets.map(({ lastUsedAt }) => lastUsedAt)).toEqual([clock.now().toISOString(), oldUse])
  })
})
