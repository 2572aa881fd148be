import { exportSPKI, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CreatePersonalAccessKeyDocument,
  KeyEventsDocument,
  RemoveMemberDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { PROVIDER_AUDIENCE, startProvider } from '../support/identity-provider.ts'
import { openSocket } from '../support/raw-socket.ts'
import { TRANSPORTS, untilLive } from '../support/transports.ts'

describe('an identity provider', () => {
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
    await app.anonymous
      .with(await provider.tokenFor('anyone@example.com'))
      .send(
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
    provider.close()
  })

  it('authenticates a member by a token with their verified address, with all their rights', async () => {
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

  const unsigned = async () => {
    const [, payload] = (await provider.sign({})).split('.')
    return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
  }
  const HOUR_AGO = Math.floor(Date.now() / 1000) - 3_600

  it('has its valid tokens accepted', async () => {
    const { viewer } = await app.anonymous.with(await provider.sign({})).run(ViewerDocument, {})
    expect(viewer.user?.name).toBe('Anyone')
  })

  it.each<[string, () => Promise<string>]>([
    ['an address that is not verified', () => provider.tokenFor('unverified@example.com')],
    ['an address that is verified in words alone', () => provider.sign({ email_verified: 'true' })],
    ['an address of which it does not say whether it is verified', () => provider.sign({ email_verified: undefined })],
    ['no address', () => provider.sign({ email: undefined })],
    ['several addresses', () => provider.sign({ email: ['anyone@example.com'] })],
    ['an address that no member has', () => provider.sign({ email: 'stranger@example.com' })],
    ['another audience', () => provider.tokenFor('anyone@example.com', 'https://elsewhere.test')],
    ['no audience', () => provider.sign({ aud: undefined })],
    ['another issuer', () => provider.sign({ iss: 'https://elsewhere.test' })],
    ['the issuer by another spelling', () => provider.sign({ iss: `${provider.issuer}/` })],
    ['an expiry that has passed', () => provider.sign({ exp: HOUR_AGO })],
    ['no expiry', () => provider.sign({ exp: undefined })],
    ['a beginning that is yet to come', () => provider.sign({ nbf: HOUR_AGO + 7_200 })],
    ['a key that the provider does not have', () => provider.sign({}, { kid: 'other' })],
    [
      "another key under the name of the provider's",
      async () => provider.sign({}, {}, (await generateKeyPair('RS256')).privateKey),
    ],
    ['no signature', unsigned],
    [
      'the public key of the provider as the secret of HS256',
      async () => provider.sign({}, { alg: 'HS256' }, Buffer.from(await exportSPKI(provider.publicKey))),
    ],
  ])('a token with %s is UNAUTHENTICATED: over HTTP, WebSocket and server-sent events', async (_, make) => {
    const token = await make()
    const error = await app.anonymous.with(token).fail(ViewerDocument, {})
    expect(error.extensions.code).toBe('UNAUTHENTICATED')
    const socket = await openSocket(app.url)
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
    expect((await socket.ended.take()).code).toBe(4401)
    const events = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: KeyEventsDocument.toString(), variables: { organizationId: app.organizationId } }),
    })
    expect(events.status).toBe(401)
    expect(await events.text()).toContain('UNAUTHENTICATED')
  })

  it.each(TRANSPORTS)('ends subscriptions by $name when the token expires', async ({ name, open }) => {
    const token = await provider.sign({ exp: Math.floor(Date.now() / 1000) + 2 })
    const { organizationId } = app
    const { results, ended } = await open(app.anonymous.with(token), KeyEventsDocument, { organizationId })
    await untilLive(app, 1)
    if (name === 'WebSocket') expect((await ended.take()).code).toBe(4403)
    else expect((await results.take()).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    await untilLive(app, 0)
  })

  it('does not authenticate a person who is no longer a member', async () => {
    const client = app.anonymous.with(await provider.tokenFor('anyone@example.com'))
    await client.run(ViewerDocument, {})
    await app.owner.run(RemoveMemberDocument, { memberId })
    expect((await client.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
  })
})
