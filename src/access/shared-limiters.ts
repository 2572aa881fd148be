import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import type { CreateLimiter } from './failure-limiter.ts'

/** Counts failed attempts of all instances together, in Redis. Each instance counts in memory while Redis is unavailable. */
export const sharedLimiters =
  (client: Redis): CreateLimiter =>
  (keyPrefix, points, duration) =>
    new RateLimiterRedis({
      storeClient: client,
      keyPrefix: `keyturn:${keyPrefix}`,
      points,
      duration,
      insuranceLimiter: new RateLimiterMemory({ points, duration }),
    })
