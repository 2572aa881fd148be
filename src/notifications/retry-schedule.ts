const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Time before each attempt, after the failure of the one before it, in milliseconds. */
const DELAYS_MS = [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR] as const
/** Part of a delay that is added at random, so that receivers are not all tried again at once. */
const JITTER = 0.1
const LONGEST_RETRY_AFTER_MS = 24 * HOUR

/**
 * When to try again after the failure of an attempt; null after the last one.
 *
 * @param attempts that were made, at least one
 * @param retryAfterMs what the receiver asked for in `retry-after` (RFC 9110 section 10.2.3), at most a day counts
 * @param random from 0 to 1
 */
export const nextAttemptAt = (
  now: Date,
  attempts: number,
  retryAfterMs: number | null,
  random: number,
): Date | null => {
  const delay = DELAYS_MS[attempts]
  if (delay === undefined) return null
  const wanted = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS)
  return new Date(now.getTime() + Math.ceil(Math.max(delay, wanted) * (1 + JITTER * random)))
}

/** Reads `retry-after`: seconds or an HTTP date. Null where it is neither. */
export const parseRetryAfter = (value: string | null, now: Date): number | null => {
  if (value === null) return null
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * SECOND
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
