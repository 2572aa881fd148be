import { setTimeout } from 'node:timers/promises'
import { KeyturnClientError } from '../../client/client.ts'

const ATTEMPTS = 6
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000
const PASSING = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'NETWORK'])

/** Whether a failure is the server's state of the moment, or that of what is in front of it. */
const passes = (error: unknown): error is KeyturnClientError =>
  error instanceof KeyturnClientError &&
  (PASSING.has(error.code) || (error.code === 'BAD_RESPONSE' && (error.status ?? 0) >= 500))

/**
 * Reads something again while the server is busy or away, so that long work survives a restart. For queries alone.
 *
 * @param attempts Infinity for work that goes on until it is interrupted
 */
export const patiently = async <T>(
  read: () => Promise<T>,
  wait: (milliseconds: number) => Promise<void> = setTimeout,
  attempts = ATTEMPTS,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read()
    } catch (error) {
      if (!passes(error) || attempt === attempts) throw error
      const asked = (error.retryAfterSeconds ?? 0) * 1_000
      await wait(Math.min(LONGEST_WAIT_MS, Math.max(asked, FIRST_WAIT_MS * 2 ** attempt)))
    }
  }
}
