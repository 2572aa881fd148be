import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import {
  ANY_ADDRESS,
  type CallerAddress,
  type CredentialVerifier,
  type Refusal,
  type Verification,
  type VerifiedCredential,
} from '../access/verification.ts'
import { causeOf } from '../audit/caller.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import { keyAccessDenied } from '../audit/events/access-events.ts'
import type { Clock } from '../kernel/clock.ts'
import type { UnauthenticatedReason } from '../kernel/errors.ts'
import { intersectGrants } from '../kernel/grants.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import { OutcomeCounts } from '../kernel/outcome-counts.ts'
import { statusOf } from '../keys/key.ts'
import { type KeyFacts, principalOf } from '../keys/verification/key-facts.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import { type KeyRefusalReason, keyRefusal, STATUS_REFUSALS } from '../keys/verification/key-refusal.ts'
import { mayUseFrom } from '../keys/verification/key-verifier.ts'
import { lostGroundOf } from '../keys/verification/token-endings.ts'
import type { UsageRecorder } from '../keys/verification/usage-recorder.ts'
import type { AccessTokenClaims } from './access-token.ts'
import type { RevokedTokens } from './revoked-tokens.ts'
import type { SignedToken, TokenSignatures } from './token-signatures.ts'

export interface TokenVerifierParts {
  readonly clock: Clock
  readonly keyFacts: KeyFactsCache
  readonly signatures: TokenSignatures
  readonly revoked: RevokedTokens
  readonly usage: UsageRecorder
  readonly denials: DenialRecorder
}

/** A valid token, the key behind it, and its caller with the token's rights. */
export interface VerifiedToken extends VerifiedCredential {
  readonly claims: AccessTokenClaims
  readonly facts: KeyFacts
}

export interface TokenRefusal extends Refusal {
  /** The key that the token was issued for; null if this service did not sign the token. */
  readonly facts: KeyFacts | null
}

/** How far the clock of the instance that issued a token may be ahead of this one's. */
const CLOCK_SKEW_MS = 60_000
const GET_ANOTHER = 'Exchange the key for a new token.'

const refuse = (reason: UnauthenticatedReason, message: string, facts: KeyFacts | null): TokenRefusal => ({
  valid: false,
  reason,
  message: `${message} ${GET_ANOTHER}`,
  keyId: null,
  auditReason: 'token',
  facts,
})
const unknown = () => refuse('UNKNOWN', 'Unknown access token. Check that it is complete and of this server.', null)

/** The refusal of a token whose signature is valid, because of its key. */
const refuseForKey = (why: KeyRefusalReason, facts: KeyFacts): TokenRefusal => ({
  ...keyRefusal(why, facts),
  keyId: null,
  auditReason: 'token',
})

/** Why a token whose signature and lifetime are valid is refused because of its key; null if its key supports it. */
export const refusalByKey = (facts: KeyFacts, claims: AccessTokenClaims, now: Date): TokenRefusal | null => {
  const status = statusOf(facts.key, now)
  switch (lostGroundOf(facts, claims, now)) {
    case null:
      return null
    case 'status':
      return refuseForKey(status === 'ACTIVE' ? 'revoked' : STATUS_REFUSALS[status], facts)
    case 'epoch':
      return refuse('TOKEN_REVOKED', 'The access token was issued before the key was suspended.', facts)
    case 'secret':
      return refuse('RETIRED', 'The secret that the access token was issued for was replaced.', facts)
  }
}

/** The claims' lifetime covers an instant, as far as clocks of instances agree. */
export const isWithinLifetime = ({ iat, exp }: AccessTokenClaims, now: Date): boolean =>
  exp * 1000 > now.getTime() && iat * 1000 <= now.getTime() + CLOCK_SKEW_MS

/** Verifies access tokens of this service, for whatever audience. */
export class TokenVerifier implements CredentialVerifier<VerifiedToken, TokenRefusal> {
  readonly outcomes = new OutcomeCounts<'VALID' | UnauthenticatedReason>()
  private readonly parts: TokenVerifierParts

  constructor(parts: TokenVerifierParts) {
    this.parts = parts
  }

  verify(token: string, address: CallerAddress): MaybePromise<Verification<VerifiedToken, TokenRefusal>> {
    const checking = this.check(token, address)
    return checking instanceof Promise
      ? checking.then((verification) => this.count(verification))
      : this.count(checking)
  }

