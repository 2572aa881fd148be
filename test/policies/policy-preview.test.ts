import { describe, expect, it } from 'vitest'
import {
  type KeyPolicyInput,
  OrganizationByIdDocument,
  PolicyPreviewDocument,
  UpdateKeyPolicyDocument,
} from '../../src/generated/graphql.ts'
import { historyOf } from '../support/audit-chain.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { suborganization } from '../support/people.ts'

describe.each(ENGINES)('the preview of a key policy, on %s', (engine) => {
  const app = useApp({ engine })
  const preview = async (organizationId: string, policy: KeyPolicyInput) => {
    const { organization } = await app.owner.run(PolicyPreviewDocument, { organizationId, policy })
    if (organization?.policyPreview == null) throw new Error('There is no preview.')
    return organization.policyPreview
  }
  const update = (organizationId: string, policy: KeyPolicyInput) =>
    app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy } })

  it('names the keys here and below that would not conform, like the event of the change', async () => {
    const top = await suborganization(app, 'Top')
    const deep = await suborganization(app, 'Deep', top)
    const beside = await suborganization(app, 'Beside')
    const long = await app.apiKey({ organizationId: deep, expiresIn: 'P90D' })
    const never = await app.apiKey({ organizationId: top, neverExpires: true })
    await app.apiKey({ organizationId: top, expiresIn: 'P30D' })
    await app.apiKey({ organizationId: beside, neverExpires: true })
    const change = { maximumLifetime: 'P30D', defaultLifetime: 'P30D' }
    const before = await changesIn(app)
    const found = await preview(top, change)
    expect(found).toMatchObject({ nonConformingKeys: 2, policy: { maximumLifetime: 'P30D', defaultLifetime: 'P30D' } })
    expect([...found.nonConformingKeyIds].sort()).toEqual([long.id, never.id].sort())
    expect(await changesIn(app)).toEqual(before)
    await update(top, change)
    const event = (await historyOf(app.owner, top)).at(-1)
    expect(event).toMatchObject({ type: 'POLICY_UPDATED', details: { nonConformingKeys: 2 } })
    expect(event?.details.nonConformingKeyIds).toEqual(found.nonConformingKeyIds)
  })

  it('shows the effective policy: a laxer one below changes nothing', async () => {
    const top = await suborganization(app, 'Strict')
    const deep = await suborganization(app, 'Lax', top)
    await update(top, { maximumLifetime: 'P10D' })
    await app.apiKey({ organizationId: deep, expiresIn: 'P10D' })
    expect(await preview(deep, { maximumLifetime: 'P20D' })).toMatchObject({
      policy: { maximumLifetime: 'P10D' },
      nonConformingKeys: 0,
    })
    expect(await preview(deep, { maximumLifetime: 'P9D' })).toMatchObject({
      policy: { maximumLifetime: 'P9D' },
      nonConformingKeys: 1,
    })
    const { organization } = await app.owner.run(OrganizationByIdDocument, { id: deep })
    expect((await preview(deep, {})).policy).toEqual(organization?.policy)
  })

  it('rejects what the change would reject', async () => {
    const policy = { maximumLifetime: 'PT0S' }
    const { extensions } = await app.owner.fail(PolicyPreviewDocument, { organizationId: app.organizationId, policy })
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'policy.maximumLifetime' }] })
  })
})
