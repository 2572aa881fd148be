import { describe, expect, it } from 'vitest'
import { createTestSigner } from '../../src/verify/testing.ts'
import { createVerifier, resourceMetadata } from '../../src/verify/verify.ts'
import { AUDIENCE, refusalOf } from './verifying.ts'

const ISSUER = 'https://keys.test'
const signer = createTestSigner({ issuer: ISSUER, audience: AUDIENCE })
const verifier = createVerifier({ issuer: ISSUER, audience: AUDIENCE, fetch: signer.fetch })

describe('grants', () => {
  it.each([
    ['build:operator', 'build:viewer', true],
    ['build:operator', 'build:operator', true],
    ['build:operator', 'build:manager', false],
    ['build:manager', 'audit:viewer', false],
    ['*:manager', 'anything:manager', true],
    ['*:viewer', 'build:operator', false],
    ['*:owner', 'build:manager', true],
    ['audit:viewer build:manager', 'build:operator', true],
    ['', 'build:viewer', false],
    ['nonsense', 'build:viewer', false],
  ] as const)('a scope of "%s" covers %s: %s', async (scope, grant, covered) => {
    const verified = await verifier.verify(await signer.token({ scope }))
    const require = async () => verifier.requireGrant(verified, grant)
    if (covered) await require()
    else expect(await refusalOf(require())).toMatchObject({ code: 'insufficient_scope', status: 403 })
  })

  it('the rejection names the grant in its challenge', async () => {
    const verified = await verifier.verify(await signer.token({ scope: '' }))
    const failure = await refusalOf((async () => verifier.requireGrant(verified, 'build:operator'))())
    expect(failure.wwwAuthenticate).toBe(
      'Bearer error="insufficient_scope", error_description="This needs the grant build:operator.", scope="build:operator"',
    )
  })

  it('an invalid grant is an internal error of the service', async () => {
    const verified = await verifier.verify(await signer.token({ scope: '' }))
    expect(() => verifier.requireGrant(verified, 'build:boss')).toThrow(TypeError)
  })
})

describe('requests', () => {
  it.each([
    ['no header', {}, 'missing', 'Bearer'],
    ['another scheme', { authorization: 'Basic eDp5' }, 'missing', 'Bearer'],
    ['no credential', { Authorization: 'Bearer' }, 'malformed', /^Bearer error="invalid_token"/],
    ['two headers', { authorization: ['Bearer a', 'Bearer b'] }, 'malformed', /^Bearer error="invalid_token"/],
    ['a quote', { authorization: 'Bearer a"b' }, 'malformed', /^Bearer error="invalid_token"/],
  ])('%s is rejected with a challenge', async (_, headers, code, challenge) => {
    const failure = await refusalOf(verifier.verifyRequest({ headers }))
    expect(failure).toMatchObject({ code, status: 401 })
    expect(failure.wwwAuthenticate).toMatch(challenge)
  })

  it('reads the headers of Fetch and of Node.js alike', async () => {
    const authorization = `bearer ${await signer.token({ keyId: 'key_1', scope: '' })}`
    for (const headers of [new Headers({ authorization }), { authorization }, { AUTHORIZATION: [authorization] }])
      expect((await verifier.verifyRequest({ headers })).keyId).toBe('key_1')
  })

  it('the resource metadata names the issuer', () => {
    expect(resourceMetadata({ resource: AUDIENCE, issuer: ISSUER, scopes: ['build:viewer'] })).toEqual({
      resource: AUDIENCE,
      authorization_servers: [ISSUER],
      bearer_methods_supported: ['header'],
      scopes_supported: ['build:viewer'],
    })
  })
})
