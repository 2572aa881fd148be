import { setTimeout } from 'node:timers/promises'
import { KeyturnClientError } from '../../client/client.ts'

const ATTEMPTS = 6
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000
const PASSING = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'NETWORK'])

/** Reads something again while the server is busy or away, so that long work survives a restart. For queries alone. */
export const patiently = async <T>(
  read: () => Promise<T>,
  wait: (milliseconds: number) => Promise<void> = setTimeout,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof KeyturnClientError && PASSING.has(error.code)) || attempt === ATTEMPTS) throw error
      const asked = (error.retryAfterSeconds ?? 0) * 1_000
      await wait(Math.min(LONGEST_WAIT_MS, Math.max(asked, FIRST_WAIT_MS * 2 ** attempt)))
    }
  }
}
