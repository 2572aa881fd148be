/** Sessions of one person. A further sign-in ends the oldest. */
export const MAX_SESSIONS = 20
/** A session ends after so long without use. */
export const UNUSED_MS = 12 * 3_600_000
/** A session ends so long after its sign-in in any case. */
export const LONGEST_MS = 7 * 24 * 3_600_000
/** The last use is stored at most this often. */
export const USE_INTERVAL_MS = 60_000

/** Why a session ended, as its event names it. */
export type SessionEnd =
  | 'signed-out'
  | 'ended'
  | 'replaced'
  | 'too-many'
  | 'expired'
  | 'unused'
  | 'key-revoked'
  | 'key-suspended'
  | 'key-expired'
  | 'secret-replaced'
  | 'left-organization'
  | 'leaked'

interface Lifetime {
  readonly lastUsedAt: Date
  readonly expiresAt: Date
}

/** When a session ends unless it is used again. */
export const endOf = ({ lastUsedAt, expiresAt }: Lifetime): Date =>
  new Date(Math.min(lastUsedAt.getTime() + UNUSED_MS, expiresAt.getTime()))

/** Why the time of a session is over; null if it is not. */
export const lapseOf = (session: Lifetime, now: Date): 'expired' | 'unused' | null => {
  if (session.expiresAt <= now) return 'expired'
  return endOf(session) <= now ? 'unused' : null
}
