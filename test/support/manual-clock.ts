import type { Clock } from '../../src/kernel/clock.ts'

interface Waiting {
  readonly at: number
  readonly callback: () => void
}

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  private time: number
  private waiting: Waiting[] = []

  constructor(start: Date = new Date('2026-06-01T12:00:00.000Z')) {
    this.time = start.getTime()
  }

  now(): Date {
    return new Date(this.time)
  }

  wakeAt(instant: Date, callback: () => void): () => void {
    const entry = { at: instant.getTime(), callback }
    this.waiting.push(entry)
    return () => {
      this.waiting = this.waiting.filter((other) => other !== entry)
    }
  }

  /** Advances the time and runs the callbacks that are due, in order. */
  advance(seconds: number): void {
    const target = this.time + Math.round(seconds * 1000)
    for (;;) {
      const [next] = this.waiting.filter((entry) => entry.at <= target).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.waiting = this.waiting.filter((other) => other !== next)
      this.time = Math.max(this.time, next.at)
      next.callback()
    }
    this.time = target
  }
}
