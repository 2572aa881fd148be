import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CreatePersonalAccessKeyDocument,
  RemoveMemberDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../src/generated/graphql.ts'
import { boot, type TestApp } from './support/boot.ts'
import { PROVIDER_AUDIENCE, startProvider } from './support/identity-provider.ts'

describe('the identity provider of the company', () => {
  let provider: Awaited<ReturnType<typeof startProvider>>
  let app: TestApp
  let memberId: string
  beforeAll(async () => {
    provider = await startProvider()
    app = await boot({ env: { KEYTURN_OIDC_ISSUER: provider.issuer, KEYTURN_OIDC_AUDIENCE: PROVIDER_AUDIENCE } })
    const { organizationId } = app
    const { data } = await app.owner.send<{ inviteMember: { invitationToken: string } }>(
      `mutation($id: ID!) { inviteMember(input: { organizationId: $id, email: "Anyone@Example.com",
         grants: [{ module: "keys", role: OPERATOR }] }) { invitationToken } }`,
      { id: organizationId },
    )
    await app.anonymous.send(
      'mutation($token: String!) { acceptInvitation(input: { invitationToken: $token, name: "Anyone" }) { user { id } } }',
      { token: data?.inviteMember.invitationToken },
    )
    const members = await app.owner.send<{
      organization: { members: { edges: { node: { id: string; user: { name: string } } }[] } }
    }>('query($id: ID!) { organization(id: $id) { members { edges { node { id user { name } } } } } }', {
      id: organizationId,
    })
    memberId = members.data?.organization.members.edges.find((edge) => edge.node.user.name === 'Anyone')?.node.id ?? ''
  })
  afterAll(async () => {
    await app.close()
    provider.server.close()
  })

  const forged = (claims: Record<string, unknown>, header: { alg: string; kid: string }, key = provider.privateKey) =>
    new SignJWT({ email: 'anyone@example.com', email_verified: true, ...claims })
      .setProtectedHeader(header)
      .setIssuer(provider.issuer)
      .setAudience((claims.aud as string | undefined) ?? PROVIDER_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime((claims.exp as number | undefined) ?? '5m')
      .sign(key)

  it('a token with the verified address of a member is that member, with all that they may do', async () => {
    const client = app.anonymous.with(await provider.tokenFor('anyone@example.com'))
    const { viewer } = await client.run(ViewerDocument, {})
    expect(viewer).toMatchObject({ kind: 'USER', user: { name: 'Anyone' }, key: null })
    const { organizationId } = app
    expect((await client.run(ViewerGrantsDocument, { organizationId })).viewer.grants).toEqual([
      { module: 'keys', role: 'OPERATOR' },
    ])
    const made = await client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId, name: 'from the browser' },
    })
    expect(made.createPersonalAccessKey.personalAccessKey.grants).toEqual([{ module: 'keys', role: 'OPERATOR' }])
  })

  it.each([
    ['an address that is not verified', () => provider.tokenFor('unverified@example.com')],
    ['another audience', () => provider.tokenFor('anyone@example.com', 'https://elsewhere.test')],
    [
      'an address that no member has',
      () => forged({ email: 'stranger@example.com' }, { alg: 'RS256', kid: 'provider-key' }),
    ],
    ['an expiry that has passed', () => forged({ exp: 1_000 }, { alg: 'RS256', kid: 'provider-key' })],
    [
      'a key that the provider does not have',
      async () => forged({}, { alg: 'RS256', kid: 'other' }, (await generateKeyPair('RS256')).privateKey),
    ],
  ])('a token with %s is UNAUTHENTICATED', async (_, token) => {
    const error = await app.anonymous.with(await token()).fail(ViewerDocument, {})
    expect(error.extensions.code).toBe('UNAUTHENTICATED')
  })

  it('an unsigned token is UNAUTHENTICATED', async () => {
    const [, payload] = (await provider.tokenFor('anyone@example.com')).split('.')
    const header = Buffer.from('{"alg":"none"}').toString('base64url')
    const error = await app.anonymous.with(`${header}.${payload}.`).fail(ViewerDocument, {})
    expect(error.extensions.code).toBe('UNAUTHENTICATED')
  })

  it('somebody who is no member any more is UNAUTHENTICATED with a token that was good', async () => {
    const client = app.anonymous.with(await provider.tokenFor('anyone@example.com'))
    await client.run(ViewerDocument, {})
    await app.owner.run(RemoveMemberDocument, { memberId })
    expect((await client.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
  })
})
