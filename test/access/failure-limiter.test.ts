import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FAILURES_PER_ADDRESS, FailureLimiter } from '../../src/access/failure-limiter.ts'
import { badInput, unauthenticated } from '../../src/kernel/errors.ts'

const FROM = { requestId: null, ipAddress: '203.0.113.7', userAgent: null }

describe('failing attempts', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const limiter = () => {
    const one = new FailureLimiter()
    const codeOf = (attempt: () => Promise<unknown>) =>
      one.guard(FROM, attempt).then(
        () => 'served',
        ({ code, fields }) => (code === 'RATE_LIMITED' ? fields.retryAfterSeconds : code),
      )
    return { fail: () => codeOf(() => Promise.reject(unauthenticated())), try: codeOf }
  }

  it('are answered again once the seconds that retry-after named are over, and not before', async () => {
    const { fail } = limiter()
    for (let count = 0; count < FAILURES_PER_ADDRESS; count += 1) expect(await fail()).toBe('UNAUTHENTICATED')
    vi.advanceTimersByTime(20_000)
    const wait = await fail()
    expect(wait).toBe(40)
    vi.advanceTimersByTime((wait - 1) * 1_000)
    expect(await fail()).toBe(1)
    vi.advanceTimersByTime(1_000)
    expect(await fail()).toBe('UNAUTHENTICATED')
  })

  it('are neither those that succeed nor those that are malformed, however many', async () => {
    const { fail, try: attempt } = limiter()
    for (let count = 0; count < 2 * FAILURES_PER_ADDRESS; count += 1) {
      expect(await attempt(async () => 'good')).toBe('served')
      expect(await attempt(() => Promise.reject(badInput('scope', 'is none')))).toBe('BAD_USER_INPUT')
    }
    expect(await fail()).toBe('UNAUTHENTICATED')
  })
})
