import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose'
import Provider from 'oidc-provider'

export const PROVIDER_AUDIENCE = 'https://keyturn.test'

const newKey = async (kid: string) => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk: JWK = { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }
  return { kid, jwk, privateKey, publicKey }
}

const makeProvider = (issuer: string, jwk: JWK, scopes: readonly string[]): RequestListener =>
  new Provider(issuer, {
    jwks: { keys: [jwk as never] },
    clients: [
      {
        client_id: 'console',
        client_secret: 'a secret of the test alone',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => PROVIDER_AUDIENCE,
        getResourceServerInfo: (_context, resource) => ({
          scope: scopes.join(' '),
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: (_context, token) => ({
      email: token.scope?.replace('unverified', 'anyone'),
      email_verified: token.scope !== 'unverified@example.com',
    }),
    scopes: [...scopes],
  }).callback()

/**
 * A real OpenID provider whose machine client gets JWTs with whichever of the e-mail addresses it asks for, verified; and
 * with that of anyone@example.com, not verified, where it asks for unverified@example.com.
 */
export const startProvider = async (emails: readonly string[] = ['anyone@example.com']) => {
  const scopes = [...emails, 'unverified@example.com']
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let key = await newKey('provider-key')
  let serve = makeProvider(issuer, key.jwk, scopes)
  let answers = true
  const requested: string[] = []
  server.on('request', (request, response) => {
    requested.push(request.url ?? '')
    if (answers) serve(request, response)
    else request.socket.destroy()
  })
  return {
    issuer,
    /** The paths that were asked for, in order. */
    requested: requested as readonly string[],
    get publicKey() {
      return key.publicKey
    },
    /** Has the provider break every connection off, or answer again. */
    answer: (wanted: boolean) => {
      answers = wanted
    },
    /** Has the provider sign with a new key, and withdraw the old one. */
    rotate: async () => {
      key = await newKey(`provider-key-${requested.length}`)
      serve = makeProvider(issuer, key.jwk, scopes)
    },
    tokenFor: async (email: string, resource = PROVIDER_AUDIENCE) => {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('console:a%20secret%20of%20the%20test%20alone')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: email, resource }),
      })
      const body = (await response.json()) as { access_token?: string }
      if (body.access_token === undefined) throw new Error(JSON.stringify(body))
      return body.access_token
    },
    /** A token that is as it should be but for what is given here: by default the provider signs it. */
    sign: (
      claims: Readonly<Record<string, unknown>>,
      header: Partial<JWTHeaderParameters> = {},
      by: CryptoKey | Uint8Array = key.privateKey,
    ): Promise<string> =>
      new SignJWT({
        iss: issuer,
        aud: PROVIDER_AUDIENCE,
        email: 'anyone@example.com',
        email_verified: true,
        exp: Math.floor(Date.now() / 1000) + 300,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
        .setIssuedAt()
        .sign(by),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
