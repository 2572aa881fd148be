import type { Clock } from './clock.ts'
import type { Monotonic } from './stopwatch.ts'

const INTERVAL_MS = 1_000
/** Smaller differences are corrections of the system's time service. */
const SMALLEST_JUMP_MS = 2_000

/**
 * Compares the clock with a monotonic one each second, and calls back with each jump, in milliseconds: negative where the
 * clock was set back. A machine that slept counts as a jump ahead. Returns a function that stops it.
 */
export const watchClock = (
  clock: Clock,
  onJump: (ms: number) => void,
  monotonic: Monotonic = () => performance.now(),
): (() => void) => {
  const difference = () => clock.now().getTime() - monotonic()
  let before = difference()
  // Real time on purpose: a timer by the clock would wait for the clock.
  const timer = setInterval(() => {
    const now = difference()
    const jump = Math.round(now - before)
    before = now
    if (Math.abs(jump) >= SMALLEST_JUMP_MS) onJump(jump)
  }, INTERVAL_MS).unref()
  return () => clearInterval(timer)
}
