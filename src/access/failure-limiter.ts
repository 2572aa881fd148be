import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { addressGroup } from '../kernel/address-group.ts'
import { KeyturnError, RefusedCredential } from '../kernel/errors.ts'
import { isId } from '../kernel/ids.ts'
import type { CallOrigin } from './call-origin.ts'

/** Failing attempts that an address (an IPv6 /64 counts as one), and attempts on a key, may make within a minute before they are slowed down. */
export const FAILURES_PER_ADDRESS = 100
const FAILURES_PER_KEY = 30
const WINDOW_SECONDS = 60

/** Makes a counter of so many points a window: in memory, or shared between instances. */
export type CreateLimiter = (name: string, points: number, windowSeconds: number) => RateLimiterAbstract

const inMemory: CreateLimiter = (keyPrefix, points, duration) => new RateLimiterMemory({ keyPrefix, points, duration })

/**
 * Slows down guessing. Only attempts that failed are counted, and only those are refused: whoever shows a good credential
 * is served, even from an address that somebody else abuses.
 */
export class FailureLimiter {
  private readonly byAddress: RateLimiterAbstract
  private readonly byKey: RateLimiterAbstract
  private readonly onFailure: (limited: boolean) => void

  /** @param onFailure hears of every attempt that failed, and whether there had been too many before it */
  constructor(create: CreateLimiter = inMemory, onFailure: (limited: boolean) => void = () => undefined) {
    this.onFailure = onFailure
    this.byAddress = create('failures:address', FAILURES_PER_ADDRESS, WINDOW_SECONDS)
    this.byKey = create('failures:key', FAILURES_PER_KEY, WINDOW_SECONDS)
  }

  /** Runs an attempt. Its UNAUTHENTICATED becomes RATE_LIMITED where there were too many before it. */
  async guard<T>(from: CallOrigin, attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code !== 'UNAUTHENTICATED') throw error
      const wait = await this.count(from, error instanceof RefusedCredential ? error.keyId : null)
      this.onFailure(wait !== null)
      if (wait === null) throw error
      const message = `Too many attempts failed. Try again in ${wait} seconds, with a credential that is good.`
      throw new KeyturnError('RATE_LIMITED', message, { retryAfterSeconds: wait })
    }
  }

  /** Counts a failure; returns the seconds to wait where there were too many, null otherwise. */
  private async count({ ipAddress }: CallOrigin, keyId: string | null): Promise<number | null> {
    const waits = await Promise.all([
      overdrawn(this.byAddress, addressGroup(ipAddress)),
      // What is no id at all names no key, and would only fill the memory.
      keyId === null || !isId('key', keyId) ? null : overdrawn(this.byKey, keyId),
    ])
    const longest = Math.max(...waits.map((wait) => wait ?? 0))
    return longest === 0 ? null : longest
  }
}

const overdrawn = async (limiter: RateLimiterAbstract, name: string): Promise<number | null> => {
  try {
    await limiter.consume(name)
    return null
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
    throw refusal
  }
}
