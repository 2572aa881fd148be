import type { PresentedCredential } from './authenticator.ts'

/** The reader of a live subscription. */
export interface LiveReader {
  /** The credential of the reader; null for an anonymous one. */
  readonly credential: PresentedCredential | null
  /** Whether the connection is closing, so that nothing more reaches the reader; absent where that is unknown. */
  readonly closing?: boolean
  /** Closes the connection that carries the subscription, with a WebSocket close code. */
  readonly end: (code: number, reason: string) => void
  /**
   * Calls back once when the reader has disconnected, immediately if it has already. Returns a function that removes the
   * callback.
   */
  readonly onGone: (callback: () => void) => () => void
}
