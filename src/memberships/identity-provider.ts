import { hash } from 'node:crypto'
import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import type { CredentialStrategy } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../kernel/clock.ts'
import { unauthenticated } from '../kernel/errors.ts'
import type { Database } from '../persistence/database.ts'
import { memberPrincipal } from './member-principal.ts'
import { findUserByEmail, listMembershipsOf } from './members.store.ts'

export interface IdentityProviderParts {
  readonly issuer: string
  readonly audience: string
  readonly database: Database
  readonly clock: Clock
  /** Hears of a provider that does not answer as it should. */
  readonly onFault: (error: unknown) => void
}

/** Asymmetric algorithms alone: with a shared secret whoever verifies could also sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const DISCOVERY_TIMEOUT_MS = 5_000
const TOKENS_KEPT = 10_000

interface Identity {
  readonly email: string
  readonly expiresAt: Date
}

/** The provider did not say which its keys are, so nothing can be said of a token of it. */
class ProviderFault extends Error {
  override readonly name = 'ProviderFault'
}

const refused = () => unauthenticated('This is no valid token of the identity provider for a member of this server.')

/**
 * The company's identity provider (OpenID Connect): a JWT of it with a verified e-mail address is the member of that
 * address, with all that they may do. Its keys are found by discovery and remembered.
 */
export class IdentityProvider implements CredentialStrategy {
  private readonly parts: IdentityProviderParts
  private readonly identities = new LRUCache<string, Identity>({ max: TOKENS_KEPT })
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

  async authenticate(credential: string, from: CallOrigin): Promise<Principal> {
    const principal = await this.recheck(credential, from)
    if (principal === null) throw refused()
    return principal
  }

  async verifiedEmail(credential: string): Promise<string | null> {
    return (await this.identify(credential))?.email ?? null
  }

  async recheck(credential: string, _from: CallOrigin): Promise<Principal | null> {
    const identity = await this.identify(credential)
    if (identity === null) return null
    const found = await this.parts.database.read(async (reader) => {
      const user = await findUserByEmail(reader, identity.email)
      return user === null ? null : { user, memberships: await listMembershipsOf(reader, user.id) }
    })
    return found === null ? null : memberPrincipal(found.user, found.memberships, identity.expiresAt)
  }

  /** What the token says of its bearer; null where it is not valid now. The signature is checked once for each token. */
  private async identify(credential: string): Promise<Identity | null> {
    const fingerprint = hash('sha256', credential, 'hex')
    let identity = this.identities.get(fingerprint) ?? null
    if (identity === null) {
      const payload = await this.verify(credential)
      identity = payload === null ? null : identityOf(payload)
      if (identity !== null) this.identities.set(fingerprint, identity)
    }
    return identity === null || identity.expiresAt <= this.parts.clock.now() ? null : identity
  }

  private async verify(credential: string): Promise<JWTPayload | null> {
    const { issuer, audience, clock, onFault } = this.parts
    const options = { issuer, audience, algorithms: ALGORITHMS, currentDate: clock.now(), requiredClaims: ['exp'] }
    try {
      return (await jwtVerify(credential, await this.keySet(), options)).payload
    } catch (error) {
      // Whatever is wrong with a token is its bearer's affair; all of it is refused alike.
      if (!(error instanceof ProviderFault)) return null
      onFault(error.cause)
      throw unauthenticated('The identity provider does not answer, so its tokens cannot be checked: try again.')
    }
  }

  private async keySet(): Promise<JWTVerifyGetKey> {
    try {
      this.keys ??= this.discover()
      return await this.keys
    } catch (cause) {
      this.keys = null
      throw new ProviderFault('The identity provider cannot be discovered.', { cause })
    }
  }

  private async discover(): Promise<JWTVerifyGetKey> {
    const { issuer } = this.parts
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS),
      redirect: 'error',
    })
    if (!response.ok) throw new Error(`The identity provider's discovery answered ${response.status}.`)
    const metadata = (await response.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown }
    if (metadata.issuer !== issuer || typeof metadata.jwks_uri !== 'string')
      throw new Error('The identity provider names another issuer than the one configured, or no keys.')
    // Kept for ten minutes, and asked for again where a token names a key that is not among them, twice a minute at most.
    const find = createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: DISCOVERY_TIMEOUT_MS })
    return async (header, token) => {
      try {
        return await find(header, token)
      } catch (cause) {
        if (isOfTheToken(cause)) throw cause
        throw new ProviderFault('The identity provider does not give its keys.', { cause })
      }
    }
  }
}

/** Whether no key was found because of what the token says, and not because the provider did not answer. */
const isOfTheToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported

const identityOf = ({ email, email_verified: verified, exp }: JWTPayload): Identity | null =>
  typeof email === 'string' && verified === true && exp !== undefined
    ? { email: email.normalize('NFC').toLowerCase(), expiresAt: new Date(exp * 1000) }
    : null
