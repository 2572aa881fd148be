import { type Clock, systemClock } from '../../src/kernel/clock.ts'

/** The system's clock, which a test can set. */
export class JumpingClock implements Clock {
  private aheadMs = 0

  now(): Date {
    return new Date(Date.now() + this.aheadMs)
  }

  wakeAt(instant: Date, callback: () => void): () => void {
    return systemClock.wakeAt(new Date(instant.getTime() - this.aheadMs), callback)
  }

  /** Sets it so far ahead of the true time; negative for behind. */
  set(aheadMs: number): void {
    this.aheadMs = aheadMs
  }
}
