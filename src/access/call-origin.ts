/** Where a call comes from. */
export interface CallOrigin {
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
}
