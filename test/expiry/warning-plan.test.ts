import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addSeconds, DAY } from '../../src/kernel/duration.ts'
import {
  dueAtOf,
  dueThreshold,
  isExpiringSoon,
  isWarnedOfDisuse,
  nextWarningAt,
  type Sweepable,
  thresholdsOf,
  unusedDeadline,
  unusedThreshold,
  unusedWarningAt,
} from '../../src/keys/lifecycle/warning-plan.ts'

const BIRTH = new Date('2026-01-01T00:00:00.000Z')
const POLICY = [30 * DAY, 14 * DAY, 7 * DAY, 3 * DAY, DAY]
const at = (seconds: number) => addSeconds(BIRTH, seconds)

const key = (facts: Partial<Sweepable> & { readonly lifetime?: number | null } = {}): Sweepable => {
  const { lifetime = 100 * DAY, ...rest } = facts
  return {
    expiresAt: lifetime === null ? null : at(lifetime),
    lifetimeFrom: BIRTH,
    warnBefore: null,
    warnedAt: null,
    expiryRecordedAt: null,
    revokedAt: null,
    createdAt: BIRTH,
    lastUsedAt: null,
    unusedWarnedAt: null,
    ...rest,
  }
}

describe("the policy's thresholds that apply", () => {
  it.each([
    { lifetime: 180 * DAY, applies: [30, 14, 7, 3, 1], why: 'all are at most half of a long life' },
    { lifetime: 60 * DAY, applies: [30, 14, 7, 3, 1], why: 'half the lifetime itself still applies' },
    { lifetime: 60 * DAY - 1, applies: [14, 7, 3, 1], why: 'a second more than half does not' },
    { lifetime: 7 * DAY, applies: [3, 1], why: 'a week is warned of in its second half' },
    { lifetime: 2 * DAY, applies: [1], why: 'two days are warned of once' },
    { lifetime: 2 * DAY - 1, applies: [], why: 'whoever has just made a key of a day remembers it' },
    { lifetime: null, applies: [30, 14, 7, 3, 1], why: 'a key that never expires shows what would apply' },
  ])('$why', ({ lifetime, applies }) => {
    expect(thresholdsOf(key({ lifetime }), POLICY)).toEqual(applies.map((days) => days * DAY))
  })
})

describe("a key's own thresholds that apply", () => {
  it.each([
    { own: [60, 10], lifetime: 100, applies: [60, 10], why: 'all that are shorter than the lifetime, however long' },
    { own: [10, 60, 10], lifetime: 100, applies: [60, 10], why: 'longest first, each once' },
    { own: [100, 99], lifetime: 100, applies: [99], why: 'not the lifetime itself' },
    { own: [], lifetime: 100 * DAY, applies: [], why: 'none where none are wanted, whatever the policy says' },
  ])('$why', ({ own, lifetime, applies }) => {
    expect(thresholdsOf(key({ lifetime, warnBefore: own }), POLICY)).toEqual(applies)
  })
})

describe('the due threshold', () => {
  const thresholds = [30, 14, 7]
  const expiresAt = at(100)
  it.each([
    { now: 69, warned: null, due: null, why: 'none before the first instant' },
    { now: 70, warned: null, due: 30, why: 'the first at its very instant' },
    { now: 85, warned: null, due: 30, why: 'the first as long as it is the only one crossed' },
    { now: 86, warned: 30, due: 14, why: 'the next once the one before was warned of' },
    { now: 85, warned: 30, due: null, why: 'none between two instants' },
    { now: 95, warned: null, due: 7, why: 'the most urgent alone after a downtime across all' },
    { now: 95, warned: 30, due: 7, why: 'the most urgent alone after a downtime across some' },
    { now: 99, warned: 7, due: null, why: 'none after the last' },
    { now: 100, warned: null, due: null, why: 'none from the expiry on: it says more than any warning' },
  ])('is $why', ({ now, warned, due }) => {
    expect(dueThreshold(thresholds, expiresAt, warned, at(now))).toBe(due)
  })

  it.each([
    { warned: null, next: 70 },
    { warned: 30, next: 86 },
    { warned: 14, next: 93 },
    { warned: 7, next: null },
    { warned: 20, next: 86 },
  ])('after a warning of $warned the next instant is $next', ({ warned, next }) => {
    expect(nextWarningAt(thresholds, expiresAt, warned)).toEqual(next === null ? null : at(next))
  })
})

