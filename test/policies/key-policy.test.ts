import { describe, expect, it } from 'vitest'
import { DAY } from '../../src/kernel/duration.ts'
import { DEFAULT_POLICY, effectivePolicy, type KeyPolicy, type OwnPolicy } from '../../src/policies/key-policy.ts'

const INHERITED = Object.fromEntries(Object.keys(DEFAULT_POLICY).map((field) => [field, null])) as OwnPolicy

const of = (policy: Partial<OwnPolicy>): OwnPolicy => ({ ...INHERITED, ...policy })

/** For each field that can be strict: the value above, and a laxer and a stricter value below. */
const STRICT = [
  ['maximumLifetime', 90 * DAY, 91 * DAY, 89 * DAY],
  ['defaultLifetime', 60 * DAY, 61 * DAY, 59 * DAY],
  ['expiryRequired', true, false, true],
  ['maximumOverlap', 18_000, 21_600, 14_400],
  ['maximumActiveKeys', 50, 51, 49],
  ['accessTokenLifetime', 600, 660, 540],
  ['onRetiredSecretUse', 'SUSPEND', 'RECORD', 'REVOKE'],
  ['onLeak', 'REVOKE', 'SUSPEND', 'REVOKE'],
  ['revokeUnusedAfter', 40 * DAY, 41 * DAY, 39 * DAY],
] as const satisfies readonly (readonly [keyof KeyPolicy, unknown, unknown, unknown])[]

/** The value of a field in a root that states one value, an organization below it and one below that. */
const valueBelow = (field: keyof KeyPolicy, ...rootFirst: readonly unknown[]) => {
  const root = { ...DEFAULT_POLICY, [field]: rootFirst[0] }
  return effectivePolicy([root, ...rootFirst.slice(1).map((value) => of({ [field]: value }))])[field]
}

describe('the effective policy', () => {
  it('of a new root is the default policy, and of its descendants too', () => {
    expect(effectivePolicy([DEFAULT_POLICY])).toEqual(DEFAULT_POLICY)
    expect(effectivePolicy([DEFAULT_POLICY, INHERITED, INHERITED])).toEqual(DEFAULT_POLICY)
  })

  it('has a rule for every field', () => {
    const fields = [...STRICT.map(([field]) => field), 'warnBefore', 'escalateWarnings']
    expect(fields.sort()).toEqual(Object.keys(DEFAULT_POLICY).sort())
  })

  it.each(STRICT)('inherits %s unless the organization states a stricter value', (field, above, laxer, stricter) => {
    expect(valueBelow(field, above)).toBe(above)
    expect(valueBelow(field, above, null, null)).toBe(above)
    expect(valueBelow(field, above, laxer)).toBe(above)
    expect(valueBelow(field, above, laxer, stricter)).toBe(stricter)
    expect(valueBelow(field, above, stricter, laxer)).toBe(stricter)
    expect(valueBelow(field, DEFAULT_POLICY[field], stricter, null)).toBe(stricter)
  })

  it('takes warnBefore from the nearest organization that states it', () => {
    expect(valueBelow('warnBefore', [10, 2], null, null)).toEqual([10, 2])
    expect(valueBelow('warnBefore', [10, 2], [3_600], null)).toEqual([3_600])
    expect(valueBelow('warnBefore', [10, 2], [3_600], [])).toEqual([])
  })

  it('has no default lifetime beyond the maximum lifetime', () => {
    const root = { ...DEFAULT_POLICY, maximumLifetime: 50 * DAY }
    expect(effectivePolicy([root]).defaultLifetime).toBe(50 * DAY)
    expect(effectivePolicy([root, of({ defaultLifetime: 100 * DAY })]).defaultLifetime).toBe(50 * DAY)
    expect(effectivePolicy([DEFAULT_POLICY, of({ maximumLifetime: 5 * DAY })]).defaultLifetime).toBe(5 * DAY)
  })
})
