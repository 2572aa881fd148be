/** The origin of a call, for the audit log and for limits. */
export interface CallOrigin {
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
}
