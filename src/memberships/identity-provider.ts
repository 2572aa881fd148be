import { hash } from 'node:crypto'
import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import type { CallOrigin } from '../access/call-origin.ts'
import type { CredentialStrategy, Refusal, Verification } from '../access/verification.ts'
import type { Clock } from '../kernel/clock.ts'
import { type UnauthenticatedReason, Unavailable } from '../kernel/errors.ts'
import type { Database } from '../persistence/database.ts'
import { memberPrincipal } from './member-principal.ts'
import { findUserByEmail, listMembershipsOf } from './members.store.ts'
import { verifiedEmailOf } from './verified-email.ts'

export interface IdentityProviderParts {
  readonly issuer: string
  readonly audience: string
  readonly database: Database
  readonly clock: Clock
  /** Receives the failures of the provider. */
  readonly onFault: (error: unknown) => void
}

/** Asymmetric algorithms only: with a shared secret, every verifier could also sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const DISCOVERY_TIMEOUT_MS = 5_000
const MAX_CACHED_TOKENS = 10_000

interface Identity {
  readonly email: string
  readonly expiresAt: Date
}

/** The provider's keys are not available, so its tokens cannot be verified. */
class ProviderFault extends Error {
  override readonly name = 'ProviderFault'
}

const refuse = (reason: UnauthenticatedReason, message: string): Refusal => ({
  valid: false,
  reason,
  message,
  keyId: null,
  auditReason: 'token',
})

const INVALID = refuse('UNKNOWN', 'Invalid token of the identity provider. Sign in again.')
const EXPIRED = refuse('TOKEN_EXPIRED', 'The token of the identity provider has expired. Sign in again.')
const NOT_A_MEMBER = refuse('UNKNOWN', 'The person who signed in is not a member of any organization on this server.')

/**
 * Authenticates members by JWTs of the company's identity provider (OpenID Connect). The verified e-mail address identifies
 * the member. The provider's keys are found by discovery and cached.
 */
export class IdentityProvider implements CredentialStrategy {
  private readonly parts: IdentityProviderParts
  private readonly identities = new LRUCache<string, Identity>({ max: MAX_CACHED_TOKENS })
  private keys: Promise<JWTVerifyGetKey> | null = null

  constructor(parts: IdentityProviderParts) {
    this.parts = parts
  }

  recognizes(credential: string): boolean {
    try {
      return decodeJwt(credential).iss === this.parts.issuer
    } catch {
      return false
    }
  }

  async verify(credential: string): Promise<Verification> {
    const identity = await this.identify(credential)
    if ('valid' in identity) return identity
    const found = await this.parts.database.read(async (reader) => {
      const user = await findUserByEmail(reader, identity.email)
      return user === null ? null : { user, memberships: await listMembershipsOf(reader, user.id) }
    })
    const principal = found === null ? null : memberPrincipal(found.user, found.memberships, identity.expiresAt)
    return principal === null
      ? { ...NOT_A_MEMBER, verifiedEmail: identity.email }
      : { valid: true, verified: { principal } }
  }

  /** The identity provider records sign-ins itself. */
  async recordUse(): Promise<void> {}

  async recordRefusal(_refusal: Refusal, _from: CallOrigin): Promise<boolean> {
    return true
  }

  /** The person that a token is about, or why it is refused. The signature of each token is verified once. */
  private async identify(credential: string): Promise<Identity | Refusal> {
    const digest = hash('sha256', credential, 'hex')
    const identity = this.identities.get(digest) ?? (await this.read(credential))
    if ('valid' in identity) return identity
    this.identities.set(digest, identity)
    return identity.expiresAt <= this.parts.clock.now() ? EXPIRED : identity
  }

  private async read(credential: string): Promise<Identity | Refusal> {
    const { issuer, audience, clock, onFault } = this.parts
    const options = { issuer, audience, algorithms: ALGORITHMS, currentDate: clock.now(), requiredClaims: ['exp'] }
    try {
      const { payload } = await jwtVerify(credential, await this.keySet(), options)
      return identityOf(payload) ?? INVALID
    } catch (error) {
      // The claims are only read after the signature was found valid.
      if (error instanceof errors.JWTExpired) return EXPIRED
      // Every other fault is of the token. All get the same response.
      if (!(error instanceof ProviderFault)) return INVALID
      onFault(error.cause)
      // Not a fault of the token: rejecting it would end the live subscriptions of its bearer.
      throw new Unavailable(
        'The identity provider is not available, so its tokens cannot be verified: try again.',
        error.cause,
      )
    }
  }

  private async keySet(): Promise<JWTVerifyGetKey> {
    try {
      this.keys ??= this.discover()
      return await this.keys
    } catch (cause) {
      this.keys = null
      throw new ProviderFault('The discovery of the identity provider failed.', { cause })
    }
  }

  private async discover(): Promise<JWTVerifyGetKey> {
    const { issuer } = this.parts
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS),
      redirect: 'error',
    })
    if (!response.ok) throw new Error(`The discovery of the identity provider returned status ${response.status}.`)
    const metadata = (await response.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown }
    if (metadata.issuer !== issuer || typeof metadata.jwks_uri !== 'string')
      throw new Error('The discovery of the identity provider returned a different issuer, or no jwks_uri.')
    // It caches the keys for ten minutes, and reloads them for an unknown key id at most twice a minute.
    const find = createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: DISCOVERY_TIMEOUT_MS })
    return async (header, token) => {
      try {
        return await find(header, token)
      } catch (cause) {
        if (isTokenError(cause)) throw cause
        throw new ProviderFault('The keys of the identity provider are not available.', { cause })
      }
    }
  }
}

/** Whether no key was found because of the token, and not because of the provider. */
const isTokenError = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported

const identityOf = (claims: JWTPayload): Identity | null => {
  const email = verifiedEmailOf(claims)
  return email === null || claims.exp === undefined ? null : { email, expiresAt: new Date(claims.exp * 1000) }
}