describe('when a key is due for the sweeper', () => {
  const own = { lifetime: 100, warnBefore: [30, 7] }
  const policy = { warnBefore: [], revokeUnusedAfter: null }
  it.each<{ what: string; of: Parameters<typeof key>[0]; rule?: object; overlap?: number; due: number | null }>([
    { what: 'at its first warning', of: own, due: 70 },
    { what: 'at its next warning', of: { ...own, warnedAt: 30 }, due: 93 },
    { what: 'at its expiry after the last warning', of: { ...own, warnedAt: 7 }, due: 100 },
    { what: 'at the end of an overlap that comes first', of: own, overlap: 50, due: 50 },
    { what: 'at its warning where that comes before the end of the overlap', of: own, overlap: 80, due: 70 },
    { what: 'at its disuse where that comes first', of: own, rule: { revokeUnusedAfter: 60 }, due: 60 },
    { what: 'at the warning of its disuse', of: own, rule: { revokeUnusedAfter: 60, warnBefore: [20] }, due: 40 },
    {
      what: 'at its disuse once that was warned of',
      of: { ...own, unusedWarnedAt: at(40) },
      rule: { revokeUnusedAfter: 60, warnBefore: [20] },
      due: 60,
    },
    {
      what: 'at the warning of the disuse after its last use',
      of: { ...own, lastUsedAt: at(25), unusedWarnedAt: at(40) },
      rule: { revokeUnusedAfter: 60, warnBefore: [20] },
      due: 65,
    },
    { what: 'never, where nothing ever happens to it', of: { lifetime: null }, due: null },
    {
      what: 'for its disuse, where it never expires',
      of: { lifetime: null },
      rule: { revokeUnusedAfter: 60 },
      due: 60,
    },
    { what: 'never again once it was found expired', of: { ...own, expiryRecordedAt: at(100) }, due: null },
    {
      what: 'for its overlap still, once it was found expired',
      of: { ...own, expiryRecordedAt: at(100) },
      overlap: 120,
      due: 120,
    },
    { what: 'never again once it was revoked', of: { ...own, revokedAt: at(1) }, overlap: 50, due: null },
  ])('$what', ({ of, rule, overlap, due }) => {
    const overlapEnds = overlap === undefined ? null : at(overlap)
    expect(dueAtOf(key(of), { ...policy, ...rule }, overlapEnds)).toEqual(due === null ? null : at(due))
  })
})

describe('disuse', () => {
  it.each([
    { after: 60 * DAY, threshold: 30 * DAY },
    { after: 59 * DAY, threshold: 14 * DAY },
    { after: DAY, threshold: null },
  ])('after $after seconds gets a warning at the longest threshold of at most half of it', ({ after, threshold }) => {
    expect(unusedThreshold(after, POLICY)).toBe(threshold)
    expect(unusedWarningAt(at(after), after, POLICY)).toEqual(threshold === null ? null : at(after - threshold))
  })

  it.each([
    { lastUsed: null, deadline: 60, why: 'the beginning of the lifetime where it was never used' },
    { lastUsed: 10, deadline: 70, why: 'the last use' },
    { lastUsed: -10, deadline: 60, why: 'a rotation after the last use' },
  ])('counts from $why', ({ lastUsed, deadline }) => {
    const lastUsedAt = lastUsed === null ? null : at(lastUsed)
    expect(unusedDeadline(key({ lastUsedAt }), 60)).toEqual(at(deadline))
    expect(unusedDeadline(key({ lastUsedAt }), null)).toBeNull()
  })

  it('gets another warning if the existing one is of an earlier deadline', () => {
    expect(isWarnedOfDisuse(key({ unusedWarnedAt: at(40) }), at(40))).toBe(true)
    expect(isWarnedOfDisuse(key({ unusedWarnedAt: at(40) }), at(41))).toBe(false)
    expect(isWarnedOfDisuse(key(), at(40))).toBe(false)
  })
})

