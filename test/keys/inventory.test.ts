import { beforeAll, describe, expect, it } from 'vitest'
import { CreatePersonalAccessKeyDocument, UpdateKeyPolicyDocument } from '../../src/generated/graphql.ts'
import { type Person, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { suborganization } from '../support/people.ts'

const DAY = 86_400

interface Keys {
  readonly keys: {
    readonly totalCount: number
    readonly edges: readonly { readonly node: { readonly name: string } }[]
  }
}

interface Inventory {
  readonly organization: { readonly keys: { readonly edges: { readonly node: { readonly name: string } }[] } | null }
}

/** What the platform team asks of an organization's keys, each in one query. */
describe.each(ENGINES)('the inventory on %s', (engine) => {
  const clock = new ManualClock()
  let leaver: Person
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    const { organizationId } = app
    await app.owner.send(
      'mutation($id: ID!) { defineModule(input: { organizationId: $id, name: "build" }) { module { id } } }',
      { id: organizationId },
    )
    leaver = await app.person('Leaver', [
      { module: 'keys', role: 'OPERATOR' },
      { module: 'build', role: 'OPERATOR' },
    ])
    await app.apiKey({ name: 'expires soon', expiresIn: 'P10D', grants: [{ module: 'build', role: 'VIEWER' }] })
    await app.apiKey({ name: 'expires late', expiresIn: 'P90D', grants: [{ module: 'build', role: 'MANAGER' }] })
    await app.apiKey({ name: 'never expires', neverExpires: true, grants: [{ module: '*', role: 'OPERATOR' }] })
    await leaver.client.send(
      `mutation($id: ID!) { createApiKey(input: { organizationId: $id, name: "of the leaver", grants: [] }) { secret } }`,
      { id: organizationId },
    )
    await leaver.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId, name: 'narrow', grants: [{ module: 'build', role: 'VIEWER' }] },
    })
  })

  const names = async (filter: Record<string, unknown>) => {
    const { data, errors } = await app.owner.send<Inventory>(
      `query($id: ID!, $filter: KeyFilter) {
         organization(id: $id) { keys(filter: $filter, orderBy: { field: NAME, direction: ASC }) { edges { node { name } } } }
       }`,
      { id: app.organizationId, filter },
    )
    expect(errors).toBeUndefined()
    return data?.organization.keys?.edges.map((edge) => edge.node.name)
  }
  const inDays = (days: number) => new Date(clock.now().getTime() + days * DAY * 1000).toISOString()

  it('finds the keys that expire within a time', async () => {
    expect(await names({ expiringBefore: inDays(30), status: ['ACTIVE'] })).toEqual(['expires soon'])
  })

  it('finds the keys of both kinds that a departing member created', async () => {
    expect(await names({ createdById: leaver.userId })).toEqual(['First key', 'narrow', 'of the leaver'])
  })

  it('finds the keys with a role in a module, by the current grants of the owners of personal keys', async () => {
    expect(await names({ module: 'build', role: 'OPERATOR' })).toEqual([
      'First key',
      'First key',
      'expires late',
      'never expires',
    ])
    expect(await names({ module: 'build', role: 'MANAGER' })).toEqual(['First key', 'expires late'])
    expect(await names({ module: 'build' })).toContain('narrow')
  })

  it('finds the keys that do not conform to the policy, and the policy change names them', async () => {
    const { organizationId } = app
    await app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy: { maximumLifetime: 'P60D' } } })
    const found = await names({ conformsToPolicy: false, status: ['ACTIVE'] })
    expect(found).toEqual(['First key', 'First key', 'expires late', 'narrow', 'never expires', 'of the leaver'])
    const { data } = await app.owner.send<{
      organization: { auditEvents: { edges: { node: { details: { nonConformingKeys: number } } }[] } }
    }>(
      `query($id: ID!) { organization(id: $id) { auditEvents(first: 1, filter: { types: [POLICY_UPDATED] }) {
         edges { node { details } } } } }`,
      { id: organizationId },
    )
    expect(data?.organization.auditEvents.edges[0]?.node.details).toMatchObject({ nonConformingKeys: found?.length })
    await app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy: { maximumLifetime: null } } })
  })

  it('finds the keys that have not been used for a time', async () => {
    clock.advance(5 * DAY)
    const used = await app.apiKey({ name: 'fresh' })
    await used.client.send('{ viewer { kind } }')
    await app.app.parts.usage.flush()
    const unused = await names({ unusedSince: inDays(-3), status: ['ACTIVE'] })
    expect(unused).toContain('never expires')
    expect(unused).not.toContain('fresh')
    // The owner's first key asked all these questions.
    expect(unused?.filter((name) => name === 'First key')).toHaveLength(1)
  })

  it('finds the keys that a departing member created in sub-organizations, in the same query', async () => {
    const below = await suborganization(app, 'Below')
    await leaver.client.send(
      `mutation($id: ID!) { createApiKey(input: { organizationId: $id, name: "made below", grants: [] }) { secret } }`,
      { id: below },
    )
    const { data, errors } = await app.owner.send<{
      organization: Keys & { suborganizations: (Keys & { name: string })[] }
    }>(
      `query($id: ID!, $filter: KeyFilter) { organization(id: $id) {
         keys(filter: $filter) { totalCount edges { node { name } } }
         suborganizations { name keys(filter: $filter) { totalCount edges { node { name } } } } } }`,
      { id: app.organizationId, filter: { createdById: leaver.userId } },
    )
    expect(errors).toBeUndefined()
    expect(data?.organization.keys.totalCount).toBe(3)
    expect(data?.organization.suborganizations).toEqual([
      { name: 'Below', keys: { totalCount: 1, edges: [{ node: { name: 'made below' } }] } },
    ])
  })

  it('can answer its five questions in one request', async () => {
    const filters = {
      expiring: { expiringBefore: inDays(30) },
      unused: { unusedSince: inDays(-3) },
      made: { createdById: leaver.userId },
      able: { module: 'build', role: 'OPERATOR' },
      lax: { conformsToPolicy: false },
    }
    const names = Object.keys(filters)
    const { data, errors } = await app.owner.send<{ organization: Record<string, { totalCount: number }> }>(
      `query($id: ID!, ${names.map((name) => `$${name}: KeyFilter`).join(', ')}) { organization(id: $id) {
         ${names.map((name) => `${name}: keys(filter: $${name}) { totalCount }`).join(' ')} } }`,
      { id: app.organizationId, ...filters },
    )
    expect(errors).toBeUndefined()
    const counts = Object.entries(data?.organization ?? {}).map(([name, { totalCount }]) => [name, totalCount > 0])
    expect(Object.fromEntries(counts)).toEqual({ expiring: true, unused: true, made: true, able: true, lax: false })
  })
})
