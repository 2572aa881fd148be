/**
 * Detects a transaction that starts inside another one, which would deadlock on SQLite. Only tests use it: the tracking
 * (AsyncLocalStorage) slows down every promise of the process before Node.js 24.
 */
export interface NestingGuard {
  readonly isInside: () => boolean
  readonly inside: <T>(work: () => T) => T
  readonly outside: <T>(work: () => T) => T
}

/** Detects nothing. */
export const UNGUARDED: NestingGuard = { isInside: () => false, inside: (work) => work(), outside: (work) => work() }
