import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export interface TestTokenOptions {
  /** Default: a new one. */
  readonly keyId?: string
  /** `build:operator audit:viewer`, or a list. */
  readonly scope: string | readonly string[]
  /** Seconds, may be negative. Default: 3600. */
  readonly expiresIn?: number
}

/** Issues access tokens as Keyturn does, for tests of a service without a server. */
export interface TestSigner {
  token(options: TestTokenOptions): Promise<string>
  /** Serves the metadata and the keys to a verifier: `createVerifier({ ..., fetch: signer.fetch })`. */
  readonly fetch: typeof fetch
}

const idOf = (prefix: string): string => `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`

/** A signer with a key of its own. Only verifiers that get its `fetch` accept its tokens. */
export const createTestSigner = (options: { readonly issuer: string; readonly audience: string }): TestSigner => {
  const { issuer, audience } = options
  const { origin } = new URL(issuer)
  const pair = generateKeyPair('ES256')
  const kid = crypto.randomUUID()
  const organizationId = idOf('org')

  const answers: Readonly<Record<string, () => Promise<object>>> = {
    '/.well-known/oauth-authorization-server': async () => ({
      issuer,
      jwks_uri: `${origin}/.well-known/jwks.json`,
      token_endpoint: `${origin}/oauth/token`,
      introspection_endpoint: `${origin}/oauth/introspect`,
    }),
    '/.well-known/jwks.json': async () => ({
      keys: [{ ...(await exportJWK((await pair).publicKey)), kid, alg: 'ES256', use: 'sig' }],
    }),
  }

  return {
    token: async ({ keyId = idOf('key'), scope, expiresIn = 3600 }) => {
      const now = Math.floor(Date.now() / 1000)
      const claims = { client_id: keyId, scope: [scope].flat().join(' '), org: organizationId }
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(keyId)
        .setJti(crypto.randomUUID())
        .setIssuedAt(Math.min(now, now + expiresIn))
        .setExpirationTime(now + expiresIn)
        .sign((await pair).privateKey)
    },
    fetch: async (input) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input)
      const answer = answers[pathname.replace(new URL(issuer).pathname.replace(/\/$/, ''), '')]
      if (answer === undefined) return new Response(null, { status: 404 })
      return Response.json(await answer())
    },
  }
}
