import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { JwtRsaVerifier, JwtVerifier } from 'aws-jwt-verify'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import express from 'express'
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { JwksClient } from 'jwks-rsa'
import { beforeAll, describe, expect, it } from 'vitest'
import { boot, type TestApp, useApp } from '../support/boot.ts'
import { headerOf, tokenOf } from '../support/tokens.ts'

const AUDIENCE = 'https://build.example/'
type Claims = { readonly sub?: string | undefined; readonly scope?: unknown }

/** A resource server's verifier, with the key set in memory after its first token. Rejects a token that is not good. */
interface Verifier {
  verify(token: string): Promise<Claims>
  close?(): Promise<void>
}

const jose = (app: TestApp): Verifier => {
  const keys = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`))
  return {
    verify: async (token) =>
      (await jwtVerify(token, keys, { issuer: app.url, audience: AUDIENCE, typ: 'at+jwt' })).payload,
  }
}

const aws = (app: TestApp, Kind: typeof JwtVerifier | typeof JwtRsaVerifier): Verifier => {
  // Its own fetcher speaks https alone.
  const fetcher = { fetch: async (uri: string) => (await fetch(uri)).arrayBuffer() }
  const properties = { issuer: app.url, audience: AUDIENCE, jwksUri: `${app.url}/.well-known/jwks.json` }
  const verifier = Kind.create(properties, { jwksCache: new SimpleJwksCache({ fetcher }) })
  return { verify: (token) => verifier.verify(token) }
}

const jwksRsa = (app: TestApp): Verifier => {
  const client = new JwksClient({ jwksUri: `${app.url}/.well-known/jwks.json`, cache: true })
  return {
    verify: async (token) => {
      const key = await client.getSigningKey(headerOf(token).kid)
      return jsonwebtoken.verify(token, key.getPublicKey(), { issuer: app.url, audience: AUDIENCE }) as Claims
    },
  }
}

const expressApp = async (app: TestApp): Promise<Verifier> => {
  const site = express()
  // Strict: the profile of RFC 9068, its typ and every claim that it demands.
  site.use(auth({ issuerBaseURL: app.url, audience: AUDIENCE, strict: true }))
  site.get('/', requiredScopes('keys:viewer'), (request, response) => void response.json(request.auth?.payload))
  const server = createServer(site).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    verify: async (token) => {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: `Bearer ${token}` } })
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.headers.get('www-authenticate')}`)
      return (await answer.json()) as Claims
    },
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

const VERIFIERS = {
  jose,
  'aws-jwt-verify': (app: TestApp) => aws(app, JwtVerifier),
  'aws-jwt-verify for RSA': (app: TestApp) => aws(app, JwtRsaVerifier),
  'jwks-rsa with jsonwebtoken': jwksRsa,
  'express-oauth2-jwt-bearer': expressApp,
} as const satisfies Record<string, (app: TestApp) => Verifier | Promise<Verifier>>
type Name = keyof typeof VERIFIERS

// JwtRsaVerifier and jsonwebtoken know no other algorithms.
const NAMES: Readonly<Record<'ES256' | 'EdDSA' | 'RS256', readonly Name[]>> = {
  ES256: ['jose', 'aws-jwt-verify', 'jwks-rsa with jsonwebtoken', 'express-oauth2-jwt-bearer'],
  EdDSA: ['jose', 'aws-jwt-verify', 'express-oauth2-jwt-bearer'],
  RS256: [
    'jose',
    'aws-jwt-verify',
    'aws-jwt-verify for RSA',
    'jwks-rsa with jsonwebtoken',
    'express-oauth2-jwt-bearer',
  ],
}

describe.each(['ES256', 'EdDSA', 'RS256'] as const)('stock verifiers of %s tokens', (algorithm) => {
  let key: { id: string; secret: string }
  const app = useApp({ env: { KEYTURN_TOKEN_ALGORITHM: algorithm } })
  beforeAll(async () => {
    key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
  })

  const issue = (audience = AUDIENCE) => tokenOf(app, key, { audience })

  it.each(NAMES[algorithm])(
    '%s keeps working with its key set through a rotation of the signing keys',
    async (name) => {
      const verifier = await VERIFIERS[name](app)
      const before = await issue()
      expect(await verifier.verify(before)).toMatchObject({ sub: key.id, scope: 'keys:viewer' })
      await app.app.parts.signingKeys.rotate()
      const after = await issue()
      expect(headerOf(after).kid).not.toBe(headerOf(before).kid)
      for (const token of [before, after]) expect(await verifier.verify(token)).toMatchObject({ sub: key.id })
      await expect(verifier.verify(await issue('https://other.example/'))).rejects.toThrow()
      const [head, , signature] = after.split('.')
      const [, body] = (await issue()).split('.')
      await expect(verifier.verify(`${head}.${body}.${signature}`)).rejects.toThrow()
      await verifier.close?.()
    },
  )
})

describe('a verifier with a cached key set', () => {
  it('needs no fetch for a rotation: the next key was published before it signed', async () => {
    const app = await boot()
    const key = await app.apiKey()
    const keys = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`))
    await jwtVerify(await tokenOf(app, key), keys)
    const known = keys.jwks()
    expect(known?.keys).toHaveLength(2)
    await app.app.parts.signingKeys.rotate()
    await jwtVerify(await tokenOf(app, key), keys)
    expect(keys.jwks()).toEqual(known)
    await app.close()
  })
})
