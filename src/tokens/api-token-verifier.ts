import type { CallOrigin } from '../access/call-origin.ts'
import type { CallerAddress, CredentialStrategy, Verification } from '../access/verification.ts'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import type { TokenRefusal, TokenVerifier, VerifiedToken } from './token-verifier.ts'

// Every JWT begins with a JSON object in base64url.
const beginsLikeJwt = (text: string): boolean => text.startsWith('eyJ')
const isJwtShaped = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)

/**
 * Verifies access tokens that are presented to Keyturn's own API. A token for another audience is refused (RFC 9068
 * section 4), so that a service that receives one cannot use it here.
 */
export class ApiTokenVerifier implements CredentialStrategy {
  private readonly tokens: TokenVerifier
  private readonly issuer: string

  constructor(tokens: TokenVerifier, issuer: string) {
    this.tokens = tokens
    this.issuer = issuer
  }

  recognizes(credential: string): boolean {
    return isJwtShaped(credential) || beginsLikeJwt(credential)
  }

  verify(token: string, address: CallerAddress): MaybePromise<Verification<VerifiedToken, TokenRefusal>> {
    return andThen(this.tokens.verify(token, address), (verification) => this.forThisApi(verification))
  }

  private forThisApi(
    verification: Verification<VerifiedToken, TokenRefusal>,
  ): Verification<VerifiedToken, TokenRefusal> {
    if (!verification.valid || verification.verified.claims.aud === this.issuer) return verification
    return {
      valid: false,
      reason: 'UNKNOWN',
      // Only the holder of a valid token reads this.
      message: `This access token is for another audience. Request one with audience=${this.issuer} to use this API.`,
      keyId: null,
      auditReason: 'token',
      facts: verification.verified.facts,
    }
  }

  recordUse(verified: VerifiedToken, address: CallerAddress): MaybePromise<void> {
    return this.tokens.recordUse(verified, address)
  }

  recordRefusal(refusal: TokenRefusal, from: CallOrigin): Promise<boolean> {
    return this.tokens.recordRefusal(refusal, from)
  }
}
