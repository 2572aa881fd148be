import type { AccessControl } from '../access/access-control.ts'
import type { Authenticator } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import { ANY_ADDRESS } from '../access/verification.ts'
import { formatScope } from '../kernel/grants.ts'
import { looksLikeSecret } from '../kernel/secret-text.ts'
import { currentGrants, type KeyFacts } from '../keys/verification/key-facts.ts'
import type { KeyVerifier, VerifiedSecret } from '../keys/verification/key-verifier.ts'
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts'

export interface IntrospectParts {
  readonly issuer: string
  readonly access: AccessControl
  readonly authenticator: Authenticator
  readonly keyVerifier: KeyVerifier
  readonly tokenVerifier: TokenVerifier
}

/** The state of a secret or token (RFC 7662 section 2.2). Times are in seconds since the epoch. */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true
      readonly token_type: 'access_token' | 'api_key' | 'personal_access_key'
      readonly client_id: string
      readonly sub: string
      readonly scope: string
      readonly org: string
      readonly exp?: number
      readonly iat: number
      readonly iss: string
      readonly aud?: string
      readonly jti?: string
      readonly project?: string
      readonly key_expires_at?: number
    }

const INACTIVE: Introspection = { active: false }
const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000)

/** Introspects secrets and access tokens for resource servers. */
export class Introspect {
  private readonly parts: IntrospectParts
  /** What a key or the caller with a token carries, worked out once: both objects are replaced, never changed. */
  private readonly scopes = new WeakMap<KeyFacts | Principal, string>()

  constructor(parts: IntrospectParts) {
    this.parts = parts
  }

  /** Needs tokens:viewer in the organization of the secret or token. Without it the answer is that of an unknown one. */
  async introspect(caller: Principal, text: string, from: CallOrigin): Promise<Introspection> {
    const { authenticator, keyVerifier, tokenVerifier } = this.parts
    // The address of the secret's or token's user is not known here. Only the use of a secret is recorded.
    if (looksLikeSecret(text)) {
      const verification = await authenticator.examine(keyVerifier, text, from, ANY_ADDRESS)
      return verification.valid ? this.describeSecret(caller, verification.verified) : INACTIVE
    }
    const verifying = tokenVerifier.verify(text, ANY_ADDRESS)
    const verification = verifying instanceof Promise ? await verifying : verifying
    return verification.valid ? this.describeToken(caller, verification.verified) : INACTIVE
  }

  private async describeSecret(
    caller: Principal,
    { facts, principal, secret }: VerifiedSecret,
  ): Promise<Introspection> {
    const { access, issuer } = this.parts
    const { key } = facts
    if (!(await access.may(caller, 'readTokens', key.organizationId))) return INACTIVE
    const { expiresAt } = principal.credential
    return {
      active: true,
      token_type: key.kind === 'API_KEY' ? 'api_key' : 'personal_access_key',
      client_id: key.id,
      sub: principal.id,
      scope: this.scopeOfKey(facts),
      org: key.organizationId,
      iat: seconds(secret.createdAt),
      iss: issuer,
      ...(expiresAt === null ? {} : { exp: seconds(expiresAt) }),
      ...(key.projectId === null ? {} : { project: key.projectId }),
      ...keyExpiryOf(principal),
    }
  }

  private scopeOfKey(facts: KeyFacts): string {
    const scope = this.scopes.get(facts) ?? formatScope(currentGrants(facts))
    this.scopes.set(facts, scope)
    return scope
  }

  /** A token is for one organization, and organizations are never moved. */
  private async scopeOfToken(principal: Principal, organizationId: string): Promise<string> {
    const scope = formatScope(await this.parts.access.grantsIn(principal, organizationId))
    this.scopes.set(principal, scope)
    return scope
  }

  private async describeToken(caller: Principal, { claims, principal }: VerifiedToken): Promise<Introspection> {
    const { access } = this.parts
    if (!(await access.may(caller, 'readTokens', claims.org))) return INACTIVE
    return {
      active: true,
      token_type: 'access_token',
      client_id: claims.client_id,
      sub: claims.sub,
      // The part of the token's scope that its key still carries.
      scope: this.scopes.get(principal) ?? (await this.scopeOfToken(principal, claims.org)),
      org: claims.org,
      exp: claims.exp,
      iat: claims.iat,
      iss: claims.iss,
      aud: claims.aud,
      jti: claims.jti,
      ...(claims.project === undefined ? {} : { project: claims.project }),
      ...keyExpiryOf(principal),
    }
  }
}

const keyExpiryOf = ({ credential: { keyExpiresAt } }: Principal) =>
  keyExpiresAt === null ? {} : { key_expires_at: seconds(keyExpiresAt) }
