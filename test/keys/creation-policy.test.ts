import { describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  type KeyPolicyInput,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyPolicyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES, ON_SQLITE } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe.each(ENGINES)('the policy for new keys on %s', (engine) => {
  const clock = new ManualClock()
  let count = 0
  const app = useApp({ engine, clock })

  /** An organization of its own, below the first one, under a policy. */
  const under = async (policy: KeyPolicyInput): Promise<string> => {
    count += 1
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: `Part ${count}`, parentId: app.organizationId },
    })
    const organizationId = createOrganization.organization.id
    await app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy } })
    return organizationId
  }
  const create = (organizationId: string, wish: { expiresIn?: string; neverExpires?: boolean } = {}) => {
    count += 1
    return { input: { organizationId, name: `key ${count}`, grants: [], ...wish } }
  }
  const daysFromNow = (days: number) => new Date(clock.now().getTime() + days * 86_400_000).toISOString()

  it.each<[string, KeyPolicyInput, { expiresIn?: string; neverExpires?: boolean }, string]>([
    ['a lifetime beyond the maximum', { maximumLifetime: 'P30D' }, { expiresIn: 'P31D' }, 'maximumLifetime'],
    ['no expiry, where there is a maximum', { maximumLifetime: 'P30D' }, { neverExpires: true }, 'maximumLifetime'],
    ['no expiry, where one is required', { expiryRequired: true }, { neverExpires: true }, 'expiryRequired'],
  ])('rejects %s', async (_, policy, wish, field) => {
    const organizationId = await under(policy)
    const before = await changesIn(app)
    const error = await app.owner.fail(CreateApiKeyDocument, create(organizationId, wish))
    expect(error.extensions).toMatchObject({ code: 'POLICY_VIOLATION', policy: field })
    const personal = { organizationId, name: 'mine', ...wish }
    const other = await app.owner.fail(CreatePersonalAccessKeyDocument, { input: personal })
    expect(other.extensions).toMatchObject({ code: 'POLICY_VIOLATION', policy: field })
    expect(await changesIn(app)).toEqual(before)
  })

  it.each<[KeyPolicyInput, number]>([
    [{ defaultLifetime: 'P10D' }, 10],
    [{ maximumLifetime: 'P20D' }, 20],
    [{ maximumLifetime: 'P20D', defaultLifetime: 'P5D' }, 5],
    [{ defaultLifetime: 'P365D' }, 180],
  ])('%j gives a key without a requested lifetime %i days', async (policy, days) => {
    const organizationId = await under(policy)
    const { createApiKey } = await app.owner.run(CreateApiKeyDocument, create(organizationId))
    expect(createApiKey.apiKey.expiresAt).toBe(daysFromNow(days))
  })

  it('counts active and suspended keys of both kinds against the maximum, not revoked and expired ones', async () => {
    const organizationId = await under({ maximumActiveKeys: 3 })
    const short = await app.owner.run(CreateApiKeyDocument, create(organizationId, { expiresIn: 'PT1S' }))
    const revoked = await app.owner.run(CreateApiKeyDocument, create(organizationId))
    const suspended = await app.owner.run(CreateApiKeyDocument, create(organizationId))
    await app.owner.run(SuspendKeyDocument, { id: suspended.createApiKey.apiKey.id })
    const full = await app.owner.fail(CreateApiKeyDocument, create(organizationId))
    expect(full.extensions).toMatchObject({ code: 'LIMIT_REACHED', policy: 'maximumActiveKeys' })
    await app.owner.run(RevokeKeyDocument, { input: { id: revoked.createApiKey.apiKey.id } })
    clock.advance(1)
    await app.owner.run(CreatePersonalAccessKeyDocument, { input: { organizationId, name: 'mine' } })
    await app.owner.run(CreateApiKeyDocument, create(organizationId))
    const other = await app.owner.fail(CreatePersonalAccessKeyDocument, { input: { organizationId, name: 'mine too' } })
    expect(other.extensions.code).toBe('LIMIT_REACHED')
    // An expired key that comes back to life is one more.
    const back = { input: { id: short.createApiKey.apiKey.id } }
    expect((await app.owner.fail(RotateKeyDocument, back)).extensions).toMatchObject({
      code: 'LIMIT_REACHED',
      policy: 'maximumActiveKeys',
    })
    await app.owner.run(RevokeKeyDocument, { input: { id: suspended.createApiKey.apiKey.id } })
    expect((await app.owner.run(RotateKeyDocument, back)).rotateKey.key.status).toBe('ACTIVE')
  })

  it('allows exactly as many concurrent creations as the maximum has room for', async () => {
    const organizationId = await under({ maximumActiveKeys: 3 })
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => app.owner.try(CreateApiKeyDocument, create(organizationId))),
    )
    const codes = outcomes.map(({ errors }) => errors?.[0]?.extensions.code ?? 'created').sort()
    expect(codes).toEqual([...Array(5).fill('LIMIT_REACHED'), ...Array(3).fill('created')])
  })
})

describe.each(ON_SQLITE)('a key that is created while time passes', () => {
  const app = useApp()

  it.each([
    ['P2D', 2 * 86_400_000, 'P1D'],
    ['P60D', 60 * 86_400_000, 'P30D'],
  ])('lives exactly as long as requested, so that a threshold of half of %s applies', async (expiresIn, ms, half) => {
    const { createApiKey } = await app.owner.run(CreateApiKeyDocument, {
      input: { organizationId: app.organizationId, name: `for ${expiresIn}`, grants: [], expiresIn },
    })
    const { createdAt, expiresAt, warnBefore } = createApiKey.apiKey
    expect(Date.parse(expiresAt ?? '') - Date.parse(createdAt)).toBe(ms)
    expect(warnBefore[0]).toBe(half)
  })
})
