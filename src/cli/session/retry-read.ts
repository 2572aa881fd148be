import { setTimeout } from 'node:timers/promises'
import { KeyturnClientError } from '../../client/client.ts'

const ATTEMPTS = 6
const FIRST_WAIT_MS = 500
const MAX_WAIT_MS = 60_000
const TRANSIENT = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'NETWORK'])

/** Whether a failure is transient: of the server, of the network, or of a proxy before the server. */
const isTransient = (error: unknown): error is KeyturnClientError =>
  error instanceof KeyturnClientError &&
  (TRANSIENT.has(error.code) || (error.code === 'BAD_RESPONSE' && (error.status ?? 0) >= 500))

/**
 * Retries a read while the server is busy or unavailable, so that long work survives a restart. Not for mutations.
 *
 * @param attempts largest number of attempts; Infinity for work that runs until it is interrupted
 */
export const retryRead = async <T>(
  read: () => Promise<T>,
  wait: (milliseconds: number) => Promise<void> = setTimeout,
  attempts = ATTEMPTS,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read()
    } catch (error) {
      if (!isTransient(error) || attempt === attempts) throw error
      const requestedMs = (error.retryAfterSeconds ?? 0) * 1_000
      await wait(Math.min(MAX_WAIT_MS, Math.max(requestedMs, FIRST_WAIT_MS * 2 ** attempt)))
    }
  }
}
