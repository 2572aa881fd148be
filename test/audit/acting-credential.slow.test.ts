import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as documents from '../../src/generated/graphql.ts'
import { faultsOf, historyOf } from '../support/audit-chain.ts'
import { boot, type Person, type TestApp } from '../support/boot.ts'
import { claimsOf, exchange, exchanged, newestEvent, post, requestToken, tokenOf } from '../support/tokens.ts'

describe('the acting credential of an event', () => {
  let app: TestApp
  let person: Person
  let organizationId: string
  beforeAll(async () => {
    app = await boot()
    organizationId = app.organizationId
    person = await app.person('Ann', [{ module: '*', role: 'OWNER' }])
  })
  afterAll(() => app.close())

  /** The newest event of the history, as the owner of the service reads it. */
  const newest = async (of = organizationId) => (await historyOf(app.owner, of)).at(-1)
  const bySecret = () => ({
    actor: { kind: 'USER', id: person.userId },
    credentialId: person.keyId,
    tokenId: null,
  })
  const keyId = async () => (await app.apiKey()).id
  const invite = () => ({ organizationId, email: `${Math.random()}@example.com`, grants: [] })
  const member = async () => {
    const { userId } = await app.person('Bob', [])
    const { organization } = await app.owner.run(documents.MembersDocument, { organizationId, first: 100 })
    return organization?.members?.edges.find(({ node }) => node.user.id === userId)?.node.id ?? ''
  }

  const MUTATIONS: readonly [type: string, act: (client: Person['client']) => Promise<unknown>][] = [
    [
      'POLICY_UPDATED',
      (client) =>
        client.run(documents.UpdateKeyPolicyDocument, {
          input: { organizationId, policy: { maximumActiveKeys: 999 } },
        }),
    ],
    [
      'MODULE_DEFINED',
      (client) => client.run(documents.DefineModuleDocument, { input: { organizationId, name: 'build' } }),
    ],
    [
      'PROJECT_CREATED',
      (client) => client.run(documents.CreateProjectDocument, { input: { organizationId, name: 'Web' } }),
    ],
    ['MEMBER_INVITED', (client) => client.run(documents.InviteMemberDocument, { input: invite() })],
    [
      'MEMBER_UPDATED',
      async (client) =>
        client.run(documents.UpdateMemberDocument, {
          input: { memberId: await member(), grants: [{ module: 'keys', role: 'VIEWER' }] },
        }),
    ],
    ['MEMBER_REMOVED', async (client) => client.run(documents.RemoveMemberDocument, { memberId: await member() })],
    [
      'KEY_CREATED',
      (client) => client.run(documents.CreateApiKeyDocument, { input: { organizationId, name: 'made', grants: [] } }),
    ],
    [
      'KEY_CREATED',
      (client) => client.run(documents.CreatePersonalAccessKeyDocument, { input: { organizationId, name: 'laptop' } }),
    ],
    [
      'KEY_UPDATED',
      async (client) => client.run(documents.UpdateKeyDocument, { input: { id: await keyId(), description: 'new' } }),
    ],
    ['KEY_ROTATED', async (client) => client.run(documents.RotateKeyDocument, { input: { id: await keyId() } })],
    [
      'KEY_ROTATION_COMPLETED',
      async (client) => {
        const id = await keyId()
        await app.owner.run(documents.RotateKeyDocument, { input: { id, overlap: 'PT1H' } })
        await client.run(documents.CompleteRotationDocument, { id })
      },
    ],
    [
      'KEY_ROTATION_CANCELLED',
      async (client) => {
        const id = await keyId()
        await app.owner.run(documents.RotateKeyDocument, { input: { id, overlap: 'PT1H' } })
        await client.run(documents.CancelRotationDocument, { id })
      },
    ],
    ['KEY_SUSPENDED', async (client) => client.run(documents.SuspendKeyDocument, { id: await keyId() })],
    [
      'KEY_RESUMED',
      async (client) => {
        const id = await keyId()
        await app.owner.run(documents.SuspendKeyDocument, { id })
        await client.run(documents.ResumeKeyDocument, { id })
      },
    ],
    ['KEY_REVOKED', async (client) => client.run(documents.RevokeKeyDocument, { input: { id: await keyId() } })],
    [
      'KEY_REVOKED',
      async (client) => {
        await app.apiKey({ name: 'only this one' })
        await client.run(documents.RevokeKeysDocument, {
          input: { organizationId, filter: { search: 'only this one' }, expectedCount: 1 },
        })
      },
    ],
    [
      'KEY_REVOKED',
      async (client) => client.run(documents.RevokeSecretDocument, { input: { secret: (await app.apiKey()).secret } }),
    ],
    [
      'TOKEN_REVOKED',
      async (client) =>
        client.run(documents.RevokeAccessTokenDocument, {
          input: { token: await tokenOf(app, await app.apiKey()) },
        }),
    ],
  ]

  it.each(MUTATIONS)('is %s: the key whose secret a person used', async (type, act) => {
    await act(person.client)
    expect(await newest()).toMatchObject({ type, ...bySecret() })
  })

  it('is named by the creation of an organization, in its own audit log', async () => {
    const { createOrganization } = await person.client.run(documents.CreateOrganizationDocument, {
      input: { name: 'Part', parentId: organizationId },
    })
    const events = await historyOf(app.owner, createOrganization.organization.id)
    expect(events.map(({ type }) => type)).toContain('ORGANIZATION_CREATED')
    for (const event of events) expect(event).toMatchObject(bySecret())
  })

  it('is distinguished from other keys of the same person', async () => {
    const other = await person.client.run(documents.CreatePersonalAccessKeyDocument, {
      input: { organizationId, name: 'another' },
    })
    const { secret, personalAccessKey } = other.createPersonalAccessKey
    await app.anonymous.with(secret).run(documents.CreateProjectDocument, { input: { organizationId, name: 'Two' } })
    expect(await newest()).toMatchObject({ ...bySecret(), credentialId: personalAccessKey.id })
  })

  it('is a token and its key, if a token was used', async () => {
    const token = await tokenOf(app, { id: person.keyId, secret: person.secret }, { audience: app.url })
    const { jti } = claimsOf(token)
    expect(await newestEvent(app, 'TOKEN_ISSUED', person.keyId)).toMatchObject({
      ...bySecret(),
      details: { tokenId: jti },
    })
    await app.anonymous.with(token).run(documents.CreateProjectDocument, { input: { organizationId, name: 'Three' } })
    expect(await newest()).toMatchObject({ ...bySecret(), tokenId: jti })
    const narrower = await exchanged(app, token, { scope: 'keys:viewer' })
    expect(await newestEvent(app, 'TOKEN_ISSUED', person.keyId)).toMatchObject({
      ...bySecret(),
      tokenId: jti,
      details: { tokenId: claimsOf(narrower).jti },
    })
  })

  it('is what an anonymous caller presented: a secret to revoke, or a token', async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    await post(app, '/oauth/revoke', { token })
    expect(await newest()).toMatchObject({
      type: 'TOKEN_REVOKED',
      actor: { kind: 'ANONYMOUS' },
      credentialId: key.id,
      tokenId: claimsOf(token).jti,
    })
    await post(app, '/oauth/revoke', { token: key.secret })
    expect(await newest()).toMatchObject({
      type: 'KEY_REVOKED',
      actor: { kind: 'ANONYMOUS' },
      credentialId: key.id,
      tokenId: null,
    })
  })

  it('is named by a denial, and denials by different credentials are counted separately', async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    await requestToken(app, key, { scope: 'keys:manager' })
    await exchange(app, token, { scope: 'keys:manager' })
    const [first, second] = (await historyOf(app.owner, organizationId, { types: ['ACCESS_DENIED'] })).slice(-2)
    expect(first).toMatchObject({ credentialId: key.id, tokenId: null, details: { count: 1 } })
    expect(second).toMatchObject({ credentialId: key.id, tokenId: claimsOf(token).jti, details: { count: 1 } })
  })

  it('is null for Keyturn itself, and for a caller without a valid credential', async () => {
    expect((await historyOf(app.owner, organizationId))[0]).toMatchObject({
      actor: { kind: 'SYSTEM' },
      credentialId: null,
      tokenId: null,
    })
    const key = await app.apiKey()
    await app.owner.run(documents.RevokeKeyDocument, { input: { id: key.id } })
    await requestToken(app, key)
    expect(await newest()).toMatchObject({ type: 'ACCESS_DENIED', credentialId: null, tokenId: null })
  })

  it('is covered by the hashes, which anyone can compute from the API', async () => {
    const events = await historyOf(app.owner, organizationId)
    expect(events.filter(({ tokenId }) => tokenId !== null).length).toBeGreaterThan(2)
    expect(faultsOf(events, organizationId)).toEqual([])
  })
})
