import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CancelRotationDocument,
  CreateOrganizationDocument,
  KeyByIdDocument,
  RotateKeyDocument,
  UpdateKeyPolicyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { DAY } from '../../src/kernel/duration.ts'
import { ENGINES } from '../support/engines.ts'
import { bootSwept, historyOf, type SweptApp, warningsOf } from '../support/sweeping.ts'

describe.each(ENGINES)('unused keys, on %s', (engine) => {
  let app: SweptApp
  let organizationId: string
  beforeAll(async () => {
    app = await bootSwept({ engine })
    // An organization below the owner's: their own key must outlast the months that pass here.
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Forgetful', parentId: app.organizationId },
    })
    organizationId = createOrganization.organization.id
    const policy = { revokeUnusedAfter: 'P20D', warnBefore: ['P10D', 'P5D'] }
    await app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy } })
  })
  afterAll(() => app.close())

  const unused = (expiry: { expiresIn?: string; neverExpires?: boolean } = { neverExpires: true }) =>
    app.apiKey({ organizationId, ...expiry })
  const types = async (keyId: string) => (await historyOf(app, keyId)).map((event) => event.type)
  const inDays = (days: number) => new Date(app.clock.now().getTime() + days * DAY * 1000).toISOString()

  it('a key gets a warning before the policy revokes it for disuse, and is then revoked with that reason', async () => {
    const { id, client } = await unused()
    const deadline = inDays(20)
    await app.pass(10 * DAY - 1)
    expect(await warningsOf(app, id)).toEqual([])
    await app.pass(1)
    const [warning, ...more] = await warningsOf(app, id)
    expect(warning).toMatchObject({ threshold: 10 * DAY, expiresAt: deadline })
    expect(more).toEqual([])
    const [event] = await historyOf(app, id, 'KEY_EXPIRY_WARNING')
    expect(event).toMatchObject({
      sequence: warning?.sequence,
      details: { warningId: warning?.id, threshold: 'P10D', expiresAt: deadline, cause: 'disuse' },
    })
    await app.pass(10 * DAY - 1)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_EXPIRY_WARNING'])
    await app.pass(1)
    expect((await historyOf(app, id)).at(-1)).toMatchObject({
      type: 'KEY_REVOKED',
      details: { reason: 'POLICY', policy: 'revokeUnusedAfter' },
    })
    expect((await client.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    const { key } = await app.owner.run(KeyByIdDocument, { id })
    expect(key).toMatchObject({ status: 'REVOKED', revocationReason: 'POLICY' })
  })

  it('a use postpones the revocation, with a separate warning for the new deadline', async () => {
    const { id, client } = await unused()
    await app.pass(15 * DAY)
    await client.run(ViewerDocument, {})
    const deadline = inDays(20)
    await app.pass(10 * DAY - 1)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_EXPIRY_WARNING'])
    await app.pass(1)
    expect((await warningsOf(app, id)).at(-1)).toMatchObject({ threshold: 10 * DAY, expiresAt: deadline })
    await app.pass(10 * DAY)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_EXPIRY_WARNING', 'KEY_EXPIRY_WARNING', 'KEY_REVOKED'])
  })

  it('a use in the last second counts, even if it was not written yet', async () => {
    const { id, client } = await unused()
    await app.pass(20 * DAY - 0.5)
    await client.run(ViewerDocument, {})
    await app.pass(0.5)
    expect(await types(id)).not.toContain('KEY_REVOKED')
  })

  it('a key is revoked without a warning if the server was down since before the warning', async () => {
    const { id } = await unused()
    await app.pass(30 * DAY)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_REVOKED'])
  })

  it('a key gets one warning if its expiry and its disuse are at the same instant', async () => {
    const { id } = await unused({ expiresIn: 'P20D' })
    const other = await unused()
    await app.pass(10 * DAY)
    await app.pass(100)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_EXPIRY_WARNING'])
    expect(await types(other.id)).toEqual(['KEY_CREATED', 'KEY_EXPIRY_WARNING'])
    await app.pass(10 * DAY - 100)
    expect(await types(id)).toEqual(['KEY_CREATED', 'KEY_EXPIRY_WARNING', 'KEY_EXPIRED'])
    expect(await types(other.id)).toEqual(['KEY_CREATED', 'KEY_EXPIRY_WARNING', 'KEY_REVOKED'])
  })

  it('expiry and disuse both get a warning if both fell due while the server was down', async () => {
    const { id } = await unused({ expiresIn: 'P22D' })
    await app.pass(17 * DAY)
    const causes = (await historyOf(app, id, 'KEY_EXPIRY_WARNING')).map((event) => event.details.cause)
    expect(causes).toEqual(['expiry', 'disuse'])
    expect((await warningsOf(app, id)).map(({ threshold }) => threshold)).toEqual([5 * DAY, 10 * DAY])
  })

  it('a cancelled rotation restores the deadline of disuse without another warning', async () => {
    const { id } = await unused()
    await app.pass(10 * DAY)
    await app.owner.run(RotateKeyDocument, { input: { id, overlap: 'P1D' } })
    await app.pass(100)
    await app.owner.run(CancelRotationDocument, { id })
    await app.pass(100)
    const other = await unused()
    await app.pass(10 * DAY)
    expect(await types(id)).toEqual([
      'KEY_CREATED',
      'KEY_EXPIRY_WARNING',
      'KEY_ROTATED',
      'KEY_ROTATION_CANCELLED',
      'KEY_REVOKED',
    ])
    expect(await types(other.id)).toEqual(['KEY_CREATED', 'KEY_EXPIRY_WARNING'])
  })
})
