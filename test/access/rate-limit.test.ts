import { expect, it } from 'vitest'
import { RateLimit } from '../../src/access/rate-limit.ts'
import { ManualClock } from '../support/manual-clock.ts'

it('a clock that jumps ahead and back costs a caller at most one bucket', () => {
  const clock = new ManualClock()
  const limit = new RateLimit({ clock, perSecond: 10, burst: 50, maxNames: 10 })
  clock.advance(86_400)
  limit.take('caller')
  clock.advance(-86_400)
  expect(limit.waitMs('caller')).toBe(100)
  clock.advance(0.1)
  expect(limit.waitMs('caller')).toBe(0)
})