it.each([
  { now: 69, soon: false },
  { now: 70, soon: true },
  { now: 99, soon: true },
  { now: 100, soon: false },
])('a key expires soon from its first warning to its expiry: $now', ({ now, soon }) => {
  expect(isExpiringSoon(key({ lifetime: 100, warnBefore: [30, 7] }), POLICY, at(now))).toBe(soon)
})

const lifetimes = fc.integer({ min: 1, max: 400 })
const thresholdLists = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 8 })
const plans = fc.record({ lifetime: lifetimes, own: fc.option(thresholdLists), policy: thresholdLists })

/** Sweeps a key at the given seconds, as the sweeper does, and tells what it would be warned of, and when. */
const sweepAt = (lifetime: number, thresholds: readonly number[], seconds: Iterable<number>) => {
  const warnings: { threshold: number; second: number }[] = []
  let warnedAt: number | null = null
  for (const second of seconds) {
    const threshold = dueThreshold(thresholds, at(lifetime), warnedAt, at(second))
    if (threshold === null) continue
    warnings.push({ threshold, second })
    warnedAt = threshold
  }
  return warnings
}

describe('for any lifetime and thresholds', () => {
  it('thresholds apply longest first, each once, and by the rule of their source', () => {
    fc.assert(
      fc.property(plans, ({ lifetime, own, policy }) => {
        const applied = thresholdsOf(key({ lifetime, warnBefore: own }), policy)
        const expected = own?.filter((one) => one < lifetime) ?? policy.filter((one) => 2 * one <= lifetime)
        expect(applied).toEqual([...new Set(expected)].sort((a, b) => b - a))
      }),
    )
  })

  it('each threshold gets exactly one warning, on time, with a sweeper that is always on time', () => {
    fc.assert(
      fc.property(plans, ({ lifetime, own, policy }) => {
        const thresholds = thresholdsOf(key({ lifetime, warnBefore: own }), policy)
        const everySecond = Array.from({ length: lifetime + 5 }, (_, second) => second)
        expect(sweepAt(lifetime, thresholds, everySecond)).toEqual(
          thresholds.map((threshold) => ({ threshold, second: lifetime - threshold })),
        )
      }),
    )
  })

  it('no threshold gets a warning twice or out of order, or after a shorter one', () => {
    const late = fc.record({ plan: plans, sweeps: fc.array(fc.integer({ min: 0, max: 410 }), { maxLength: 20 }) })
    fc.assert(
      fc.property(late, ({ plan: { lifetime, own, policy }, sweeps }) => {
        const thresholds = thresholdsOf(key({ lifetime, warnBefore: own }), policy)
        const warnings = sweepAt(
          lifetime,
          thresholds,
          [...sweeps].sort((a, b) => a - b),
        )
        for (const [index, { threshold, second }] of warnings.entries()) {
          expect(threshold).toBeLessThan(warnings[index - 1]?.threshold ?? Number.POSITIVE_INFINITY)
          const crossed = thresholds.filter((one) => lifetime - one <= second)
          expect(threshold).toBe(Math.min(...crossed))
        }
      }),
    )
  })

  it('a sweeper that sleeps until the due instant misses none and never finds a key due again immediately', () => {
    fc.assert(
      fc.property(plans, ({ lifetime, own, policy }) => {
        const rule = { warnBefore: policy, revokeUnusedAfter: null }
        const thresholds = thresholdsOf(key({ lifetime, warnBefore: own }), policy)
        const seen: number[] = []
        let sweeping = key({ lifetime, warnBefore: own })
        for (;;) {
          const dueAt = dueAtOf(sweeping, rule, null)
          if (dueAt === null || dueAt >= at(lifetime)) break
          const threshold = dueThreshold(thresholds, at(lifetime), sweeping.warnedAt, dueAt)
          if (threshold === null) throw new Error('The key was due for nothing.')
          seen.push(threshold)
          sweeping = { ...sweeping, warnedAt: threshold }
        }
        expect(seen).toEqual(thresholds)
      }),
    )
  })
})
