/** Where every "now" comes from, so that tests can move time. */
export interface Clock {
  now(): Date
  /**
   * Calls back once, at the instant or as soon after it as the process can (at once where it has passed).
   * Returns a function that cancels the call; a pending call does not keep the process alive.
   */
  wakeAt(instant: Date, callback: () => void): () => void
}

// setTimeout takes a signed 32-bit number of milliseconds; longer waits are made of several.
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
