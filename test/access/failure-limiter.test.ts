import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FAILURES_PER_ADDRESS, FailureLimiter } from '../../src/access/failure-limiter.ts'
import { badInput, unauthenticated } from '../../src/kernel/errors.ts'

const from = (ipAddress: string) => ({ requestId: null, ipAddress, userAgent: null })

describe('failing attempts', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const limiter = () => {
    const one = new FailureLimiter()
    const codeOf = (attempt: () => Promise<unknown>, address = '203.0.113.7') =>
      one.guard(from(address), attempt).then(
        () => 'served',
        ({ code, fields }) => (code === 'RATE_LIMITED' ? fields.retryAfterSeconds : code),
      )
    return { fail: (address?: string) => codeOf(() => Promise.reject(unauthenticated()), address), try: codeOf }
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

  it('are counted together for an IPv6 /64, and apart from another /64', async () => {
    const { fail } = limiter()
    for (let count = 0; count < FAILURES_PER_ADDRESS; count += 1)
      expect(await fail(`2001:db8:1:2::${count.toString(16)}`)).toBe('UNAUTHENTICATED')
    expect(await fail('2001:db8:1:2:ffff::1')).toBe(60)
    expect(await fail('2001:db8:1:3::1')).toBe('UNAUTHENTICATED')
  })

  it('are counted for an IPv4 address however it is written', async () => {
    const { fail } = limiter()
    for (let count = 0; count < FAILURES_PER_ADDRESS; count += 1) await fail('::ffff:203.0.113.7')
    expect(await fail('203.0.113.7')).toBe(60)
    expect(await fail('203.0.113.8')).toBe('UNAUTHENTICATED')
  })
})
