import type { Redis } from 'ioredis'
import type { FindPath } from './access-control.ts'
import { CallerRates, type CallerRatesOptions } from './caller-rates.ts'
import { FailureLimiter } from './failure-limiter.ts'
import { sharedLimiters } from './shared-limiters.ts'

export interface LimitsParts extends CallerRatesOptions {
  /** Counts failed attempts of all instances together; null counts those of this instance. */
  readonly redis: Redis | null
  readonly findPath: FindPath
  /** Called for each failed attempt to authenticate, with whether it was limited. */
  readonly onFailure: (limited: boolean) => void
}

export interface CallerLimits {
  /** Limits failed attempts to authenticate. */
  readonly failures: FailureLimiter
  /** Limits the rate of valid credentials. */
  readonly rates: CallerRates
}

/** Constructs the limits of callers. */
export const createLimits = ({ redis, onFailure, ...options }: LimitsParts): CallerLimits => ({
  failures: new FailureLimiter(redis === null ? undefined : sharedLimiters(redis), onFailure),
  rates: new CallerRates(options),
})
