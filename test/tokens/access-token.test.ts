import { createRemoteJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  CreateProjectDocument,
  ExchangeKeyDocument,
  RotateKeyDocument,
  UpdateKeyPolicyDocument,
} from '../../src/generated/graphql.ts'
import { boot, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { claimsOf, exchanged, headerOf, introspect, newestEvent, requestToken, tokenOf } from '../support/tokens.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const HOUR = 3_600

describe.each(ENGINES)('an access token on %s', (engine) => {
  const clock = new ManualClock()
  const seconds = () => Math.floor(clock.now().getTime() / 1000)
  const app = useApp({ engine, clock })

  it('has the header and the claims of RFC 9068, and says which key and organization it is of', async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'OPERATOR' }] })
    const { status, body, headers } = await requestToken(app, key)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: HOUR,
      scope: 'keys:operator',
      key_expires_at: seconds() + 180 * 24 * HOUR,
    })
    const token = String(body.access_token)
    expect(headerOf(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.stringMatching(/^[\w-]{43}$/) })
    expect(claimsOf(token)).toEqual({
      iss: app.url,
      sub: key.id,
      aud: app.url,
      client_id: key.id,
      iat: seconds(),
      exp: seconds() + HOUR,
      jti: expect.stringMatching(UUID),
      scope: 'keys:operator',
      org: app.organizationId,
      key_secret: expect.any(String),
      key_epoch: expect.any(Number),
      key_expires_at: expect.any(Number),
    })
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`)), {
      issuer: app.url,
      audience: app.url,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      currentDate: clock.now(),
    })
    expect(payload.jti).toBe(claimsOf(token).jti)
    expect(await newestEvent(app, 'TOKEN_ISSUED', key.id)).toMatchObject({
      actor: { kind: 'API_KEY', id: key.id },
      details: { tokenId: payload.jti, scope: 'keys:operator', audience: app.url },
    })
  })

  it('of a personal key names the user as its subject and the key as its client', async () => {
    const person = await app.person('Ada', [{ module: 'audit', role: 'VIEWER' }])
    const claims = claimsOf(await exchanged(app, person.secret))
    expect(claims).toMatchObject({ sub: person.userId, client_id: person.keyId, scope: 'audit:viewer' })
    expect(await newestEvent(app, 'TOKEN_ISSUED', person.keyId)).toMatchObject({
      actor: { kind: 'USER', id: person.userId, name: 'Ada' },
    })
  })

  it("names the key's project if it has one, also in introspection", async () => {
    const { createProject } = await app.owner.run(CreateProjectDocument, {
      input: { organizationId: app.organizationId, name: 'Rocket' },
    })
    const projectId = createProject.project.id
    const key = await app.apiKey({ projectId })
    const token = await tokenOf(app, key)
    expect(claimsOf(token).project).toBe(projectId)
    expect(await introspect(app, token)).toMatchObject({ active: true, project: projectId })
    expect(await introspect(app, key.secret)).toMatchObject({ active: true, project: projectId })
    expect(claimsOf(await tokenOf(app, await app.apiKey()))).not.toHaveProperty('project')
  })

  it.each([
    ['audience', { audience: 'build-service' }, 'build-service'],
    ['resource', { resource: 'https://build.example.com/api?x=1' }, 'https://build.example.com/api?x=1'],
    [
      'both, where they agree',
      { resource: 'https://b.example/', audience: 'https://b.example/' },
      'https://b.example/',
    ],
    ['neither', {}, 'itself'],
  ])('has the audience that %s states', async (_what, fields, audience) => {
    const key = await app.apiKey()
    const expected = audience === 'itself' ? app.url : audience
    expect(claimsOf(await tokenOf(app, key, fields)).aud).toBe(expected)
    expect(claimsOf(await exchanged(app, key.secret, fields)).aud).toBe(expected)
    expect(await newestEvent(app, 'TOKEN_ISSUED', key.id)).toMatchObject({ details: { audience: expected } })
  })

  it('has the lifetime of the policy, from the next request after a change', async () => {
    const key = await app.apiKey()
    expect((await requestToken(app, key)).body.expires_in).toBe(HOUR)
    const set = (accessTokenLifetime: string) =>
      app.owner.run(UpdateKeyPolicyDocument, {
        input: { organizationId: app.organizationId, policy: { accessTokenLifetime } },
      })
    await set('PT90S')
    const { body } = await requestToken(app, key)
    await set('PT1H')
    expect(body.expires_in).toBe(90)
    const { iat = 0, exp = 0 } = claimsOf(String(body.access_token))
    expect(exp - iat).toBe(90)
  })

  it('expires no later than its key, to the second', async () => {
    const key = await app.apiKey({ expiresIn: 'PT10M' })
    clock.advance(1.5)
    const token = await tokenOf(app, key)
    const expiry = Math.floor((clock.now().getTime() + 600_000 - 1_500) / 1000)
    expect(claimsOf(token).exp).toBe(expiry)
    expect(await introspect(app, token)).toMatchObject({ active: true, exp: expiry })
  })

  it('of a retiring secret expires no later than the overlap', async () => {
    const key = await app.apiKey()
    const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT5M' } })
    clock.advance(60)
    expect((await requestToken(app, key)).body.expires_in).toBe(240)
    expect((await requestToken(app, { id: key.id, secret: rotateKey.secret })).body.expires_in).toBe(HOUR)
  })

  it('of a retiring secret expires no later than an overlap that starts at the first use of the new secret', async () => {
    const key = await app.apiKey()
    const { rotateKey } = await app.owner.run(RotateKeyDocument, {
      input: { id: key.id, overlap: 'PT5M', overlapFromFirstUse: true },
    })
    const waiting = await requestToken(app, key)
    expect(waiting.body.expires_in).toBe(300)
    const renewed = await tokenOf(app, { id: key.id, secret: rotateKey.secret })
    clock.advance(299)
    expect(await introspect(app, String(waiting.body.access_token))).toMatchObject({ active: true })
    clock.advance(1)
    expect(await introspect(app, String(waiting.body.access_token))).toEqual({ active: false })
    expect(await introspect(app, renewed)).toMatchObject({ active: true })
  })

  it('exchanged from another token expires no later than that one', async () => {
    const token = await tokenOf(app, await app.apiKey())
    clock.advance(1_000)
    expect(claimsOf(await exchanged(app, token)).exp).toBe(claimsOf(token).exp)
  })

  it('is the same by GraphQL', async () => {
    const key = await app.apiKey({ grants: [{ module: '*', role: 'VIEWER' }] })
    const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, {
      input: { secret: key.secret, scope: 'tokens:viewer', audience: 'build' },
    })
    expect(exchangeKey).toMatchObject({ tokenType: 'Bearer', expiresIn: HOUR, scope: 'tokens:viewer' })
    expect(claimsOf(exchangeKey.accessToken)).toMatchObject({ client_id: key.id, aud: 'build', scope: 'tokens:viewer' })
  })
})

describe.each(['ES256', 'EdDSA', 'RS256'] as const)('with KEYTURN_TOKEN_ALGORITHM=%s', (algorithm) => {
  it('tokens are signed with it, and can be verified with the key set', async () => {
    const app = await boot({ env: { KEYTURN_TOKEN_ALGORITHM: algorithm } })
    try {
      const token = await tokenOf(app, await app.apiKey())
      expect(headerOf(token).alg).toBe(algorithm)
      const keys = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`))
      await jwtVerify(token, keys, { issuer: app.url, audience: app.url, typ: 'at+jwt', algorithms: [algorithm] })
      expect(await introspect(app, token)).toMatchObject({ active: true })
    } finally {
      await app.close()
    }
  })
})

describe.each(ENGINES)('changing the algorithm between two starts on %s', (engine) => {
  it('signs with the new one from then on, and earlier tokens stay valid', async () => {
    const first = await boot({ engine, env: { KEYTURN_TOKEN_ALGORITHM: 'RS256' } })
    const { database, url, ownerSecret } = first
    const env = { KEYTURN_PORT: new URL(url).port }
    const key = await first.apiKey({ grants: [{ module: 'tokens', role: 'VIEWER' }] })
    const old = await tokenOf(first, key)
    await first.stop()
    const second = await boot({ database, env: { ...env, KEYTURN_TOKEN_ALGORITHM: 'EdDSA' } })
    try {
      const asking = { bearer: ownerSecret }
      expect(await introspect(second, old, asking)).toMatchObject({ active: true, client_id: key.id })
      const renewed = await tokenOf(second, key)
      expect([headerOf(old).alg, headerOf(renewed).alg]).toEqual(['RS256', 'EdDSA'])
      const keys = createRemoteJWKSet(new URL(`${second.url}/.well-known/jwks.json`))
      for (const token of [old, renewed]) await jwtVerify(token, keys, { issuer: url, audience: url })
    } finally {
      await second.close()
    }
  })
})
