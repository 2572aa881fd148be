import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'

export const PROVIDER_AUDIENCE = 'https://keyturn.test'

/**
 * A real OpenID provider whose machine client gets JWTs with whichever of the e-mail addresses it asks for, verified; and
 * with that of anyone@example.com, not verified, where it asks for unverified@example.com.
 */
export const startProvider = async (emails: readonly string[] = ['anyone@example.com']) => {
  const scopes = [...emails, 'unverified@example.com']
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid: 'provider-key', alg: 'RS256', use: 'sig' }
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    jwks: { keys: [jwk] },
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
    scopes,
  })
  server.on('request', provider.callback())
  const tokenFor = async (email: string, resource = PROVIDER_AUDIENCE) => {
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('console:a%20secret%20of%20the%20test%20alone')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: email, resource }),
    })
    const body = (await response.json()) as { access_token?: string }
    if (body.access_token === undefined) throw new Error(JSON.stringify(body))
    return body.access_token
  }
  return { issuer, server, privateKey, publicKey, tokenFor }
}
