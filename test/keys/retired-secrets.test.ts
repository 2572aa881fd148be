import { beforeAll, describe, expect, it } from 'vitest'
import {
  CancelRotationDocument,
  CreateApiKeyDocument,
  CreateOrganizationDocument,
  KeyByIdDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  type RotateKeyInput,
  UpdateKeyPolicyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { historyOf, typesOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe.each(ENGINES)('a retired secret, on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    await app.app.parts.sweeper.stop()
  })

  const rotate = async (id: string, input: Omit<RotateKeyInput, 'id'> = { overlap: 'PT0S' }) => {
    const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id, ...input } })
    return app.anonymous.with(rotateKey.secret)
  }
  const codeOf = async (client: TestApp['owner']) =>
    (await client.try(ViewerDocument, {})).errors?.[0]?.extensions.code ?? 'good'
  const told = async (id: string) => (await historyOf(app, id)).filter(({ type }) => type === 'RETIRED_SECRET_USED')

  it('is reported when it is used, and ends nothing by default', async () => {
    const old = await app.apiKey()
    const client = await rotate(old.id)
    expect(await codeOf(old.client)).toBe('UNAUTHENTICATED')
    expect(await told(old.id)).toMatchObject([
      { actor: { kind: 'ANONYMOUS' }, details: { kind: 'API_KEY', revoked: false, count: 1 } },
    ])
    expect(await codeOf(client)).toBe('good')
    expect(await typesOf(app, old.id)).not.toContain('ACCESS_DENIED')
  })

  it('is reported once a minute, with the number of uses', async () => {
    const old = await app.apiKey()
    await rotate(old.id)
    for (let uses = 0; uses < 5; uses += 1) await codeOf(old.client)
    expect(await told(old.id)).toHaveLength(1)
    clock.advance(61)
    await codeOf(old.client)
    await app.app.parts.denials.flush()
    // What the clock made due is written by a round of its own, which may still run.
    const counts = async () => (await told(old.id)).map(({ details }) => (details as { count: number }).count).sort()
    await expect.poll(counts).toEqual([1, 1, 4])
  })

  it.each<[string, (id: string) => Promise<unknown>]>([
    [
      'by the end of its overlap, before a sweep',
      async (id) => {
        await rotate(id, { overlap: 'PT1M' })
        clock.advance(60)
      },
    ],
    [
      'by the end of its overlap, after a sweep',
      async (id) => {
        await rotate(id, { overlap: 'PT1M' })
        clock.advance(60)
        await app.app.parts.sweeper.sweep()
      },
    ],
  ])('is reported if it was retired %s', async (_, retire) => {
    const old = await app.apiKey()
    await retire(old.id)
    expect(await codeOf(old.client)).toBe('UNAUTHENTICATED')
    expect(await told(old.id)).toHaveLength(1)
  })

  it('is reported if it was the new one of a cancelled rotation', async () => {
    const old = await app.apiKey()
    const client = await rotate(old.id, {})
    await app.owner.run(CancelRotationDocument, { id: old.id })
    expect(await codeOf(client)).toBe('UNAUTHENTICATED')
    expect(await told(old.id)).toHaveLength(1)
    expect(await codeOf(old.client)).toBe('good')
  })

  it('is not reported while it is only retiring', async () => {
    const old = await app.apiKey()
    await rotate(old.id, {})
    expect(await codeOf(old.client)).toBe('good')
    expect(await told(old.id)).toEqual([])
  })

  it('of a revoked key is rejected like its other secrets', async () => {
    const old = await app.apiKey()
    const client = await rotate(old.id)
    await app.owner.run(RevokeKeyDocument, { input: { id: old.id } })
    expect([await codeOf(old.client), await codeOf(client)]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    expect((await historyOf(app, old.id)).at(-1)).toMatchObject({
      type: 'ACCESS_DENIED',
      details: { reason: 'revoked' },
    })
    expect(await told(old.id)).toEqual([])
  })

  it('revokes its key at its first use if the policy says so, in one transaction with the event', async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Strict', parentId: app.organizationId },
    })
    const organizationId = createOrganization.organization.id
    const { createApiKey } = await app.owner.run(CreateApiKeyDocument, {
      input: { organizationId, name: 'robot', grants: [] },
    })
    const { id } = createApiKey.apiKey
    const old = app.anonymous.with(createApiKey.secret)
    const client = await rotate(id)
    await app.owner.run(UpdateKeyPolicyDocument, {
      input: { organizationId, policy: { onRetiredSecretUse: 'REVOKE' } },
    })
    expect(await codeOf(client)).toBe('good')
    // However many come at once, it is revoked once.
    expect(await Promise.all([codeOf(old), codeOf(old), codeOf(old)])).toEqual(Array(3).fill('UNAUTHENTICATED'))
    expect(await codeOf(client)).toBe('UNAUTHENTICATED')
    expect((await app.owner.run(KeyByIdDocument, { id })).key).toMatchObject({
      status: 'REVOKED',
      revocationReason: 'POLICY',
      secrets: [{ state: 'RETIRED' }, { state: 'RETIRED' }],
    })
    const history = (await historyOf(app, id)).filter(({ type }) => type !== 'ACCESS_DENIED')
    expect(history.map(({ type, details }) => [type, details])).toEqual([
      ['KEY_CREATED', expect.anything()],
      ['KEY_ROTATED', expect.anything()],
      ['RETIRED_SECRET_USED', { kind: 'API_KEY', revoked: true }],
      ['KEY_REVOKED', { kind: 'API_KEY', reason: 'POLICY' }],
    ])
    const [used, revoked] = history.slice(-2)
    expect(revoked?.sequence).toBe((used?.sequence ?? 0) + 1)
    expect((await typesOf(app, id)).filter((type) => type === 'KEY_REVOKED')).toHaveLength(1)
  })

  it('suspends its key at its first use if the policy says so: a manager can resume it, the key itself cannot', async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Careful', parentId: app.organizationId },
    })
    const organizationId = createOrganization.organization.id
    await app.owner.run(UpdateKeyPolicyDocument, {
      input: { organizationId, policy: { onRetiredSecretUse: 'SUSPEND' } },
    })
    const { createApiKey } = await app.owner.run(CreateApiKeyDocument, {
      input: { organizationId, name: 'robot', grants: [] },
    })
    const { id } = createApiKey.apiKey
    const old = app.anonymous.with(createApiKey.secret)
    const client = await rotate(id)
    expect(await Promise.all([codeOf(old), codeOf(old)])).toEqual(Array(2).fill('UNAUTHENTICATED'))
    expect(await codeOf(client)).toBe('UNAUTHENTICATED')
    expect((await app.owner.run(KeyByIdDocument, { id })).key).toMatchObject({ status: 'SUSPENDED' })
    const told = (await historyOf(app, id)).slice(2).filter(({ type }) => type !== 'ACCESS_DENIED')
    expect(told.slice(0, 2).map(({ type, details }) => [type, details])).toEqual([
      ['RETIRED_SECRET_USED', { kind: 'API_KEY', revoked: false, suspended: true }],
      ['KEY_SUSPENDED', { kind: 'API_KEY' }],
    ])
    await app.owner.run(ResumeKeyDocument, { id })
    expect(await codeOf(client)).toBe('good')
  })
})
