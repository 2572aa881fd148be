import { createHmac, createPublicKey } from 'node:crypto'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ExchangeKeyDocument, RevokeKeyDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { DAY } from '../../src/kernel/duration.ts'
import { MasterKeys } from '../../src/tokens/master-keys.ts'
import { SigningKeyEntity } from '../../src/tokens/signing-key.entity.ts'
import { boot, type TestApp, useApp } from '../support/boot.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PATIENCE } from '../support/patience.ts'
import { storedText } from '../support/stored-text.ts'
import { claimsOf, exchanged, headerOf, introspect, post, tokenOf } from '../support/tokens.ts'

const TEXT = expect.stringMatching(/^[\w-]+$/)
const PUBLIC = {
  ES256: { kty: 'EC', crv: 'P-256', x: TEXT, y: TEXT },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', x: TEXT },
  RS256: { kty: 'RSA', n: TEXT, e: 'AQAB' },
} as const
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi']
const INSECURE = { [oauth.allowInsecureRequests]: true }

describe.each(['ES256', 'EdDSA', 'RS256'] as const)('a service that signs with %s', (algorithm) => {
  let key: { id: string; secret: string }
  const app = useApp({ env: { KEYTURN_TOKEN_ALGORITHM: algorithm } })
  beforeAll(async () => {
    key = await app.apiKey({ grants: [{ module: '*', role: 'VIEWER' }] })
  })

  const keySetOf = async (from: TestApp) =>
    (await (await fetch(`${from.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet

  it('publishes the public parts of its keys, and nothing else', async () => {
    const { keys } = await keySetOf(app)
    expect(keys).toHaveLength(2)
    for (const one of keys) expect(one).toEqual({ ...PUBLIC[algorithm], kid: TEXT, alg: algorithm, use: 'sig' })
  })

  it('stores every private part encrypted', async () => {
    const rows = await app.app.parts.sources.reading.manager.find(SigningKeyEntity)
    const masterKeys = new MasterKeys([Buffer.alloc(32)])
    const stored = await storedText(app)
    for (const { privateJwe } of rows) {
      const jwk = JSON.parse(await masterKeys.decrypt(privateJwe))
      const parts = PRIVATE.map((part) => jwk[part]).filter((part) => part !== undefined)
      expect(parts).toHaveLength(algorithm === 'RS256' ? PRIVATE.length : 1)
      expect(stored).toContain(privateJwe)
      for (const part of parts) expect(stored).not.toContain(part)
    }
  })

  it('states it in its metadata, and oauth4webapi accepts its tokens, also through a rotation', async () => {
    const issuer = new URL(app.url)
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE })
    const server = await oauth.processDiscoveryResponse(issuer, found)
    expect(server.access_token_signing_alg_values_supported).toEqual([algorithm])
    const client = { client_id: key.id }
    const fields = new URLSearchParams({ resource: 'https://build.example/' })
    const known = { [oauth.jwksCache]: {} }
    const ways = [oauth.ClientSecretBasic(key.secret), oauth.ClientSecretPost(key.secret)]
    for (const way of ways) {
      const answer = await oauth.clientCredentialsGrantRequest(server, client, way, fields, INSECURE)
      const { access_token } = await oauth.processClientCredentialsResponse(server, client, answer)
      const request = new Request('https://build.example/', { headers: { authorization: `Bearer ${access_token}` } })
      const options = { ...INSECURE, ...known, signingAlgorithms: [algorithm] }
      const claims = await oauth.validateJwtAccessToken(server, request, 'https://build.example/', options)
      expect(claims).toMatchObject({ client_id: key.id, scope: '*:viewer' })
      const asked = await oauth.introspectionRequest(server, client, way, access_token, INSECURE)
      const seen = await oauth.processIntrospectionResponse(server, client, asked)
      expect(seen).toMatchObject({ active: true, jti: claims.jti })
      await app.app.parts.signingKeys.rotate()
    }
  })

  it('accepts its tokens as bearers, narrows them, and rejects them after the end of their key', async () => {
    const { id, secret } = await app.apiKey({ grants: [{ module: 'keys', role: 'OPERATOR' }], expiresIn: 'PT10M' })
    const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, { input: { secret, audience: app.url } })
    expect(exchangeKey.expiresIn).toBeLessThanOrEqual(600)
    const narrow = await exchanged(app, exchangeKey.accessToken, { scope: 'keys:viewer' })
    expect([headerOf(narrow).alg, claimsOf(narrow).scope]).toEqual([algorithm, 'keys:viewer'])
    const bearer = app.anonymous.with(narrow)
    expect((await bearer.run(ViewerDocument, {})).viewer.key?.id).toBe(id)
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    expect((await bearer.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    expect(await introspect(app, narrow)).toEqual({ active: false })
  })

  it('revokes a single token', async () => {
    const [token, other] = [await tokenOf(app, key), await tokenOf(app, key)]
    await post(app, '/oauth/revoke', { token })
    expect(await introspect(app, token)).toEqual({ active: false })
    expect(await introspect(app, other)).toMatchObject({ active: true })
  })

  it('rejects tokens that were signed with its public key as a shared secret, or name another algorithm', async () => {
    const token = await tokenOf(app, key)
    const [, payload, signature] = token.split('.')
    const { keys } = await keySetOf(app)
    const jwk = keys.find(({ kid }) => kid === headerOf(token).kid)
    const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    const naming = (alg: string) =>
      `${Buffer.from(JSON.stringify({ ...headerOf(token), alg })).toString('base64url')}.${payload}`
    const secrets = [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(jwk),
    ]
    const input = naming('HS256')
    const forged = [
      ...secrets.map((secret) => `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`),
      ...['ES256', 'EdDSA', 'RS256', 'PS256', 'Ed25519', 'none']
        .filter((alg) => alg !== algorithm)
        .map((alg) => `${naming(alg)}.${signature}`),
    ]
    for (const one of forged) {
      expect(await introspect(app, one)).toEqual({ active: false })
      expect((await app.anonymous.with(one).fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    }
  })

  it('rotates its keys after ninety days, to one that was in the previous key set', async () => {
    const clock = new ManualClock()
    const aging = await boot({ clock, env: { KEYTURN_TOKEN_ALGORITHM: algorithm } })
    const kept = createLocalJWKSet(await keySetOf(aging))
    const ours = await aging.apiKey({ neverExpires: true })
    const first = await tokenOf(aging, ours)
    clock.advance(90 * DAY)
    const renewed = await vi.waitFor(async () => {
      clock.advance(60)
      const token = await tokenOf(aging, ours)
      expect(headerOf(token).kid).not.toBe(headerOf(first).kid)
      return token
    }, PATIENCE)
    const { payload } = await jwtVerify(renewed, kept, {
      issuer: aging.url,
      audience: aging.url,
      algorithms: [algorithm],
      currentDate: clock.now(),
    })
    expect(payload.client_id).toBe(ours.id)
    await aging.close()
  })
})
