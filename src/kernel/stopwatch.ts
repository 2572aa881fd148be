import type { Clock } from './clock.ts'

/** Milliseconds that never run backwards, such as `performance.now`. */
export type Monotonic = () => number

/**
 * Starts to measure. The result is the milliseconds since then, by whichever clock counted more: a monotonic clock stands
 * still while the machine sleeps, the system's clock can be set back. So it is never less than what has passed, unless both
 * happen at once, and may be more.
 */
export const startStopwatch = (clock: Clock, monotonic: Monotonic = () => performance.now()): (() => number) => {
  const [startedAt, startedOn] = [monotonic(), clock.now().getTime()]
  return () => Math.max(monotonic() - startedAt, clock.now().getTime() - startedOn)
}
