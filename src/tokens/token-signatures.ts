import { hash } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Principal } from '../access/principal.ts'
import type { Grant } from '../kernel/grants.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import { UseCounts } from '../kernel/use-counts.ts'
import type { KeyFacts } from '../keys/verification/key-facts.ts'
import {
  ACCESS_TOKEN_TYPE,
  type AccessTokenClaims,
  grantsOfScope,
  LONGEST_TOKEN_BYTES,
  parseClaims,
} from './access-token.ts'
import type { SigningKeys } from './signing-keys.ts'

const MAX_CACHED = 50_000
const ALGORITHMS = ['ES256', 'EdDSA', 'RS256']

const isJwtShaped = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)

/** A token that this service signed, expired or not. */
export interface SignedToken {
  readonly claims: AccessTokenClaims
  /** The grants of its scope. */
  readonly scope: readonly Grant[]
  /** Its caller, and the facts of the key that this was worked out from. It is the same for as long as they are. */
  caller: { readonly facts: KeyFacts; readonly principal: Principal } | null
}

/**
 * Verifies the signatures of access tokens, and caches the claims of those that are valid. Expiry, revocation and the state
 * of the key are not part of it: they are checked at each use.
 */
export class TokenSignatures {
  private readonly issuer: string
  private readonly signingKeys: SigningKeys
  readonly uses = new UseCounts()
  private readonly cache = new LRUCache<string, SignedToken>({ max: MAX_CACHED })

  constructor(issuer: string, signingKeys: SigningKeys) {
    this.issuer = issuer
    this.signingKeys = signingKeys
  }

  /** Number of tokens whose claims are cached. */
  get size(): number {
    return this.cache.size
  }

  /** The token if this service signed it; null for any other text. */
  read(token: string): MaybePromise<SignedToken | null> {
    if (token.length > LONGEST_TOKEN_BYTES) return null
    const digest = hash('sha256', token, 'hex')
    const cached = this.cache.get(digest)
    if (cached !== undefined) {
      this.uses.hits += 1
      return cached
    }
    return isJwtShaped(token) ? this.readNew(token, digest) : null
  }

  private async readNew(token: string, digest: string): Promise<SignedToken | null> {
    this.uses.misses += 1
    const claims = await this.verify(token)
    if (claims === null) return null
    const signed: SignedToken = { claims, scope: grantsOfScope(claims), caller: null }
    this.cache.set(digest, signed)
    return signed
  }

  private async verify(token: string): Promise<AccessTokenClaims | null> {
    const { kid, alg } = isCanonical(token) ? headerOf(token) : {}
    // Outside of the try: a failed look-up of the key says nothing about the token.
    const key = kid === undefined || alg === undefined ? null : await this.signingKeys.verificationKey(kid, alg)
    if (key === null) return null
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer: this.issuer,
        typ: ACCESS_TOKEN_TYPE,
        algorithms: ALGORITHMS,
        // The caller checks the expiry by the service's own clock. Here the token is read as of the time it was issued.
        currentDate: issuedAt(token),
      })
      return parseClaims(payload)
    } catch {
      // Any fault of a text that claims to be a token is its sender's; all are refused alike.
      return null
    }
  }
}

// A decoder ignores the last bits of base64url. Without this check a token would have several valid texts.
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
