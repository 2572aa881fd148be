import * as client from 'openid-client'
import { z } from 'zod'
import type { SessionToken } from '../access/verification.ts'
import type { Clock } from '../kernel/clock.ts'
import { verifiedEmailOf } from '../memberships/verified-email.ts'

/** Encrypts what a browser keeps during a sign-in. */
export interface SignInCipher {
  encrypt(text: string): Promise<string>
  decrypt(text: string): Promise<string>
}

/** This server as a client of the identity provider. */
export interface ProviderClient {
  readonly issuer: string
  readonly id: string
  readonly secret: string
  readonly publicUrl: string
}

export interface ProviderSignInParts extends ProviderClient {
  readonly cipher: SignInCipher
  readonly clock: Clock
  /** Receives the failures of the provider. */
  readonly onFault: (error: unknown) => void
}

/** Why a sign-in at the identity provider failed, as the console is told. */
export type SignInFailure = 'not-a-member' | 'email-not-verified' | 'refused' | 'expired' | 'provider-unavailable'

/** A sign-in at the identity provider failed. Its reason is for the person who signs in. */
export class SignInFailed extends Error {
  override readonly name = 'SignInFailed'
  readonly reason: SignInFailure

  constructor(reason: SignInFailure, cause?: unknown) {
    super(`The sign-in at the identity provider failed: ${reason}.`, { cause })
    this.reason = reason
  }
}

/** Time from the redirect to the provider until its answer. */
export const FLOW_SECONDS = 600
const TIMEOUT_SECONDS = 5
const CALLBACK_PATH = '/session/oidc/callback'

/** What the browser keeps, encrypted, until the provider answers. */
const flowSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  expiresAt: z.number(),
  replaced: z.string().nullable(),
})
type Flow = z.infer<typeof flowSchema>

/** A person whom the provider has signed in, and the session that their browser had before. */
export interface ProviderIdentity {
  readonly email: string
  readonly replaced: SessionToken | null
}

/**
 * Signs people in at the identity provider by the authorization code flow (OpenID Connect Core section 3.1) with PKCE (RFC
 * 7636), state and nonce. These are in an encrypted cookie of the browser: the server stores nothing for somebody unknown.
 */
export class ProviderSignIn {
  private readonly parts: ProviderSignInParts
  private discovered: Promise<client.Configuration> | null = null

  constructor(parts: ProviderSignInParts) {
    this.parts = parts
  }

  /** The address of the provider to send the browser to, and what the browser must bring back. Throws SignInFailed. */
  async begin(replaced: SessionToken | null): Promise<{ readonly location: string; readonly flow: string }> {
    const { cipher, clock } = this.parts
    const configuration = await this.configuration()
    const flow: Flow = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      expiresAt: clock.now().getTime() + FLOW_SECONDS * 1000,
      replaced: replaced?.sessionToken ?? null,
    }
    const location = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.callback,
      scope: 'openid email',
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
    })
    return { location: location.href, flow: await cipher.encrypt(JSON.stringify(flow)) }
  }

  /**
   * The person whom the provider's answer is about. Throws SignInFailed.
   *
   * @param search the query of the callback
   * @param sealed what the browser brought back; null if it brought nothing
   */
  async complete(search: string, sealed: string | null): Promise<ProviderIdentity> {
    const flow = await this.open(sealed)
    const configuration = await this.configuration()
    const claims = await this.claimsOf(configuration, new URL(`${this.callback}${search}`), flow)
    const email = verifiedEmailOf(claims)
    if (email === null) throw new SignInFailed('email-not-verified')
    return { email, replaced: flow.replaced === null ? null : { sessionToken: flow.replaced } }
  }

  private get callback(): string {
    return `${this.parts.publicUrl}${CALLBACK_PATH}`
  }

  private async open(sealed: string | null): Promise<Flow> {
    if (sealed === null) throw new SignInFailed('expired')
    let text: string
    try {
      text = await this.parts.cipher.decrypt(sealed)
    } catch (cause) {
      // Cut off, altered, or under a master key that is gone.
      throw new SignInFailed('expired', cause)
    }
    const flow = flowSchema.parse(JSON.parse(text))
    if (flow.expiresAt <= this.parts.clock.now().getTime()) throw new SignInFailed('expired')
    return flow
  }

  private async claimsOf(configuration: client.Configuration, url: URL, flow: Flow) {
    try {
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: flow.verifier,
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new SignInFailed('refused')
      if (claims.email !== undefined) return claims
      // Many providers put the address into the answer of the userinfo endpoint alone.
      return await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
    } catch (error) {
      if (error instanceof SignInFailed) throw error
      if (error instanceof client.AuthorizationResponseError) throw new SignInFailed('refused', error)
      this.parts.onFault(error)
      throw new SignInFailed(isAnswer(error) ? 'refused' : 'provider-unavailable', error)
    }
  }

  private async configuration(): Promise<client.Configuration> {
    this.discovered ??= this.discover()
    try {
      return await this.discovered
    } catch (error) {
      this.discovered = null
      this.parts.onFault(error)
      throw new SignInFailed('provider-unavailable', error)
    }
  }

  private discover(): Promise<client.Configuration> {
    const { issuer, id, secret } = this.parts
    const url = new URL(issuer)
    return client.discovery(url, id, undefined, authenticateBy(secret), {
      timeout: TIMEOUT_SECONDS,
      execute: [
        // Verifies the signature of ID tokens, also of those that come straight from the provider.
        client.enableNonRepudiationChecks,
        ...(url.protocol === 'http:' ? [client.allowInsecureRequests] : []),
      ],
    })
  }
}

/** By HTTP Basic, the standard's default, or in the body where the provider takes it there alone. */
const authenticateBy = (secret: string): client.ClientAuth => {
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)]
  return (server, ...request) => {
    const methods = server.token_endpoint_auth_methods_supported
    const inBody = methods?.includes('client_secret_post') === true && !methods.includes('client_secret_basic')
    return (inBody ? post : basic)(server, ...request)
  }
}

/** Whether the provider answered, and the answer is the failure. */
const isAnswer = (error: unknown): boolean =>
  error instanceof client.ResponseBodyError ||
  error instanceof client.WWWAuthenticateChallengeError ||
  (error instanceof client.ClientError && error.code !== 'OAUTH_TIMEOUT')
