import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { addressGroup } from '../kernel/address-group.ts'
import { KeyturnError } from '../kernel/errors.ts'
import { isId } from '../kernel/ids.ts'
import type { CallOrigin } from './call-origin.ts'

/** Failed attempts per minute that an address (or IPv6 /64) may make before it is limited. */
export const FAILURES_PER_ADDRESS = 100
/** Failed attempts per minute on one key before they are limited. */
const FAILURES_PER_KEY = 30
const WINDOW_SECONDS = 60

/** Creates a counter of `points` per window, in memory or shared between instances. */
export type CreateLimiter = (name: string, points: number, windowSeconds: number) => RateLimiterAbstract

const inMemory: CreateLimiter = (keyPrefix, points, duration) => new RateLimiterMemory({ keyPrefix, points, duration })

/**
 * Limits guessing. Only failed attempts are counted and limited: a caller with a valid credential is always served, also
 * from an address that another caller abuses.
 */
export class FailureLimiter {
  private readonly byAddress: RateLimiterAbstract
  private readonly byKey: RateLimiterAbstract
  private readonly onFailure: (limited: boolean) => void

  /** @param onFailure called for each failed attempt, with whether it was limited */
  constructor(create: CreateLimiter = inMemory, onFailure: (limited: boolean) => void = () => undefined) {
    this.onFailure = onFailure
    this.byAddress = create('failures:address', FAILURES_PER_ADDRESS, WINDOW_SECONDS)
    this.byKey = create('failures:key', FAILURES_PER_KEY, WINDOW_SECONDS)
  }

  /**
   * Counts a failed attempt. Returns the RATE_LIMITED error to answer with if there were too many before it, null otherwise.
   *
   * @param keyId the key that the attempt was about, existing or not; null if it named none
   */
  async consume(from: CallOrigin, keyId: string | null): Promise<KeyturnError | null> {
    const wait = await this.count(from, keyId)
    this.onFailure(wait !== null)
    if (wait === null) return null
    const message = `Too many failed attempts. Try again in ${wait} seconds with a valid credential.`
    return new KeyturnError('RATE_LIMITED', message, { retryAfterSeconds: wait })
  }

  /** Counts a failure. Returns the seconds to wait if there were too many, null otherwise. */
  private async count({ ipAddress }: CallOrigin, keyId: string | null): Promise<number | null> {
    const waits = await Promise.all([
      secondsToWait(this.byAddress, addressGroup(ipAddress)),
      // Ignore malformed ids: they name no key and would only fill the memory.
      keyId === null || !isId('key', keyId) ? null : secondsToWait(this.byKey, keyId),
    ])
    const longest = Math.max(...waits.map((wait) => wait ?? 0))
    return longest === 0 ? null : longest
  }
}

const secondsToWait = async (limiter: RateLimiterAbstract, name: string): Promise<number | null> => {
  try {
    await limiter.consume(name)
    return null
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
    throw refusal
  }
}
