import type { Principal } from './principal.ts'

/** The origin of a call, for the audit log and for limits. */
export interface CallOrigin {
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** Called by the Authenticator for each credential of the call that it accepts. */
  readonly onAuthenticated?: (principal: Principal) => void
}
