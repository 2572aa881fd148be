import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addSeconds, DAY, LONGEST_DURATION } from '../../src/kernel/duration.ts'
import { KeyturnError } from '../../src/kernel/errors.ts'
import { lifetimeFacts, lifetimeOf, newestAddresses, secretStateOf, statusOf } from '../../src/keys/key.ts'
import { decideExpiry, decideOverlap, type WantedExpiry } from '../../src/keys/lifecycle/lifetime.ts'

const NOW = new Date('2026-06-01T12:00:00.000Z')
const inSeconds = (seconds: number) => addSeconds(NOW, seconds)
const LAX = { maximumLifetime: null, defaultLifetime: 180 * DAY, expiryRequired: false }

const refusalOf = (decide: () => unknown) => {
  try {
    decide()
  } catch (error) {
    if (error instanceof KeyturnError) return { code: error.code, ...error.fields }
  }
  return null
}

describe('the expiry of a key', () => {
  it.each<[string, WantedExpiry, Partial<typeof LAX> | { maximumLifetime: number }, number | null, number | null]>([
    ['the default where nothing is asked for', {}, {}, 180 * DAY, 180 * DAY],
    ['the instant that is asked for', { expiresAt: inSeconds(5) }, {}, DAY, 5],
    ['the length that is asked for', { expiresIn: 90 }, {}, DAY, 90],
    ['never, where that is asked for', { neverExpires: true }, {}, DAY, null],
    ['no wish where neverExpires is false', { neverExpires: false, expiresIn: 90 }, {}, DAY, 90],
    ['no wish where nothing but null is given', { expiresAt: null, expiresIn: null, neverExpires: null }, {}, 7, 7],
    ['the maximum, asked for exactly', { expiresIn: DAY }, { maximumLifetime: DAY }, 7, DAY],
    ['the fallback, fitted into the maximum', {}, { maximumLifetime: DAY }, 180 * DAY, DAY],
    ['never, as it was before', {}, {}, null, null],
    ['the maximum or the default, where never is no longer allowed', {}, { maximumLifetime: DAY }, null, DAY],
    ['the default, where never is no longer allowed', {}, { expiryRequired: true }, null, 180 * DAY],
    ['a hundred years', { expiresIn: LONGEST_DURATION }, {}, DAY, LONGEST_DURATION],
  ])('is %s', (_, wanted, policy, fallback, seconds) => {
    const decided = decideExpiry(wanted, { ...LAX, ...policy }, NOW, fallback)
    expect(decided).toEqual(seconds === null ? null : inSeconds(seconds))
  })

  it.each<[string, WantedExpiry, string]>([
    ['both an instant and a length', { expiresAt: inSeconds(5), expiresIn: 5 }, 'expiresAt'],
    ['both an instant and never', { expiresAt: inSeconds(5), neverExpires: true }, 'expiresAt'],
    ['both a length and never', { expiresIn: 5, neverExpires: true }, 'expiresAt'],
    ['an instant that has passed', { expiresAt: inSeconds(-0.001) }, 'expiresAt'],
    ['this very instant', { expiresAt: NOW }, 'expiresAt'],
    ['an instant beyond a hundred years', { expiresAt: inSeconds(LONGEST_DURATION + 1) }, 'expiresAt'],
    ['no time at all', { expiresIn: 0 }, 'expiresIn'],
  ])('cannot be %s', (_, wanted, path) => {
    const refusal = refusalOf(() => decideExpiry(wanted, LAX, NOW, DAY))
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
  })

  it.each<[string, WantedExpiry, { maximumLifetime?: number; expiryRequired?: boolean }, string]>([
    ['a length beyond the maximum', { expiresIn: DAY + 1 }, { maximumLifetime: DAY }, 'maximumLifetime'],
    [
      'an instant beyond the maximum',
      { expiresAt: inSeconds(DAY + 0.001) },
      { maximumLifetime: DAY },
      'maximumLifetime',
    ],
    ['never, where there is a maximum', { neverExpires: true }, { maximumLifetime: DAY }, 'maximumLifetime'],
    ['never, where every key must expire', { neverExpires: true }, { expiryRequired: true }, 'expiryRequired'],
  ])('violates the policy if it is %s', (_, wanted, policy, field) => {
    const refusal = refusalOf(() => decideExpiry(wanted, { ...LAX, ...policy }, NOW, DAY))
    expect(refusal).toMatchObject({ code: 'POLICY_VIOLATION', policy: field })
  })

  it('is in the future and within the policy, for any request and policy', () => {
    const seconds = fc.integer({ min: -10, max: LONGEST_DURATION + 10 })
    const wishes = fc.oneof(
      fc.record({ expiresAt: seconds.map(inSeconds) }),
      fc.record({ expiresIn: fc.integer({ min: 0, max: LONGEST_DURATION }) }),
      fc.record({ neverExpires: fc.boolean() }),
      fc.constant({}),
    )
    const length = fc.integer({ min: 1, max: LONGEST_DURATION })
    const policies = fc.record({
      maximumLifetime: fc.option(length),
      defaultLifetime: length,
      expiryRequired: fc.boolean(),
    })
    fc.assert(
      fc.property(wishes, policies, fc.option(length), (wanted, policy, fallback) => {
        let decided: Date | null
        try {
          decided = decideExpiry(wanted, policy, NOW, fallback)
        } catch (error) {
          expect((error as KeyturnError).code).toMatch(/^(?:BAD_USER_INPUT|POLICY_VIOLATION)$/)
          // What nobody asked for is fitted to the policy instead of being refused by it.
          expect(wanted).not.toEqual({})
          return
        }
        if (decided === null) expect(policy).toMatchObject({ maximumLifetime: null, expiryRequired: false })
        else {
          expect(decided.getTime()).toBeGreaterThan(NOW.getTime())
          if (policy.maximumLifetime !== null) expect(decided <= inSeconds(policy.maximumLifetime)).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('the overlap of a rotation', () => {
  it.each([
    [undefined, 7 * DAY, DAY],
    [null, 7 * DAY, DAY],
    [undefined, 60, 60],
    [undefined, 0, 0],
    [0, 7 * DAY, 0],
    [7 * DAY, 7 * DAY, 7 * DAY],
  ])('requested as %s under a maximum of %i is %i seconds', (wanted, maximumOverlap, seconds) => {
    expect(decideOverlap(wanted, { maximumOverlap })).toBe(seconds)
  })

  it('cannot exceed the maximum', () => {
    const refusal = refusalOf(() => decideOverlap(61, { maximumOverlap: 60 }))
    expect(refusal).toMatchObject({ code: 'POLICY_VIOLATION', policy: 'maximumOverlap' })
  })
})

describe('the status of a key', () => {
  const before = new Date(NOW.getTime() - 1)
  it.each([
    [{}, 'ACTIVE'],
    [{ expiresAt: inSeconds(0.001) }, 'ACTIVE'],
    [{ expiresAt: NOW }, 'EXPIRED'],
    [{ expiresAt: before }, 'EXPIRED'],
    [{ suspendedAt: before }, 'SUSPENDED'],
    [{ suspendedAt: before, expiresAt: NOW }, 'EXPIRED'],
    [{ revokedAt: before, expiresAt: before, suspendedAt: before }, 'REVOKED'],
  ])('%j is %s', (facts, status) => {
    expect(statusOf({ expiresAt: null, suspendedAt: null, revokedAt: null, ...facts }, NOW)).toBe(status)
  })

  it.each([
    ['CURRENT', null, 'CURRENT'],
    ['RETIRING', null, 'RETIRING'],
    ['RETIRING', inSeconds(0.001), 'RETIRING'],
    ['RETIRING', NOW, 'RETIRED'],
    ['RETIRED', inSeconds(60), 'RETIRED'],
  ] as const)('of a secret that is %s until %s is %s', (state, validUntil, now) => {
    expect(secretStateOf({ state, validUntil }, NOW)).toBe(now)
  })
})

describe('the facts of a key', () => {
  it('store the length of a lifetime in whole seconds, rounded up', () => {
    expect(lifetimeFacts(inSeconds(1.001), NOW)).toEqual({
      expiresAt: inSeconds(1.001),
      lifetimeFrom: NOW,
      lifetimeSeconds: 2,
    })
    expect(lifetimeFacts(null, NOW).lifetimeSeconds).toBeNull()
    expect(lifetimeOf({ expiresAt: inSeconds(1.5), lifetimeFrom: NOW })).toBe(1.5)
    expect(lifetimeOf({ expiresAt: null, lifetimeFrom: NOW })).toBeNull()
  })

  it('store the newest five distinct addresses, newest first', () => {
    expect(newestAddresses(['f', 'b'], ['a', 'b', 'c', 'd', 'e'])).toEqual(['f', 'b', 'a', 'c', 'd'])
    expect(newestAddresses([], ['a'])).toEqual(['a'])
  })
})
