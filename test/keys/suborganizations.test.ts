import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateOrganizationDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'

describe.each(ENGINES)('a key filter that includes suborganizations, on %s', (engine) => {
  let app: TestApp
  let child: string
  let grandchild: string
  const ids: Record<'top' | 'middle' | 'low', string> = { top: '', middle: '', low: '' }
  const organization = async (name: string, parentId: string) => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name, parentId } })
    return createOrganization.organization.id
  }
  beforeAll(async () => {
    app = await boot({ engine })
    child = await organization('Child', app.organizationId)
    grandchild = await organization('Grandchild', child)
    ids.top = (await app.apiKey({ grants: [{ module: 'audit', role: 'VIEWER' }] })).id
    ids.middle = (await app.apiKey({ organizationId: child })).id
    ids.low = (await app.apiKey({ organizationId: grandchild, grants: [{ module: 'audit', role: 'VIEWER' }] })).id
  })
  afterAll(() => app.close())

  const find = async (filter: object, organizationId = app.organizationId, client = app.owner) => {
    const { data, errors } = await client.send<{
      organization: { keys: { totalCount: number; edges: { node: { id: string; kind: string } }[] } }
    }>(
      `query ($id: ID!, $filter: KeyFilter) {
        organization(id: $id) { keys(filter: $filter) { totalCount edges { node { id } } } }
      }`,
      { id: organizationId, filter },
    )
    expect(errors).toBeUndefined()
    const keys = data?.organization.keys
    expect(keys?.totalCount).toBe(keys?.edges.length)
    const found = new Set(keys?.edges.map(({ node }) => node.id))
    return Object.entries(ids).flatMap(([name, id]) => (found.has(id) ? [name] : []))
  }
  const below = { includeSuborganizations: true }

  it('selects the keys of the organization and its descendants, and without it those of the organization only', async () => {
    expect(await find({})).toEqual(['top'])
    expect(await find(below)).toEqual(['top', 'middle', 'low'])
    expect(await find(below, child)).toEqual(['middle', 'low'])
    expect(await find(below, grandchild)).toEqual(['low'])
  })

  it('accepts ids, and ignores those of other organizations', async () => {
    expect(await find({ ids: [ids.top, ids.low] })).toEqual(['top'])
    expect(await find({ ...below, ids: [ids.middle, ids.low] })).toEqual(['middle', 'low'])
    expect(await find({ ids: [] })).toEqual([])
    expect(await find({ ...below, ids: [ids.top] }, child)).toEqual([])
  })

  it('can be combined with the other filters', async () => {
    expect(await find({ ...below, module: 'audit' })).toEqual(['top', 'low'])
    const { errors } = await app.owner.send(
      'mutation ($input: UpdateKeyPolicyInput!) { updateKeyPolicy(input: $input) { organization { id } } }',
      { input: { organizationId: child, policy: { maximumLifetime: 'P1D' } } },
    )
    expect(errors).toBeUndefined()
    expect(await find({ ...below, conformsToPolicy: false })).toEqual(['middle', 'low'])
    expect(await find({ ...below, conformsToPolicy: true })).toEqual(['top'])
  })

  it('selects a personal key by the grants of its owner in a sub-organization', async () => {
    const { keyId } = await app.person('Mary', [{ module: 'tokens', role: 'VIEWER' }], grandchild)
    const { data } = await app.owner.send<{
      organization: { personalAccessKeys: { edges: { node: { id: string } }[] } }
    }>(
      `query ($id: ID!, $filter: KeyFilter) {
        organization(id: $id) { personalAccessKeys(filter: $filter) { edges { node { id } } } }
      }`,
      { id: app.organizationId, filter: { ...below, module: 'tokens', ids: [keyId] } },
    )
    expect(data?.organization.personalAccessKeys.edges.map(({ node }) => node.id)).toEqual([keyId])
  })

  it('selects no keys of ancestors or of another tenant', async () => {
    const stranger = await app.stranger()
    expect(await find(below, stranger.organizationId, stranger.owner.client)).toEqual([])
  })

  it('revokes keys of sub-organizations, each with an event in the audit log of its organization', async () => {
    const { data, errors } = await app.owner.send<{ revokeKeys: { revokedCount: number } }>(
      'mutation ($input: RevokeKeysInput!) { revokeKeys(input: $input) { revokedCount } }',
      {
        input: {
          organizationId: app.organizationId,
          filter: { ...below, ids: [ids.middle, ids.low] },
          expectedCount: 2,
        },
      },
    )
    expect(errors).toBeUndefined()
    expect(data?.revokeKeys.revokedCount).toBe(2)
    for (const [organizationId, key] of [
      [child, ids.middle],
      [grandchild, ids.low],
    ]) {
      const { data: log } = await app.owner.send<{
        organization: { auditEvents: { edges: { node: { type: string } }[] } }
      }>(
        `query ($id: ID!, $key: ID!) { organization(id: $id) {
          auditEvents(filter: { types: [KEY_REVOKED], targetId: $key }) { edges { node { type } } }
        } }`,
        { id: organizationId, key },
      )
      expect(log?.organization.auditEvents.edges).toHaveLength(1)
    }
  })
})