  private count(verification: Verification<VerifiedToken, TokenRefusal>): Verification<VerifiedToken, TokenRefusal> {
    this.outcomes.count(verification.valid ? 'VALID' : verification.reason)
    return verification
  }

  /** Answers at once where all is in memory, as it usually is. Otherwise it waits for one thing after the other. */
  private check(token: string, address: CallerAddress): MaybePromise<Verification<VerifiedToken, TokenRefusal>> {
    const { clock, keyFacts, signatures, revoked } = this.parts
    const signed = signatures.read(token)
    if (signed === null) return unknown()
    if (signed instanceof Promise) return this.checkSlowly(signed, address)
    const facts = keyFacts.find(signed.claims.client_id)
    if (facts === null) return unknown()
    if (facts instanceof Promise) return this.checkSlowly(signed, address, facts)
    const now = clock.now()
    if (!isWithinLifetime(signed.claims, now)) return expired(facts)
    const isRevoked = revoked.has(signed.claims.jti)
    if (isRevoked instanceof Promise) return isRevoked.then((is) => decide(signed, facts, is, address, now))
    return decide(signed, facts, isRevoked, address, now)
  }

  private async checkSlowly(
    reading: SignedToken | Promise<SignedToken | null>,
    address: CallerAddress,
    finding: Promise<KeyFacts | null> | null = null,
  ): Promise<Verification<VerifiedToken, TokenRefusal>> {
    const { clock, keyFacts, revoked } = this.parts
    const signed = await reading
    if (signed === null) return unknown()
    const facts = await (finding ?? keyFacts.find(signed.claims.client_id))
    if (facts === null) return unknown()
    const now = clock.now()
    if (!isWithinLifetime(signed.claims, now)) return expired(facts)
    return decide(signed, facts, await revoked.has(signed.claims.jti), address, now)
  }

  recordUse({ facts }: VerifiedToken, address: CallerAddress): void {
    this.parts.usage.record(facts.key.id, null, address === ANY_ADDRESS ? null : address)
  }

  async recordRefusal({ facts, auditReason }: TokenRefusal, from: CallOrigin): Promise<boolean> {
    if (facts === null) return false
    const { key } = facts
    await this.parts.denials.record({
      organizationId: key.organizationId,
      cause: causeOf(null, from),
      draft: keyAccessDenied(key, { reason: auditReason }),
    })
    return true
  }
}

const expired = (facts: KeyFacts) => refuse('TOKEN_EXPIRED', 'The access token has expired.', facts)

/** @param now within the token's lifetime */
const decide = (
  signed: SignedToken,
  facts: KeyFacts,
  isRevoked: boolean,
  address: CallerAddress,
  now: Date,
): Verification<VerifiedToken, TokenRefusal> => {
  const { claims } = signed
  if (isRevoked) return refuse('TOKEN_REVOKED', 'The access token has been revoked.', facts)
  const refusal = refusalByKey(facts, claims, now)
  if (refusal !== null) return refusal
  if (!mayUseFrom(facts.key, address)) return refuseForKey('address', facts)
  const principal = callerOf(signed, facts)
  if (principal === null) return refuseForKey('owner-left', facts)
  return { valid: true, verified: { claims, facts, principal } }
}

/** When a token ends unless something changes: it does not outlive its key, nor the overlap of the secret it was issued for. */
const endOf = ({ exp, key_secret: secretId }: AccessTokenClaims, { key, secrets }: KeyFacts): Date => {
  const secretEnd = secrets.find(({ id }) => id === secretId)?.validUntil
  const [never, keyEnd] = [Number.POSITIVE_INFINITY, key.expiresAt]
  return new Date(Math.min(exp * 1000, keyEnd?.getTime() ?? never, secretEnd?.getTime() ?? never))
}

/** The caller with a token; null if the key's owner has left. Facts are replaced, never changed. */
const callerOf = (signed: SignedToken, facts: KeyFacts): Principal | null => {
  if (signed.caller?.facts === facts) return signed.caller.principal
  const principal = principalOf(facts, endOf(signed.claims, facts))
  if (principal === null) return null
  signed.caller = { facts, principal: narrowTo(principal, signed) }
  return signed.caller.principal
}

const narrowTo = (principal: Principal, { claims, scope }: SignedToken): Principal => {
  return {
    ...principal,
    credential: { ...principal.credential, kind: 'TOKEN', tokenId: claims.jti },
    narrowedTo: principal.narrowedTo === null ? scope : intersectGrants(scope, principal.narrowedTo),
    within: claims.org,
    serverOwner: false,
  }
}
