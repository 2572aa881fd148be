import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchClock } from '../../src/kernel/clock-jumps.ts'
import { ManualClock } from '../support/manual-clock.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('a jump of the clock is reported once ahead and once back, and the passing of time is not', () => {
  const clock = new ManualClock()
  const jumps: number[] = []
  const stop = watchClock(clock, (ms) => jumps.push(ms))
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1)
      vi.advanceTimersByTime(1_000)
    }
  }
  pass(10)
  clock.advance(3_600)
  pass(5)
  clock.advance(-3_600)
  pass(5)
  clock.advance(0.5)
  pass(5)
  expect(jumps).toEqual([3_600_000, -3_600_000])
  stop()
  clock.advance(3_600)
  pass(2)
  expect(jumps).toHaveLength(2)
})
