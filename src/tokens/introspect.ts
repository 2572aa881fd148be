import type { AccessControl } from '../access/access-control.ts'
import type { Authenticator } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import { ANY_ADDRESS, type Verification } from '../access/verification.ts'
import { formatScope, type Grant } from '../kernel/grants.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import { looksLikeSecret } from '../kernel/secret-text.ts'
import { currentGrants, type KeyFacts } from '../keys/verification/key-facts.ts'
import type { KeyVerifier, VerifiedSecret } from '../keys/verification/key-verifier.ts'
import type { AccessTokenClaims } from './access-token.ts'
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts'

export interface IntrospectParts {
  readonly issuer: string
  readonly access: AccessControl
  readonly authenticator: Authenticator
  readonly keyVerifier: KeyVerifier
  readonly tokenVerifier: TokenVerifier
}

/** The state of a secret or token (RFC 7662 section 2.2), as JSON. Times are in seconds since the epoch. */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true
      readonly token_type: 'access_token' | 'api_key' | 'personal_access_key'
      readonly client_id: string
      readonly sub: string
      readonly scope: string
      readonly org: string
      readonly exp?: number | undefined
      readonly iat: number
      readonly iss: string
      readonly aud?: string | undefined
      readonly jti?: string | undefined
      readonly project?: string | undefined
      readonly key_expires_at?: number | undefined
    }

const INACTIVE: Introspection = { active: false }
const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000)
const secondsOrNone = (instant: Date | null): number | undefined => (instant === null ? undefined : seconds(instant))

/** Introspects secrets and access tokens for resource servers. */
export class Introspect {
  private readonly parts: IntrospectParts
  /** The scopes of grants, personal keys and callers with tokens, worked out once: they are replaced, never changed. */
  private readonly scopes = new WeakMap<readonly Grant[] | KeyFacts | Principal, string>()

  constructor(parts: IntrospectParts) {
    this.parts = parts
  }

  /** Needs tokens:viewer in the organization of the secret or token. Without it the answer is that of an unknown one. */
  introspect(caller: Principal, text: string, from: CallOrigin): MaybePromise<Introspection> {
    const { authenticator, keyVerifier, tokenVerifier } = this.parts
    // The address of the secret's or token's user is not known here. Only the use of a secret is recorded.
    if (looksLikeSecret(text)) {
      const examining = authenticator.examine(keyVerifier, text, from, ANY_ADDRESS)
      return examining instanceof Promise
        ? examining.then((verification) => this.answerSecret(caller, verification))
        : this.answerSecret(caller, examining)
    }
    const verifying = tokenVerifier.verify(text, ANY_ADDRESS)
    return verifying instanceof Promise
      ? verifying.then((verification) => this.answerToken(caller, verification))
      : this.answerToken(caller, verifying)
  }

  private answerSecret(caller: Principal, verification: Verification<VerifiedSecret>): MaybePromise<Introspection> {
    if (!verification.valid) return INACTIVE
    const { verified } = verification
    const deciding = this.parts.access.may(caller, 'readTokens', verified.facts.key.organizationId)
    if (deciding instanceof Promise) return deciding.then((may) => (may ? this.describeSecret(verified) : INACTIVE))
    return deciding ? this.describeSecret(verified) : INACTIVE
  }

  private answerToken(caller: Principal, verification: Verification<VerifiedToken>): MaybePromise<Introspection> {
    if (!verification.valid) return INACTIVE
    const { verified } = verification
    const deciding = this.parts.access.may(caller, 'readTokens', verified.claims.org)
    if (deciding instanceof Promise) return deciding.then((may) => (may ? this.describeToken(verified) : INACTIVE))
    return deciding ? this.describeToken(verified) : INACTIVE
  }

  private describeSecret({ facts, principal, secret }: VerifiedSecret): Introspection {
    const { issuer } = this.parts
    const { key } = facts
    const { expiresAt } = principal.credential
    return {
      active: true,
      token_type: key.kind === 'API_KEY' ? 'api_key' : 'personal_access_key',
      client_id: key.id,
      sub: principal.id,
      scope: this.scopeOfKey(facts),
      org: key.organizationId,
      iat: secret.issuedAt,
      iss: issuer,
      exp: secondsOrNone(expiresAt),
      project: key.projectId ?? undefined,
      key_expires_at: secondsOrNone(principal.credential.keyExpiresAt),
    }
  }

  private scopeOfKey(facts: KeyFacts): string {
    // Many API keys share one list of grants.
    const carrier = (facts.owner === null ? facts.key.grants : null) ?? facts
    const known = this.scopes.get(carrier)
    if (known !== undefined) return known
    const scope = formatScope(currentGrants(facts))
    this.scopes.set(carrier, scope)
    return scope
  }

  /** A token is for one organization, and organizations are never moved. */
  private async scopeOfToken(principal: Principal, organizationId: string): Promise<string> {
    const scope = formatScope(await this.parts.access.grantsIn(principal, organizationId))
    this.scopes.set(principal, scope)
    return scope
  }

  private describeToken({ claims, principal }: VerifiedToken): MaybePromise<Introspection> {
    const known = this.scopes.get(principal)
    return known === undefined
      ? this.scopeOfToken(principal, claims.org).then((scope) => this.describeClaims(claims, principal, scope))
      : this.describeClaims(claims, principal, known)
  }

  private describeClaims(claims: AccessTokenClaims, principal: Principal, scope: string): Introspection {
    return {
      active: true,
      token_type: 'access_token',
      client_id: claims.client_id,
      sub: claims.sub,
      // The part of the token's scope that its key still carries.
      scope,
      org: claims.org,
      exp: claims.exp,
      iat: claims.iat,
      iss: claims.iss,
      aud: claims.aud,
      jti: claims.jti,
      project: claims.project,
      key_expires_at: secondsOrNone(principal.credential.keyExpiresAt),
    }
  }
}
