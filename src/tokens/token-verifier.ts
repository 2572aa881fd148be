import { hash } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import type { CredentialStrategy } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import { causeOf } from '../audit/caller.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import { keyAccessDenied } from '../audit/events/access-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { unauthenticated } from '../kernel/errors.ts'
import { intersectGrants } from '../kernel/grants.ts'
import { type KeyFacts, type KeyFactsMemory, principalOf } from '../keys/verification/key-facts.ts'
import { mayUseFrom } from '../keys/verification/key-verifier.ts'
import { carries } from '../keys/verification/token-endings.ts'
import type { UsageRecorder } from '../keys/verification/usage-recorder.ts'
import {
  ACCESS_TOKEN_TYPE,
  type AccessTokenClaims,
  grantsOfScope,
  LONGEST_TOKEN_BYTES,
  parseClaims,
} from './access-token.ts'
import type { RevokedTokens } from './revoked-tokens.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface TokenVerifierParts {
  readonly issuer: string
  readonly clock: Clock
  readonly memory: KeyFactsMemory
  readonly signingKeys: SigningKeys
  readonly revoked: RevokedTokens
  readonly usage: UsageRecorder
  readonly denials: DenialRecorder
}

/** A token that is good now, the key behind it, and who it speaks for. */
export interface VerifiedToken {
  readonly claims: AccessTokenClaims
  readonly facts: KeyFacts
  readonly principal: Principal
}

/** Verified signatures are remembered, not the verdict: expiry, revocation and the key's state are asked every time. */
const SIGNATURES_KEPT = 50_000
const ALGORITHMS = ['ES256', 'EdDSA', 'RS256']
/** How far the clock of the instance that made a token may be ahead of this one's. */
const CLOCK_SKEW_MS = 60_000

// One message for whatever is wrong: a forged token must not be told from an expired one.
const refused = () =>
  unauthenticated('This access token is not valid, or not any more: exchange the key for a new one.')

// Only the holder of a valid token reads this, so it may say what is wrong with it.
const wrongAudience = (issuer: string) =>
  unauthenticated(`This access token is for another audience. Request one with audience=${issuer} to use this API.`)

const looksLikeJwt = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)
// What every JWT begins with: a JSON object as base64url.
const beginsLikeJwt = (text: string): boolean => text.startsWith('eyJ')

/** Decides whether an access token of ours is good, here and now. */
export class TokenVerifier implements CredentialStrategy {
  private readonly parts: TokenVerifierParts
  private readonly signatures = new LRUCache<string, AccessTokenClaims>({ max: SIGNATURES_KEPT })

  constructor(parts: TokenVerifierParts) {
    this.parts = parts
  }

  recognizes(credential: string): boolean {
    return looksLikeJwt(credential) || beginsLikeJwt(credential)
  }

  /**
   * The caller that a bearer token speaks for. It must have been made for this service, and be used from where its key may
   * be. The refusal of a token that this service signed is recorded.
   */
  async authenticate(credential: string, from: CallOrigin): Promise<Principal> {
    const verified = await this.verify(credential)
    const isUsable = verified !== null && mayUseFrom(verified.facts.key, from.ipAddress)
    if (!isUsable || !this.isForThisApi(verified)) {
      await this.recordRefusal(credential, from)
      throw isUsable ? wrongAudience(this.parts.issuer) : refused()
    }
    this.parts.usage.record(verified.facts.key.id, null, from.ipAddress)
    return verified.principal
  }

  async recheck(credential: string, from: CallOrigin): Promise<Principal | null> {
    const verified = await this.verify(credential)
    if (verified === null || !this.isForThisApi(verified)) return null
    return mayUseFrom(verified.facts.key, from.ipAddress) ? verified.principal : null
  }

  /** RFC 9068 section 4: a token for another audience is not accepted, so a service that receives it cannot use it here. */
  private isForThisApi({ claims }: VerifiedToken): boolean {
    return claims.aud === this.parts.issuer
  }

