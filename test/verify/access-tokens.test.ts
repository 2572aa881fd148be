import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { createTestSigner } from '../../src/verify/testing.ts'
import { createVerifier } from '../../src/verify/verify.ts'
import { AUDIENCE, refusalOf } from './verifying.ts'

const ISSUER = 'https://keys.test'

describe('access tokens without a feed', () => {
  const signer = createTestSigner({ issuer: ISSUER, audience: AUDIENCE })
  const verifier = createVerifier({ issuer: ISSUER, audience: AUDIENCE, fetch: signer.fetch })

  it('returns the claims of the token, the first time and from the cache', async () => {
    const token = await signer.token({ keyId: 'key_1', scope: 'build:operator audit:viewer' })
    const first = await verifier.verify(token)
    expect(first).toMatchObject({
      kind: 'access_token',
      keyId: 'key_1',
      subject: 'key_1',
      organizationId: expect.stringMatching(/^org_/),
      projectId: null,
      scope: ['build:operator', 'audit:viewer'],
      expiresAt: expect.any(Date),
      tokenId: expect.any(String),
    })
    expect(await verifier.verify(token)).toBe(first)
    expect(verifier.feedState).toBe('off')
  })

  it('tolerates clock differences, up to clockToleranceSeconds', async () => {
    expect(await verifier.verify(await signer.token({ scope: '', expiresIn: -3 }))).toBeDefined()
    const late = await refusalOf(verifier.verify(await signer.token({ scope: '', expiresIn: -6 })))
    expect(late).toMatchObject({ code: 'expired', status: 401 })
  })

  it('rejects a cached token once it has expired', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const token = await signer.token({ scope: '', expiresIn: 60 })
    await verifier.verify(token)
    vi.setSystemTime(Date.now() + 66_000)
    expect((await refusalOf(verifier.verify(token))).code).toBe('expired')
  })

  it.each([
    ['another audience', { audience: 'https://other.test' }, 'audience'],
    ['another issuer', { issuer: 'https://other.test' }, 'unknown'],
    ['the key of a stranger', {}, 'unknown'],
  ])('rejects a token of %s', async (_, claims, code) => {
    const stranger = createTestSigner({ issuer: ISSUER, audience: AUDIENCE, ...claims })
    // The stranger's key is published here, except where it is the point of the test.
    const options = { issuer: ISSUER, audience: AUDIENCE }
    const own = createTestSigner({ issuer: ISSUER, audience: AUDIENCE })
    const published: typeof fetch = async (input, init) => {
      const url = String(input)
      if (code === 'unknown' && !('issuer' in claims)) return own.fetch(url, init)
      if (url.endsWith('/jwks.json'))
        return stranger.fetch(url.replace(ISSUER, 'issuer' in claims ? claims.issuer : ISSUER))
      return own.fetch(url, init)
    }
    const judge = createVerifier({ ...options, fetch: published })
    expect((await refusalOf(judge.verify(await stranger.token({ scope: '' })))).code).toBe(code)
  })

  it.each([
    ['the type of an ID token', { typ: 'JWT' }, [], 'unknown'],
    ['no jti', {}, ['jti'], 'unknown'],
    ['no organization', {}, ['org'], 'malformed'],
  ])('rejects a token with %s', async (_, header, missing: readonly string[], code) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }
    const serving: typeof fetch = async (input, init) =>
      String(input).endsWith('jwks.json') ? Response.json({ keys: [jwk] }) : signer.fetch(input, init)
    const judge = createVerifier({ issuer: ISSUER, audience: AUDIENCE, fetch: serving })
    const complete = { client_id: 'key_1', sub: 'key_1', org: 'org_1', scope: '', jti: 'j', iss: ISSUER, aud: AUDIENCE }
    const claims = Object.entries(complete).filter(([name]) => !missing.includes(name))
    const token = await new SignJWT(Object.fromEntries(claims))
      .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'at+jwt', ...header })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey)
    expect((await refusalOf(judge.verify(token))).code).toBe(code)
  })

  it('rejects invalid credentials, and secrets, which need introspection', async () => {
    const token = await signer.token({ scope: '' })
    for (const text of ['', 'nonsense', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJ9.x', 'kt_ak_short', token.slice(0, -3)])
      expect((await refusalOf(verifier.verify(text))).status).toBe(401)
  })

  it('fetches an unknown key id once in 30 seconds, for any number of tokens', async () => {
    let reads = 0
    const counted: typeof fetch = (input, init) => {
      if (String(input).endsWith('jwks.json')) reads += 1
      return signer.fetch(input, init)
    }
    const judge = createVerifier({ issuer: ISSUER, audience: AUDIENCE, fetch: counted })
    await judge.ready()
    const stranger = createTestSigner({ issuer: ISSUER, audience: AUDIENCE })
    const tokens = await Promise.all([1, 2, 3].map(() => stranger.token({ scope: '' })))
    for (const token of tokens) expect((await refusalOf(judge.verify(token))).code).toBe('unknown')
    expect(reads).toBe(1)
    const now = performance.now()
    vi.spyOn(performance, 'now').mockReturnValue(now + 31_000)
    for (const token of tokens) await refusalOf(judge.verify(token))
    expect(reads).toBe(2)
  })

  it('is unavailable, and not invalid, while the issuer does not answer', async () => {
    const away: typeof fetch = () => Promise.reject(new Error('away'))
    const judge = createVerifier({ issuer: ISSUER, audience: AUDIENCE, fetch: away })
    const failure = await refusalOf(judge.verify(await signer.token({ scope: '' })))
    expect(failure).toMatchObject({ code: 'unavailable', status: 503 })
    expect(await refusalOf(judge.ready())).toMatchObject({ code: 'unavailable' })
  })
})
