/** Between two reloads. A burst of events costs two: one at its first event, one after it. */
export const BASE_SPACING_MS = 700
/** Between two reloads while events keep coming. */
const LONGEST_SPACING_MS = 10_000

/**
 * How long a reload waits. Events that keep coming double the wait each time, so that a screen under steady writes
 * stays calm. A pause of twice the last wait ends that.
 */
export class Pace {
  private lastAt = Number.NEGATIVE_INFINITY
  private spacing = BASE_SPACING_MS

  /** From now until a reload for an event that happens now. */
  wait(now: number): number {
    return Math.max(0, this.lastAt + this.spacing - now)
  }

  /** The same for a reload that somebody waits for: at most the shortest wait. */
  urgentWait(now: number): number {
    return Math.max(0, this.lastAt + BASE_SPACING_MS - now)
  }

  /** Counts a reload that happens now. */
  count(now: number): void {
    const isCalm = now - this.lastAt >= 2 * this.spacing
    this.spacing = isCalm ? BASE_SPACING_MS : Math.min(2 * this.spacing, LONGEST_SPACING_MS)
    this.lastAt = now
  }
}
