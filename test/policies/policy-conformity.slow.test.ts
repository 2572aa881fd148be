import { describe, expect, it } from 'vitest'
import {
  CreatePersonalAccessKeyDocument,
  ExchangeKeyDocument,
  type KeyPolicyInput,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  UpdateKeyPolicyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { codeOf, grant, suborganization } from '../support/people.ts'
import { eventsOf } from '../support/tokens.ts'

interface Listed {
  readonly organization: {
    readonly keys: { readonly totalCount: number; readonly edges: { readonly node: { readonly id: string } }[] }
  }
}

describe.each(ENGINES)('keys from before a stricter policy, on %s', (engine) => {
  const clock = new ManualClock()
  let count = 0
  const app = useApp({ engine, clock })

  /** Two organizations, one below the other, with keys of their own. */
  const family = async () => {
    count += 1
    const part = await suborganization(app, `Part ${count}`)
    return { part, deep: await suborganization(app, 'Deep', part) }
  }
  const state = (organizationId: string, policy: KeyPolicyInput) =>
    app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy } })
  const works = (client: TestApp['owner']) => client.try(ViewerDocument, {}).then(codeOf)
  const told = async (organizationId: string) => {
    const [event] = await eventsOf(app, { types: ['POLICY_UPDATED'] }, organizationId)
    return event?.details as {
      readonly changes: object
      readonly nonConformingKeys: number
      readonly nonConformingKeyIds: readonly string[]
    }
  }
  /** Ids of the keys that the filter finds among those in use. */
  const found = async (organizationId: string, conformsToPolicy: boolean) => {
    const { data } = await app.owner.send<Listed>(
      `query ($id: ID!, $filter: KeyFilter) { organization(id: $id) {
         keys(first: 100, filter: $filter) { totalCount edges { node { id } } } } }`,
      { id: organizationId, filter: { conformsToPolicy, status: ['ACTIVE', 'SUSPENDED'] } },
    )
    const ids = data?.organization.keys.edges.map(({ node }) => node.id) ?? []
    expect(data?.organization.keys.totalCount).toBe(ids.length)
    return ids.sort()
  }

  it('stay valid unchanged, with their tokens, and can be changed', async () => {
    const { part } = await family()
    const grants = [grant('keys:viewer')]
    const eternal = await app.apiKey({ organizationId: part, neverExpires: true, grants })
    const long = await app.apiKey({ organizationId: part, expiresIn: 'P100D', grants })
    const person = await app.person('Ann', [], part)
    const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, {
      input: { secret: long.secret, audience: app.url },
    })
    await state(part, {
      maximumLifetime: 'P10D',
      expiryRequired: true,
      maximumActiveKeys: 1,
      accessTokenLifetime: 'PT1M',
      maximumOverlap: 'PT0S',
    })
    const clients = [eternal.client, long.client, person.client, app.anonymous.with(exchangeKey.accessToken)]
    expect(await Promise.all(clients.map(works))).toEqual(Array(4).fill('done'))
    const { updateKey } = await app.owner.run(UpdateKeyDocument, { input: { id: eternal.id, name: 'renamed' } })
    expect(updateKey.key).toMatchObject({ name: 'renamed', expiresAt: null, status: 'ACTIVE' })
    // The policy would give a new token a minute.
    clock.advance(1_800)
    expect(await Promise.all(clients.map(works))).toEqual(Array(4).fill('done'))
  })

  it.each<[string, KeyPolicyInput, readonly string[]]>([
    ['a maximum lifetime', { maximumLifetime: 'P60D' }, ['eternal', 'long', 'personal', 'suspended']],
    ['a maximum lifetime that some have exactly', { maximumLifetime: 'P100D' }, ['eternal', 'personal', 'suspended']],
    ['a required expiry', { expiryRequired: true }, ['eternal', 'suspended']],
    ['both', { expiryRequired: true, maximumLifetime: 'P30D' }, ['eternal', 'long', 'personal', 'suspended']],
    ['nothing about lifetimes', { maximumActiveKeys: 1, accessTokenLifetime: 'PT1M' }, []],
  ])('that are in use are named by the change to %s, and selected by the filter', async (_, policy, expected) => {
    const { part, deep } = await family()
    const make = async (organizationId: string) => {
      const personal = { input: { organizationId, name: 'default lifetime' } }
      const { createPersonalAccessKey } = await app.owner.run(CreatePersonalAccessKeyDocument, personal)
      const ids = {
        eternal: (await app.apiKey({ organizationId, neverExpires: true })).id,
        long: (await app.apiKey({ organizationId, expiresIn: 'P100D' })).id,
        short: (await app.apiKey({ organizationId, expiresIn: 'P30D' })).id,
        suspended: (await app.apiKey({ organizationId, neverExpires: true })).id,
        personal: createPersonalAccessKey.personalAccessKey.id,
      }
      const revoked = await app.apiKey({ organizationId, neverExpires: true })
      await app.apiKey({ organizationId, expiresIn: 'PT1S' })
      await app.owner.run(SuspendKeyDocument, { id: ids.suspended })
      await app.owner.run(RevokeKeyDocument, { input: { id: revoked.id } })
      return ids
    }
    const keys = { [part]: await make(part), [deep]: await make(deep) }
    clock.advance(1)
    await state(part, policy)
    const named = new Set<string>()
    for (const [organizationId, ids] of Object.entries(keys)) {
      const wanted = Object.entries(ids).filter(([name]) => expected.includes(name))
      const others = Object.entries(ids).filter(([name]) => !expected.includes(name))
      expect(await found(organizationId, false)).toEqual(wanted.map(([, id]) => id).sort())
      expect(await found(organizationId, true)).toEqual(others.map(([, id]) => id).sort())
      for (const [, id] of wanted) named.add(id)
    }
    const details = await told(part)
    expect(details.nonConformingKeys).toBe(2 * expected.length)
    expect([...details.nonConformingKeyIds].sort()).toEqual([...named].sort())
    expect(Object.keys(details.changes).sort()).toEqual(expect.arrayContaining(Object.keys(policy).sort()))
  })

  it('are named by an event with durations as in the API', async () => {
    const { part } = await family()
    await state(part, { maximumLifetime: 'P20D', warnBefore: ['P3D', 'PT1H'] })
    expect((await told(part)).changes).toMatchObject({
      maximumLifetime: { from: null, to: 'P20D' },
      warnBefore: { from: ['P30D', 'P14D', 'P7D', 'P3D', 'P1D'], to: ['P3D', 'PT1H'] },
    })
  })

  it('are checked by the effective policy of their organization, the stricter of both in a sub-organization', async () => {
    const { part, deep } = await family()
    await state(deep, { maximumLifetime: 'P20D' })
    const above = await app.apiKey({ organizationId: part, expiresIn: 'P30D' })
    const below = await app.apiKey({ organizationId: deep, expiresIn: 'P10D' })
    await state(part, { maximumLifetime: 'P15D' })
    expect(await told(part)).toMatchObject({ nonConformingKeys: 1, nonConformingKeyIds: [above.id] })
    await state(deep, { maximumLifetime: 'P5D' })
    expect(await told(deep)).toMatchObject({ nonConformingKeys: 1, nonConformingKeyIds: [below.id] })
    expect([await found(part, false), await found(deep, false)]).toEqual([[above.id], [below.id]])
    await state(part, { maximumLifetime: null })
    expect(await told(part)).toMatchObject({ nonConformingKeys: 1, nonConformingKeyIds: [below.id] })
  })

  it('conform when they are rotated', async () => {
    const { part } = await family()
    const { id } = await app.apiKey({ organizationId: part, neverExpires: true })
    await state(part, { maximumLifetime: 'P30D' })
    expect(await found(part, false)).toEqual([id])
    await app.owner.run(RotateKeyDocument, { input: { id } })
    expect([await found(part, false), await found(part, true)]).toEqual([[], [id]])
  })

  it('are all counted, if there are too many to name', async () => {
    const { part } = await family()
    for (let made = 0; made < 3; made += 1)
      await Promise.all(Array.from({ length: 34 }, () => app.apiKey({ organizationId: part, neverExpires: true })))
    await state(part, { expiryRequired: true })
    const details = await told(part)
    expect(details.nonConformingKeys).toBe(102)
    expect(new Set(details.nonConformingKeyIds).size).toBe(100)
  })
})
