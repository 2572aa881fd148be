import { describe, expect, it } from 'vitest'
import {
  CreateOrganizationDocument,
  type KeyPolicyInput,
  OrganizationByIdDocument,
  UpdateKeyPolicyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { suborganization } from '../support/people.ts'
import { eventsOf } from '../support/tokens.ts'

type Field = keyof KeyPolicyInput
type Value = string | number | boolean | readonly string[] | null

/** What a new root begins with. */
const DEFAULTS: Record<Field, Value> = {
  maximumLifetime: null,
  defaultLifetime: 'P180D',
  expiryRequired: false,
  warnBefore: ['P30D', 'P14D', 'P7D', 'P3D', 'P1D'],
  maximumOverlap: 'P7D',
  maximumActiveKeys: null,
  accessTokenLifetime: 'PT1H',
  onRetiredSecretUse: 'RECORD',
  onLeak: 'SUSPEND',
  revokeUnusedAfter: null,
  escalateWarnings: true,
}

/** Of each field that can be strict: what is stated above, and below it what is laxer and what is stricter. */
const STRICT: readonly (readonly [field: Field, above: Value, laxer: Value, stricter: Value])[] = [
  ['maximumLifetime', 'P90D', 'P91D', 'P89D'],
  ['defaultLifetime', 'P60D', 'P61D', 'P59D'],
  ['expiryRequired', true, false, true],
  ['maximumOverlap', 'PT5H', 'PT6H', 'PT4H'],
  ['maximumActiveKeys', 50, 51, 49],
  ['accessTokenLifetime', 'PT10M', 'PT11M', 'PT9M'],
  ['onRetiredSecretUse', 'SUSPEND', 'RECORD', 'REVOKE'],
  ['onLeak', 'REVOKE', 'SUSPEND', 'REVOKE'],
  ['revokeUnusedAfter', 'P40D', 'P41D', 'P39D'],
]
const NEEDED_IN_ROOT = [
  'defaultLifetime',
  'expiryRequired',
  'warnBefore',
  'maximumOverlap',
  'accessTokenLifetime',
  'onRetiredSecretUse',
  'onLeak',
  'escalateWarnings',
] as const
const FREE_IN_ROOT = ['maximumLifetime', 'maximumActiveKeys', 'revokeUnusedAfter'] as const

describe.each(ENGINES)('the policy of an organization on %s', (engine) => {
  let count = 0
  const app = useApp({ engine })

  /** Three organizations, one below the other. */
  const family = async () => {
    count += 1
    const input = { name: `Root ${count}` }
    const { id: root } = (await app.owner.run(CreateOrganizationDocument, { input })).createOrganization.organization
    const part = await suborganization(app, 'Part', root)
    return { root, part, deep: await suborganization(app, 'Deep', part) }
  }
  const state = async (organizationId: string, policy: Partial<Record<Field, Value>>) => {
    const input = { organizationId, policy: policy as KeyPolicyInput }
    return (await app.owner.run(UpdateKeyPolicyDocument, { input })).updateKeyPolicy.organization.policy
  }
  const policyOf = async (id: string) => (await app.owner.run(OrganizationByIdDocument, { id })).organization?.policy
  const valueIn = async (id: string, field: Field) => (await policyOf(id))?.[field]

  it('is the default in a root, and inherited in all others', async () => {
    const { root, part, deep } = await family()
    for (const id of [root, part, deep]) expect(await policyOf(id)).toEqual(DEFAULTS)
  })

  it('inherits what is not stated or laxer, and again when a value is removed', async () => {
    const { root, part, deep } = await family()
    const column = (index: 1 | 2 | 3) => Object.fromEntries(STRICT.map((row) => [row[0], row[index]]))
    const [above, laxer, stricter] = [column(1), column(2), column(3)]
    const holds = () => Promise.all([root, part, deep].map(policyOf))
    const expected = (...each: readonly object[]) => each.map((policy) => expect.objectContaining(policy))
    await state(root, above)
    await state(part, laxer)
    await state(deep, stricter)
    expect(await holds()).toEqual(expected(above, above, stricter))
    await state(part, stricter)
    await state(deep, laxer)
    expect(await holds()).toEqual(expected(above, stricter, stricter))
    const nothing = Object.fromEntries(STRICT.map(([field]) => [field, null]))
    await state(part, nothing)
    await state(deep, nothing)
    expect(await holds()).toEqual(expected(above, above, above))
  })

  it('warnBefore is inherited until a sub-organization states it: no value is stricter than another', async () => {
    const { root, part, deep } = await family()
    const holds = async () => Promise.all([root, part, deep].map((id) => valueIn(id, 'warnBefore')))
    await state(root, { warnBefore: ['P2D', 'P10D', 'P2D'] })
    expect(await holds()).toEqual(Array(3).fill(['P10D', 'P2D']))
    await state(part, { warnBefore: ['PT1H'] })
    expect(await holds()).toEqual([['P10D', 'P2D'], ['PT1H'], ['PT1H']])
    await state(deep, { warnBefore: [] })
    expect(await holds()).toEqual([['P10D', 'P2D'], ['PT1H'], []])
    await state(deep, { warnBefore: null })
    await state(part, { warnBefore: null })
    expect(await holds()).toEqual(Array(3).fill(['P10D', 'P2D']))
  })

  it('a change keeps the fields that it omits', async () => {
    const { root } = await family()
    await state(root, Object.fromEntries(STRICT.map(([field, above]) => [field, above])))
    const before = await policyOf(root)
    await state(root, { maximumActiveKeys: 7 })
    expect(await policyOf(root)).toEqual({ ...before, maximumActiveKeys: 7 })
  })

  it.each(FREE_IN_ROOT)('null removes %s in a root', async (field) => {
    const { root } = await family()
    const [, above] = STRICT.find(([name]) => name === field) ?? []
    await state(root, { [field]: above ?? null })
    expect(await state(root, { [field]: null })).toMatchObject({ [field]: null })
  })

  it.each(NEEDED_IN_ROOT)('null is rejected for %s in a root, which has nothing to inherit', async (field) => {
    const { root } = await family()
    const before = [await changesIn(app), await policyOf(root)]
    const input = { organizationId: root, policy: { [field]: null, maximumActiveKeys: 3 } }
    const error = await app.owner.fail(UpdateKeyPolicyDocument, { input })
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: `policy.${field}` }] })
    expect([await changesIn(app), await policyOf(root)]).toEqual(before)
  })

  it('a malformed policy gets every error, and changes nothing', async () => {
    const { root, part } = await family()
    for (const organizationId of [root, part]) {
      const before = [await changesIn(app), await policyOf(organizationId)]
      const policy = {
        maximumLifetime: 'P1D',
        defaultLifetime: 'P2D',
        warnBefore: ['P1D', 'PT0S', 'PT0S'],
        maximumActiveKeys: -1,
        accessTokenLifetime: 'P1DT1S',
        revokeUnusedAfter: 'PT0S',
        expiryRequired: true,
      }
      const error = await app.owner.fail(UpdateKeyPolicyDocument, { input: { organizationId, policy } })
      expect(error.extensions.code).toBe('BAD_USER_INPUT')
      expect(error.extensions.issues?.map(({ path }) => path).sort()).toEqual([
        'policy.accessTokenLifetime',
        'policy.defaultLifetime',
        'policy.maximumActiveKeys',
        'policy.revokeUnusedAfter',
        'policy.warnBefore.1',
        'policy.warnBefore.2',
      ])
      expect([await changesIn(app), await policyOf(organizationId)]).toEqual(before)
    }
  })

  it('concurrent changes of several fields are all kept', async () => {
    const { root } = await family()
    await Promise.all(STRICT.map(([field, above]) => state(root, { [field]: above })))
    expect(await policyOf(root)).toMatchObject(Object.fromEntries(STRICT.map(([field, above]) => [field, above])))
    const told = await eventsOf(app, { types: ['POLICY_UPDATED'] }, root)
    expect(told).toHaveLength(STRICT.length)
    const changed = told.flatMap(({ details }) => Object.keys((details as { changes: object }).changes))
    expect([...new Set(changed)].sort()).toEqual(STRICT.map(([field]) => field).sort())
  })
})
