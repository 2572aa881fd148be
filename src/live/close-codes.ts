import type { UnauthenticatedReason } from '../kernel/errors.ts'

/** WebSocket close codes of this server (RFC 6455 section 7.4). */
export const CLOSE_CODES = {
  /** Service Restart of the IANA registry. Clients reconnect automatically. */
  restart: 1012,
  /** Try Again Later of the IANA registry: full, or a dependency is unavailable. Clients reconnect automatically. */
  tryAgainLater: 1013,
  /** The credential of connection_init is invalid. */
  unauthorized: 4401,
  /** The page that opened the connection may not use the session cookie that came with it. */
  forbidden: 4403,
  /** The credential of the connection is no longer valid. */
  credentialNoLongerValid: 4403,
  /** The client exceeds a limit, or reads too slowly. */
  limitExceeded: 4429,
} as const

/** Reason text of a close frame with `credentialNoLongerValid`. Ends with the reason if it is known. */
export const noLongerValidText = (reason: UnauthenticatedReason | null): string =>
  reason === null ? 'Credential no longer valid' : `Credential no longer valid: ${reason}`
