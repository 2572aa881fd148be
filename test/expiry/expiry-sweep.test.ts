import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  CancelRotationDocument,
  CompleteRotationDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyPolicyDocument,
} from '../../src/generated/graphql.ts'
import { DAY } from '../../src/kernel/duration.ts'
import { ENGINES } from '../support/engines.ts'
import { bootSwept, historyOf, type SweptApp, warningsOf } from '../support/sweeping.ts'

const HOUR = 3_600

describe.each(ENGINES)('what is due for keys, on %s', (engine) => {
  let app: SweptApp
  beforeAll(async () => {
    app = await bootSwept({ engine })
  })
  beforeEach(() => app.pass(0))
  afterAll(() => app.close())

  const thresholds = async (keyId: string) => (await warningsOf(app, keyId)).map((warning) => warning.threshold)
  const types = async (keyId: string) => (await historyOf(app, keyId)).map((event) => event.type)

  it('each threshold gets one warning, on time, with an event of the same sequence', async () => {
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT3H', 'PT1H', 'PT10S'] })
    const expiresAt = new Date(app.clock.now().getTime() + 10 * HOUR * 1000).toISOString()
    await app.pass(7 * HOUR - 1)
    expect(await thresholds(id)).toEqual([])
    await app.pass(1)
    expect(await thresholds(id)).toEqual([3 * HOUR])
    await app.pass(2 * HOUR)
    await app.pass(0)
    expect(await thresholds(id)).toEqual([3 * HOUR, HOUR])
    await app.pass(HOUR - 10)
    const warnings = await warningsOf(app, id)
    expect(warnings.map(({ threshold, expiresAt: of }) => [threshold, of])).toEqual([
      [3 * HOUR, expiresAt],
      [HOUR, expiresAt],
      [10, expiresAt],
    ])
    expect(await historyOf(app, id, 'KEY_EXPIRY_WARNING')).toEqual(
      ['PT3H', 'PT1H', 'PT10S'].map((threshold, index) => ({
        sequence: warnings[index]?.sequence,
        type: 'KEY_EXPIRY_WARNING',
        details: { kind: 'API_KEY', warningId: warnings[index]?.id, threshold, expiresAt, cause: 'expiry' },
      })),
    )
  })

  it('the expiry is recorded once, on time', async () => {
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: [] })
    await app.pass(10 * HOUR - 1)
    expect(await types(id)).toEqual(['KEY_CREATED'])
    await app.pass(1)
    await app.pass(DAY)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_EXPIRED'])
  })

  it('a key without thresholds gets no warnings', async () => {
    const { id } = await app.apiKey({ expiresIn: 'P60D', warnBefore: [] })
    for (const days of [30, 16, 7, 4, 2]) await app.pass(days * DAY)
    expect(await thresholds(id)).toEqual([])
  })

  it('after a downtime across several thresholds only the most urgent one gets a warning', async () => {
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT5H', 'PT3H', 'PT1H'] })
    await app.pass(8 * HOUR)
    expect(await thresholds(id)).toEqual([3 * HOUR])
    await app.pass(HOUR)
    expect(await thresholds(id)).toEqual([3 * HOUR, HOUR])
  })

  it('after a downtime across the expiry there is no warning', async () => {
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT5H'] })
    await app.pass(DAY)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_EXPIRED'])
  })

  it('a suspended key gets warnings: its lifetime continues', async () => {
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT1H'] })
    await app.owner.run(SuspendKeyDocument, { id })
    await app.pass(9 * HOUR)
    await app.pass(HOUR)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_SUSPENDED', 'KEY_EXPIRY_WARNING', 'KEY_EXPIRED'])
  })

  it('a revoked key gets neither a warning nor an expiry event', async () => {
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT1H'] })
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    await app.pass(9 * HOUR)
    await app.pass(HOUR)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_REVOKED'])
  })

  it('a rotation starts a new lifetime, with its own warnings', async () => {
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT3H', 'PT1H'] })
    await app.pass(7 * HOUR)
    await app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT0S' } })
    await app.pass(3 * HOUR)
    expect(await thresholds(id)).toEqual([3 * HOUR])
    await app.pass(4 * HOUR)
    await app.pass(2 * HOUR)
    expect(await thresholds(id)).toEqual([3 * HOUR, 3 * HOUR, HOUR])
    const [first, second] = await warningsOf(app, id)
    expect(Date.parse(second?.expiresAt ?? '') - Date.parse(first?.expiresAt ?? '')).toBe(7 * HOUR * 1000)
    await app.pass(HOUR)
    expect((await types(id)).at(-1)).toBe('KEY_EXPIRED')
  })

  it('the end of an overlap completes the rotation, automatically and once', async () => {
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: [] })
    await app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT2H' } })
    await app.pass(2 * HOUR - 1)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_ROTATED'])
    await app.pass(1)
    await app.pass(HOUR)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_ROTATED', 'KEY_ROTATION_COMPLETED'])
    expect((await app.owner.fail(CompleteRotationDocument, { id })).extensions.code).toBe('CONFLICT')
  })

  it('a cancelled rotation restores an expiry without another warning', async () => {
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT5H', 'PT1H'] })
    await app.pass(5 * HOUR)
    await app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT4H' } })
    await app.pass(HOUR)
    await app.owner.run(CancelRotationDocument, { id })
    await app.pass(0)
    await app.pass(2 * HOUR)
    expect(await thresholds(id)).toEqual([5 * HOUR])
    await app.pass(HOUR)
    expect(await thresholds(id)).toEqual([5 * HOUR, HOUR])
  })

  it('a warning of the lifetime that a cancelled rotation discarded hides none of the restored one', async () => {
    const { id } = await app.apiKey({ expiresIn: 'PT50H', warnBefore: ['PT40H', 'PT10H', 'PT1H'] })
    await app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT20H', expiresIn: 'PT2H' } })
    await app.pass(HOUR)
    expect(await thresholds(id)).toEqual([HOUR])
    await app.owner.run(CancelRotationDocument, { id })
    await app.pass(9 * HOUR)
    await app.pass(30 * HOUR)
    await app.pass(9 * HOUR)
    expect(await thresholds(id)).toEqual([HOUR, 40 * HOUR, 10 * HOUR, HOUR])
  })

  it("a policy's new thresholds apply to every key without its own", async () => {
    const { organizationId } = app
    const plain = await app.apiKey({ expiresIn: 'P100D' })
    const own = await app.apiKey({ expiresIn: 'P100D', warnBefore: ['P2D'] })
    const rule = (warnBefore: string[]) =>
      app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy: { warnBefore } } })
    await rule(['P50D', 'P40D'])
    await app.pass(50 * DAY)
    expect(await thresholds(plain.id)).toEqual([50 * DAY])
    await rule(['P45D', 'P5D'])
    await app.pass(5 * DAY)
    expect(await thresholds(plain.id)).toEqual([50 * DAY, 45 * DAY])
    await rule(['P46D'])
    await app.pass(10 * DAY)
    expect(await thresholds(plain.id)).toEqual([50 * DAY, 45 * DAY])
    expect(await thresholds(own.id)).toEqual([])
    await app.pass(33 * DAY)
    expect(await thresholds(own.id)).toEqual([2 * DAY])
  })
})
