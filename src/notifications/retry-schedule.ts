const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Delay before each attempt after the failure of the previous one, in milliseconds. */
const DELAYS_MS = [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR] as const
/** Largest fraction of a delay that is added at random, so that retries do not start at the same time. */
const JITTER = 0.1
const LONGEST_RETRY_AFTER_MS = 24 * HOUR

/**
 * When the next attempt is due after a failure; null after the last attempt.
 *
 * @param attempts number of attempts that were made, at least 1
 * @param retryAfterMs the requested delay of `retry-after` (RFC 9110 section 10.2.3); capped at a day
 * @param random from 0 to 1, scales the jitter
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

/** Parses `retry-after`, seconds or an HTTP date, into milliseconds. Null if it is neither. */
export const parseRetryAfter = (value: string | null, now: Date): number | null => {
  if (value === null) return null
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * SECOND
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
