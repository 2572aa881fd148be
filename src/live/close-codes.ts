import type { UnauthenticatedReason } from '../kernel/errors.ts'

/** WebSocket close codes of this server. */
export const CLOSE_CODES = {
  /** The service restarts. Clients reconnect by themselves (RFC 6455 registry: Service Restart). */
  restart: 1012,
  /** The instance is full, or a dependency is away. Clients reconnect by themselves (RFC 6455 registry: Try Again Later). */
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

/** Text of the close frame with `credentialNoLongerValid`; ends with the reason where it is known. */
export const noLongerValidText = (reason: UnauthenticatedReason | null): string =>
  reason === null ? 'Credential no longer valid' : `Credential no longer valid: ${reason}`
