import type { PresentedCredential } from './authenticator.ts'

/** Who reads a live subscription, as far as it must know. */
export interface LiveReader {
  /** What the caller presented; null where that was nothing. */
  readonly credential: PresentedCredential | null
  /** Ends the connection that carries the subscription, with a WebSocket close code that says why. */
  readonly end: (code: number, reason: string) => void
  /**
   * Calls back once when whoever reads has gone, at once where they have gone already. Returns a function that stops
   * waiting for it.
   */
  readonly onGone: (callback: () => void) => () => void
}
