/** The only source of the current time. Tests replace it with a clock that they control. */
export interface Clock {
  now(): Date
  /**
   * Calls back once, at the instant or as soon as possible after it (immediately if it has passed).
   * Returns a function that cancels the call. A pending call does not keep the process alive.
   */
  wakeAt(instant: Date, callback: () => void): () => void
}

// setTimeout takes a signed 32-bit number of milliseconds. A longer wait is split into several timers.
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => new Date(),
  wakeAt(instant, callback) {
    let timer: NodeJS.Timeout
    const arm = () => {
      const left = instant.getTime() - Date.now()
      timer = left > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(callback, Math.max(0, left))
      timer.unref()
    }
    arm()
    return () => clearTimeout(timer)
  },
}
