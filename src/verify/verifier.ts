import type { RequestHeaders } from './bearer.ts'
import type { GrantText } from './grants.ts'
import type { FeedState } from './revocation-follower.ts'
import type { VerifiedCredential } from './verified-credential.ts'

export interface VerifierOptions {
  /** Keyturn's public URL. */
  readonly issuer: string
  /** Who tokens must be for: this service. */
  readonly audience: string
  /** The secret of a key with `tokens:viewer`. The feed, introspection and raw secrets need it. */
  readonly credential?: string
  /** Whose revocations to follow. Default: the organization of `credential`. */
  readonly organizationId?: string
  /** Whether to follow revocations. Default: whether there is a `credential`. */
  readonly feed?: boolean
  /**
   * What to do with an access token while revocations cannot be followed: ask the server about it (and keep the answer for
   * 5 s), refuse it with 503, or accept it although it may have been revoked. Default: introspect.
   */
  readonly onFeedDown?: 'introspect' | 'refuse' | 'accept'
  /** Default: 5. */
  readonly clockToleranceSeconds?: number
  readonly fetch?: typeof fetch
  /** Default: `globalThis.WebSocket`, else that of the ws package. */
  readonly webSocketImpl?: unknown
}

export interface Verifier {
  /** `off` without a feed, `connecting` until it is live for the first time, `down` after a loss until it has caught up. */
  readonly feedState: FeedState
  /**
   * Resolves when the keys are there and the feed is live. Throws VerifyError: unavailable where the issuer does not answer or
   * refuses the verifier.
   */
  ready(): Promise<void>
  /** Throws VerifyError for a credential that is not valid for this service, now. */
  verify(credential: string): Promise<VerifiedCredential>
  /** The credential of a request's Authorization header. Throws VerifyError. */
  verifyRequest(request: { readonly headers: RequestHeaders }): Promise<VerifiedCredential>
  /** Throws VerifyError: insufficient_scope, and TypeError for what cannot be a grant. */
  requireGrant(verified: VerifiedCredential, grant: GrantText): void
  /** Stops following revocations. */
  close(): Promise<void>
}
