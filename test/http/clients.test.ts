import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { beforeAll, describe, expect, it } from 'vitest'
import { type TestApp, useApp } from '../support/boot.ts'
import { ACCESS_TOKEN_TYPE, claimsOf, EXCHANGE_GRANT, introspect, KEY_TYPE } from '../support/tokens.ts'

type Key = Awaited<ReturnType<TestApp['apiKey']>>

const INSECURE = { [oauth.allowInsecureRequests]: true }

let key: Key
let asking: Key
const app = useApp()
beforeAll(async () => {
  key = await app.apiKey({ grants: [{ module: 'keys', role: 'OPERATOR' }] })
  asking = await app.apiKey({ grants: [{ module: 'tokens', role: 'VIEWER' }] })
})

describe('oauth4webapi, unmodified', () => {
  let server: oauth.AuthorizationServer
  beforeAll(async () => {
    const issuer = new URL(app.url)
    const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE })
    server = await oauth.processDiscoveryResponse(issuer, answer)
  })

  const WAYS = [
    ['HTTP Basic', oauth.ClientSecretBasic],
    ['the body', oauth.ClientSecretPost],
  ] as const

  const obtain = async (authentication: (secret: string) => oauth.ClientAuth, fields: Record<string, string> = {}) => {
    const client = { client_id: key.id }
    const answer = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      authentication(key.secret),
      new URLSearchParams(fields),
      INSECURE,
    )
    return oauth.processClientCredentialsResponse(server, client, answer)
  }

  it('finds every endpoint in the metadata', () => {
    expect(server).toMatchObject({
      issuer: app.url,
      token_endpoint: `${app.url}/oauth/token`,
      introspection_endpoint: `${app.url}/oauth/introspect`,
      revocation_endpoint: `${app.url}/oauth/revoke`,
      jwks_uri: `${app.url}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials', EXCHANGE_GRANT],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'Bearer'],
    })
  })

  it.each(WAYS)('gets a token with client credentials by %s', async (_way, authentication) => {
    const { access_token, token_type, expires_in, scope } = await obtain(authentication, { scope: 'keys:viewer' })
    expect({ token_type, expires_in, scope }).toEqual({
      token_type: 'bearer',
      expires_in: 3_600,
      scope: 'keys:viewer',
    })
    expect(claimsOf(access_token)).toMatchObject({ client_id: key.id, scope: 'keys:viewer' })
  })

  it.each(WAYS)('gets invalid_client with a challenge for a wrong secret by %s', async (_way, authentication) => {
    const client = { client_id: key.id }
    const wrong = authentication(asking.secret)
    const answer = await oauth.clientCredentialsGrantRequest(server, client, wrong, new URLSearchParams(), INSECURE)
    const failure = await oauth.processClientCredentialsResponse(server, client, answer).catch((error) => error)
    expect(failure).toBeInstanceOf(oauth.WWWAuthenticateChallengeError)
    expect(failure.cause).toEqual([expect.objectContaining({ scheme: 'basic' })])
    expect(failure.status).toBe(401)
  })

  it('gets invalid_scope with a description for grants that the key does not have', async () => {
    const failure = await obtain(oauth.ClientSecretBasic, { scope: 'audit:viewer' }).catch((error) => error)
    expect(failure).toBeInstanceOf(oauth.ResponseBodyError)
    expect(failure).toMatchObject({
      error: 'invalid_scope',
      error_description: expect.stringContaining('audit:viewer'),
    })
  })

  it.each(WAYS)('introspects and revokes, authenticated by %s', async (_way, authentication) => {
    const { access_token } = await obtain(authentication)
    const client = { client_id: asking.id }
    const ask = async () =>
      oauth.processIntrospectionResponse(
        server,
        client,
        await oauth.introspectionRequest(server, client, authentication(asking.secret), access_token, INSECURE),
      )
    expect(await ask()).toMatchObject({ active: true, client_id: key.id, token_type: 'access_token' })
    const revoked = await oauth.revocationRequest(server, client, oauth.None(), access_token, INSECURE)
    await oauth.processRevocationResponse(revoked)
    expect(await ask()).toEqual({ active: false })
  })

  it('validates the token as a resource server, by RFC 9068 and the key set', async () => {
    const { access_token } = await obtain(oauth.ClientSecretBasic, { resource: 'https://build.example/' })
    const request = new Request('https://build.example/', { headers: { authorization: `Bearer ${access_token}` } })
    const claims = await oauth.validateJwtAccessToken(server, request, 'https://build.example/', INSECURE)
    expect(claims).toMatchObject({ sub: key.id, client_id: key.id, scope: 'keys:operator', org: app.organizationId })
    await expect(oauth.validateJwtAccessToken(server, request, 'https://other.example/', INSECURE)).rejects.toThrow(
      'aud',
    )
  })

  it('exchanges a secret as a public client, and the token for a narrower one', async () => {
    const client = { client_id: 'anybody' }
    const swap = async (fields: Record<string, string>) => {
      const answer = await oauth.genericTokenEndpointRequest(
        server,
        client,
        oauth.None(),
        EXCHANGE_GRANT,
        new URLSearchParams(fields),
        INSECURE,
      )
      return oauth.processGenericTokenEndpointResponse(server, client, answer)
    }
    const wide = await swap({ subject_token: key.secret, subject_token_type: KEY_TYPE })
    expect(wide).toMatchObject({ issued_token_type: ACCESS_TOKEN_TYPE, scope: 'keys:operator', token_type: 'bearer' })
    const narrow = await swap({
      subject_token: wide.access_token,
      subject_token_type: ACCESS_TOKEN_TYPE,
      scope: 'keys:viewer',
    })
    expect(narrow).toMatchObject({ issued_token_type: ACCESS_TOKEN_TYPE, scope: 'keys:viewer' })
  })
})

describe('openid-client, unmodified', () => {
  const discover = (client: Key, authentication: openid.ClientAuth) =>
    openid.discovery(new URL(app.url), client.id, undefined, authentication, {
      algorithm: 'oauth2',
      execute: [openid.allowInsecureRequests],
    })

  it.each([
    ['HTTP Basic', openid.ClientSecretBasic],
    ['the body', openid.ClientSecretPost],
  ])('discovers, gets a token, introspects and revokes by %s', async (_way, authentication) => {
    const config = await discover(key, authentication(key.secret))
    expect(config.serverMetadata().issuer).toBe(app.url)
    const token = await openid.clientCredentialsGrant(config, { scope: 'keys:viewer', resource: 'https://b.example/' })
    expect(token).toMatchObject({ token_type: 'bearer', scope: 'keys:viewer' })
    expect(token.expiresIn()).toBeGreaterThan(3_590)
    const other = await discover(asking, authentication(asking.secret))
    expect(await openid.tokenIntrospection(other, token.access_token)).toMatchObject({
      active: true,
      client_id: key.id,
      aud: 'https://b.example/',
    })
    await openid.tokenRevocation(other, token.access_token)
    expect(await openid.tokenIntrospection(other, token.access_token)).toEqual({ active: false })
  })

  it('exchanges a secret by a generic grant, without client authentication', async () => {
    const config = await discover(key, openid.None())
    const token = await openid.genericGrantRequest(config, EXCHANGE_GRANT, {
      subject_token: key.secret,
      subject_token_type: KEY_TYPE,
    })
    expect(await introspect(app, token.access_token)).toMatchObject({ active: true, client_id: key.id })
  })

  it('reads the owner of the token from a protected resource', async () => {
    const config = await discover(key, openid.ClientSecretBasic(key.secret))
    const { access_token } = await openid.clientCredentialsGrant(config, { resource: app.url })
    const url = new URL('/auth/realms/appcircle/protocol/openid-connect/userinfo', app.url)
    const answer = await openid.fetchProtectedResource(config, access_token, url, 'GET')
    expect(await answer.json()).toMatchObject({ sub: key.id })
  })
})
