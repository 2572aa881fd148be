import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import Provider from 'oidc-provider'

const CLIENT = { id: 'keyturn', secret: 'a secret of the test, with a space' }

/** Who signs in at the provider, and how the provider answers. */
export interface SignInAnswer {
  email: string
  verified: boolean
  /** Whether the address is in the ID token; otherwise the userinfo endpoint alone has it. */
  inIdToken: boolean
  /** Whether the person declines. */
  declines: boolean
  /** Whether every connection is broken off. */
  away: boolean
}

const makeProvider = (issuer: string, key: JWK, redirectUri: string, answer: SignInAnswer): Provider =>
  new Provider(issuer, {
    jwks: { keys: [{ ...key, kid: 'signing', alg: 'RS256', use: 'sig' } as never] },
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    cookies: { keys: ['the cookies of the test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: !answer.inIdToken,
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, email: answer.email, email_verified: answer.verified }),
    }),
    loadExistingGrant: async (context) => {
      const { Grant } = context.oidc.provider
      const grant = new Grant({ accountId: context.oidc.session?.accountId ?? '', clientId: CLIENT.id })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
  })

/** A real OpenID provider at which the person that `answer` names is signed in at once. */
export const startSignInProvider = async () => {
  const answer: SignInAnswer = {
    email: 'nobody@example.com',
    verified: true,
    inIdToken: false,
    declines: false,
    away: false,
  }
  const key = await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey)
  let provider: Provider | null = null
  const requested: URL[] = []
  const server = createServer((request, response) => {
    if (provider === null || answer.away) return void request.socket.destroy()
    requested.push(new URL(request.url ?? '/', 'http://provider.invalid'))
    if (request.url?.startsWith('/interaction/')) void signIn(provider, request, response)
    else void provider.callback()(request, response)
  })
  const signIn = (known: Provider, request: IncomingMessage, response: ServerResponse) =>
    known.interactionFinished(
      request,
      response,
      answer.declines
        ? { error: 'access_denied', error_description: 'The person declined.' }
        : { login: { accountId: `account of ${answer.email}` } },
    )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    client: CLIENT,
    answer,
    /** The requests that it received. */
    requested: requested as readonly URL[],
    /** Starts to serve the client at this address. */
    serve: (publicUrl: string) => {
      provider = makeProvider(issuer, key, `${publicUrl}/session/oidc/callback`, answer)
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A browser that keeps the cookies of each origin, and follows redirects. */
export class RedirectFollower {
  private readonly jars = new Map<string, Map<string, string>>()
  /** The addresses that it was sent to, in order. */
  readonly visited: URL[] = []

  cookiesOf(origin: string): string {
    return [...(this.jars.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  setCookie(origin: string, pair: string): void {
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    const jar = this.jars.get(origin) ?? new Map<string, string>()
    if (value === '') jar.delete(name)
    else jar.set(name, value)
    this.jars.set(origin, jar)
  }

  /** Opens an address. Stops at the first answer that is no redirect, or in front of an address that `until` names. */
  async open(address: string, until: (url: URL) => boolean = () => false): Promise<URL> {
    let url = new URL(address)
    for (let count = 0; count < 10 && !until(url); count += 1) {
      this.visited.push(url)
      const response = await fetch(url, { redirect: 'manual', headers: { cookie: this.cookiesOf(url.origin) } })
      for (const set of response.headers.getSetCookie()) this.setCookie(url.origin, set.split(';')[0] ?? '')
      const location = response.headers.get('location')
      if (location === null) return url
      url = new URL(location, url)
    }
    return url
  }
}
