import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  coversAll,
  formatScope,
  type Grant,
  holds,
  intersectGrants,
  normalizeGrants,
  parseScope,
  ROLES,
} from '../../src/kernel/grants.ts'

const MODULES = ['keys', 'members', 'build', 'b-u_1']
const grant = fc.record({ module: fc.constantFrom('*', ...MODULES), role: fc.constantFrom(...ROLES) })
const grants = fc.array(grant, { maxLength: 6 })
const needs = MODULES.flatMap((module) => ROLES.map((role) => ({ module, role })))

/** All that the grants allow, spelt out. */
const allowed = (given: readonly Grant[]): string[] =>
  needs.filter(({ module, role }) => holds(given, module, role)).map(({ module, role }) => `${module}:${role}`)

describe('a set of grants', () => {
  it.each([
    [[{ module: 'keys', role: 'OPERATOR' }], 'keys', 'VIEWER', true],
    [[{ module: 'keys', role: 'OPERATOR' }], 'keys', 'OPERATOR', true],
    [[{ module: 'keys', role: 'OPERATOR' }], 'keys', 'MANAGER', false],
    [[{ module: 'keys', role: 'MANAGER' }], 'members', 'VIEWER', false],
    [[{ module: '*', role: 'VIEWER' }], 'members', 'VIEWER', true],
    [[{ module: '*', role: 'VIEWER' }], 'members', 'OPERATOR', false],
    [[{ module: '*', role: 'OWNER' }], 'members', 'MANAGER', true],
    [[{ module: 'keys', role: 'MANAGER' }], '*', 'VIEWER', false],
    [[], 'keys', 'VIEWER', false],
  ] as const)('%j: %s %s is %s', (given, module, role, answer) => {
    expect(holds(given, module, role)).toBe(answer)
  })

  it('keeps its meaning when it is normalized, with each module once and in order, and does not change again', () => {
    fc.assert(
      fc.property(grants, (given) => {
        const normal = normalizeGrants(given)
        expect(allowed(normal)).toEqual(allowed(given))
        const names = normal.map(({ module }) => module)
        expect(names).toEqual([...new Set(names)].sort())
        expect(normalizeGrants(normal)).toEqual(normal)
        expect(normalizeGrants([...given].reverse())).toEqual(normal)
      }),
    )
  })

  it('intersects to what both sides allow, in either order', () => {
    fc.assert(
      fc.property(grants, grants, (a, b) => {
        const both = intersectGrants(a, b)
        expect(allowed(both)).toEqual(allowed(a).filter((one) => allowed(b).includes(one)))
        expect(intersectGrants(b, a)).toEqual(both)
        expect(coversAll(a, both)).toBe(true)
        expect(coversAll(b, both)).toBe(true)
      }),
    )
  })

  it('intersects with itself, with none and with all like sets do', () => {
    fc.assert(
      fc.property(grants, (given) => {
        expect(intersectGrants(given, given)).toEqual(normalizeGrants(given))
        expect(intersectGrants(given, [])).toEqual([])
        expect(intersectGrants(given, [{ module: '*', role: 'OWNER' }])).toEqual(normalizeGrants(given))
      }),
    )
  })

  it('covers transitively', () => {
    fc.assert(
      fc.property(grants, grants, grants, (a, b, c) => {
        expect(coversAll(a, a)).toBe(true)
        if (coversAll(a, b) && coversAll(b, c)) expect(coversAll(a, c)).toBe(true)
        expect(coversAll(a, [...b, ...c])).toBe(coversAll(a, b) && coversAll(a, c))
        // Whatever is covered allows nothing more.
        if (coversAll(a, b)) expect(allowed(a)).toEqual(expect.arrayContaining(allowed(b)))
      }),
    )
  })

  it('does not cover a role in all modules by having it in each of them', () => {
    const each = MODULES.map((module) => ({ module, role: 'MANAGER' as const }))
    expect(coversAll(each, [{ module: '*', role: 'VIEWER' }])).toBe(false)
  })

  it('survives formatting and parsing', () => {
    fc.assert(
      fc.property(grants, (given) => {
        const normal = normalizeGrants(given)
        expect(parseScope(formatScope(normal))).toEqual(normal)
      }),
    )
  })

  it.each([
    ['build:operator audit:viewer', 'audit:viewer build:operator'],
    ['  keys:viewer   keys:manager ', 'keys:manager'],
    ['*:viewer keys:viewer', '*:viewer'],
    ['', ''],
  ])('of the scope "%s" is "%s"', (scope, text) => {
    expect(formatScope(parseScope(scope) ?? [])).toBe(text)
    expect(parseScope(scope)).not.toBeNull()
  })

  it.each([
    ['no role', 'keys'],
    ['an empty role', 'keys:'],
    ['a role that there is not', 'keys:admin'],
    ['a role in capital letters', 'keys:VIEWER'],
    ['a module in capital letters', 'Keys:viewer'],
    ['no module', ':viewer'],
    ['two colons', 'keys:viewer:viewer'],
    ['a comma between', 'keys:viewer,audit:viewer'],
    ['a tab between', 'keys:viewer\taudit:viewer'],
    ['a module that is too long', `${'m'.repeat(51)}:viewer`],
    ['a name of an object', 'constructor:__proto__'],
  ])('cannot be parsed from a scope with %s', (_, scope) => {
    expect(parseScope(scope)).toBeNull()
  })
})
