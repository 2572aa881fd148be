import type { RequestHeaders } from './bearer.ts'
import type { GrantText } from './grants.ts'
import type { FeedState } from './revocation-follower.ts'
import type { VerifiedCredential } from './verified-credential.ts'

export interface VerifierOptions {
  /** Keyturn's public URL. */
  readonly issuer: string
  /** Audience that tokens must be issued for: this service. */
  readonly audience: string
  /** The secret of a key with `tokens:viewer`. Required for the feed, for introspection and to verify secrets. */
  readonly credential?: string
  /** Organization whose revocations to follow. Default: that of `credential`. */
  readonly organizationId?: string
  /** Whether to follow revocations. Default: true with a `credential`. */
  readonly feed?: boolean
  /**
   * What to do with access tokens while revocations cannot be followed: introspect them (cached for 5 s), reject them with
   * 503, or accept them although they may have been revoked. Default: introspect.
   */
  readonly onFeedDown?: 'introspect' | 'refuse' | 'accept'
  /** Tolerated difference between clocks. Default: 5. */
  readonly clockToleranceSeconds?: number
  readonly fetch?: typeof fetch
  /** Default: `globalThis.WebSocket`, else that of the ws package. */
  readonly webSocketImpl?: unknown
}

export interface Verifier {
  /** `off` without a feed, `connecting` until it is live for the first time, `down` from a loss until it has caught up. */
  readonly feedState: FeedState
  /**
   * Resolves when the keys are loaded and the feed is live. Throws VerifyError: unavailable if the issuer does not respond or
   * rejects the verifier.
   */
  ready(): Promise<void>
  /** Verifies a credential. Throws VerifyError if it is not valid for this service now. */
  verify(credential: string): Promise<VerifiedCredential>
  /** Verifies the bearer credential of a request's Authorization header. Throws VerifyError. */
  verifyRequest(request: { readonly headers: RequestHeaders }): Promise<VerifiedCredential>
  /** Throws VerifyError: insufficient_scope if the grant is missing, and TypeError for an invalid grant. */
  requireGrant(verified: VerifiedCredential, grant: GrantText): void
  /** Stops following revocations. */
  close(): Promise<void>
}
