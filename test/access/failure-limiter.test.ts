import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FAILURES_PER_ADDRESS, FailureLimiter } from '../../src/access/failure-limiter.ts'

const from = (ipAddress: string) => ({ requestId: null, ipAddress, userAgent: null })

describe('failed attempts', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const limiter = () => {
    const one = new FailureLimiter()
    /** The seconds to wait; null if the failure is not limited. */
    const fail = async (address = '203.0.113.7') =>
      (await one.consume(from(address), null))?.fields.retryAfterSeconds ?? null
    return { fail }
  }

  it('are limited until the seconds of retry-after have passed', async () => {
    const { fail } = limiter()
    for (let count = 0; count < FAILURES_PER_ADDRESS; count += 1) expect(await fail()).toBe(null)
    vi.advanceTimersByTime(20_000)
    const wait = await fail()
    expect(wait).toBe(40)
    vi.advanceTimersByTime((Number(wait) - 1) * 1_000)
    expect(await fail()).toBe(1)
    vi.advanceTimersByTime(1_000)
    expect(await fail()).toBe(null)
  })

  it('are counted together within an IPv6 /64, and separately from another /64', async () => {
    const { fail } = limiter()
    for (let count = 0; count < FAILURES_PER_ADDRESS; count += 1)
      expect(await fail(`2001:db8:1:2::${count.toString(16)}`)).toBe(null)
    expect(await fail('2001:db8:1:2:ffff::1')).toBe(60)
    expect(await fail('2001:db8:1:3::1')).toBe(null)
  })

  it('are counted per IPv4 address in any notation', async () => {
    const { fail } = limiter()
    for (let count = 0; count < FAILURES_PER_ADDRESS; count += 1) await fail('::ffff:203.0.113.7')
    expect(await fail('203.0.113.7')).toBe(60)
    expect(await fail('203.0.113.8')).toBe(null)
  })
})
