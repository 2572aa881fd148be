import type { LRUCache } from 'lru-cache'
import type { Clock } from '../kernel/clock.ts'
import { lruCache } from '../kernel/lru-cache.ts'

export interface RateLimitOptions {
  readonly clock: Clock
  readonly perSecond: number
  /** Number of actions allowed at once after an idle period. */
  readonly burst: number
  /** Largest number of names in memory. The least recently used one is evicted first. */
  readonly maxNames: number
}

/**
 * A sustained rate with a burst for each name: a token bucket, stored as the instant at which it is full again (GCRA).
 * It is kept in memory only.
 */
export class RateLimit {
  private readonly clock: Clock
  private readonly intervalMs: number
  private readonly toleranceMs: number
  private readonly burst: number
  private readonly fullAt: LRUCache<string, number>

  constructor({ clock, perSecond, burst, maxNames }: RateLimitOptions) {
    this.clock = clock
    this.intervalMs = 1000 / perSecond
    this.toleranceMs = burst * this.intervalMs
    this.burst = burst
    this.fullAt = lruCache(maxNames)
  }

  /** Milliseconds until `count` actions are allowed; zero if they are allowed now. A count above the burst counts as the burst. */
  waitMs(name: string, count = 1): number {
    const now = this.clock.now().getTime()
    return Math.max(0, this.fullAtOf(name, now) + this.costMs(count) - this.toleranceMs - now)
  }

  /** Counts `count` actions. */
  take(name: string, count = 1): void {
    const now = this.clock.now().getTime()
    this.fullAt.set(name, this.fullAtOf(name, now) + this.costMs(count))
  }

  private fullAtOf(name: string, now: number): number {
    const fullAt = this.fullAt.get(name) ?? 0
    const latest = now + this.toleranceMs
    if (fullAt <= latest) return Math.max(now, fullAt)
    // From a clock that was ahead: the bucket counts as empty, and nobody waits until that clock was right.
    this.fullAt.set(name, latest)
    return latest
  }

  private costMs(count: number): number {
    return Math.min(count, this.burst) * this.intervalMs
  }
}
