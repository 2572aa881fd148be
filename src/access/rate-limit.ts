import { LRUCache } from 'lru-cache'
import type { Clock } from '../kernel/clock.ts'

export interface RateLimitOptions {
  readonly clock: Clock
  readonly perSecond: number
  /** How many may come at once after a pause. */
  readonly burst: number
  /** How many names are kept; the one that was used longest ago is dropped first. */
  readonly mostNames: number
}

/**
 * A sustained rate with a burst for each of many names: a token bucket, kept as the instant at which it is full again
 * (GCRA). Lives in memory alone.
 */
export class RateLimit {
  private readonly clock: Clock
  private readonly intervalMs: number
  private readonly toleranceMs: number
  private readonly burst: number
  private readonly fullAt: LRUCache<string, number>

  constructor({ clock, perSecond, burst, mostNames }: RateLimitOptions) {
    this.clock = clock
    this.intervalMs = 1000 / perSecond
    this.toleranceMs = burst * this.intervalMs
    this.burst = burst
    this.fullAt = new LRUCache({ max: mostNames })
  }

  /** Milliseconds until so many may come; zero where they may now. More than the burst count as the burst. */
  waitMs(name: string, count = 1): number {
    const now = this.clock.now().getTime()
    const fullAt = Math.max(now, this.fullAt.get(name) ?? 0)
    return Math.max(0, fullAt + this.costMs(count) - this.toleranceMs - now)
  }

  /** Counts so many. */
  take(name: string, count = 1): void {
    const now = this.clock.now().getTime()
    this.fullAt.set(name, Math.max(now, this.fullAt.get(name) ?? 0) + this.costMs(count))
  }

  private costMs(count: number): number {
    return Math.min(count, this.burst) * this.intervalMs
  }
}