  /** The token and what it carries now; null where it is not good, for whatever reason. */
  async verify(token: string): Promise<VerifiedToken | null> {
    const claims = await this.readLive(token)
    const { clock, memory, revoked } = this.parts
    if (claims === null || (await revoked.has(claims.jti))) return null
    const now = clock.now()
    const facts = await memory.find(claims.client_id)
    if (facts === null || !carries(facts, claims, now)) return null
    const principal = principalOf(facts, endOf(claims, facts))
    return principal === null ? null : { claims, facts, principal: narrowTo(principal, claims) }
  }

  /** The claims of a token that this service signed, within its time; ended or not. Null for any other text. */
  async readLive(token: string): Promise<AccessTokenClaims | null> {
    const claims = await this.readSigned(token)
    if (claims === null) return null
    const now = this.parts.clock.now().getTime()
    return claims.exp * 1000 > now && claims.iat * 1000 <= now + CLOCK_SKEW_MS ? claims : null
  }

  /** The claims of a token that this service signed, expired or not; null for any other text. */
  async readSigned(token: string): Promise<AccessTokenClaims | null> {
    if (token.length > LONGEST_TOKEN_BYTES || !looksLikeJwt(token)) return null
    const fingerprint = hash('sha256', token, 'hex')
    const known = this.signatures.get(fingerprint)
    if (known !== undefined) return known
    const claims = await this.checkSignature(token)
    if (claims !== null) this.signatures.set(fingerprint, claims)
    return claims
  }

  /**
   * Records that a token was refused, in the audit log of its key's organization. Returns false, and records nothing, where
   * this service did not sign the token: it belongs to no organization.
   */
  async recordRefusal(token: string, from: CallOrigin): Promise<boolean> {
    const { memory, denials } = this.parts
    const claims = await this.readSigned(token)
    const facts = claims === null ? null : await memory.find(claims.client_id)
    if (facts === null) return false
    const { key } = facts
    await denials.record({
      organizationId: key.organizationId,
      cause: causeOf(null, from),
      draft: keyAccessDenied(key, { reason: 'token' }),
    })
    return true
  }

  private async checkSignature(token: string): Promise<AccessTokenClaims | null> {
    const { signingKeys, issuer } = this.parts
    const { kid, alg } = isCanonical(token) ? headerOf(token) : {}
    // Outside of the try: that the key could not be looked for says nothing about the token.
    const key = kid === undefined || alg === undefined ? null : await signingKeys.verificationKey(kid, alg)
    if (key === null) return null
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer,
        typ: ACCESS_TOKEN_TYPE,
        algorithms: ALGORITHMS,
        // Expiry is asked every time, by our own clock: here the token is read as of the time it was made.
        currentDate: issuedAt(token),
      })
      return parseClaims(payload)
    } catch {
      // Whatever is wrong with a text that claims to be a token is its sender's affair; all of it is refused alike.
      return null
    }
  }
}

// A decoder leaves the last bits of base64url alone: without this, a token would have other texts beside its own.
const isCanonical = (token: string): boolean =>
  token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)

const headerOf = (token: string): { readonly kid?: string; readonly alg?: string } => {
  try {
    return decodeProtectedHeader(token)
  } catch {
    return {}
  }
}

const issuedAt = (token: string): Date => {
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return new Date(typeof payload.iat === 'number' ? payload.iat * 1000 : 0)
}

/** When a token ends unless something changes: it does not outlive its key, nor the overlap of the secret it was made from. */
const endOf = ({ exp, key_secret: secretId }: AccessTokenClaims, { key, secrets }: KeyFacts): Date => {
  const secret = secrets.find(({ id }) => id === secretId)
  const ends = [key.expiresAt, secret?.validUntil].filter((end) => end != null)
  return new Date(Math.min(exp * 1000, ...ends.map((end) => end.getTime())))
}

const narrowTo = (principal: Principal, claims: AccessTokenClaims): Principal => {
  const scope = grantsOfScope(claims)
  return {
    ...principal,
    credential: { ...principal.credential, kind: 'TOKEN', tokenId: claims.jti },
    narrowedTo: principal.narrowedTo === null ? scope : intersectGrants(scope, principal.narrowedTo),
    within: claims.org,
    serverOwner: false,
  }
}
