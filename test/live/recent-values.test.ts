import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RecentValues } from '../../src/live/recent-values.ts'

describe('recent values', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
  afterEach(() => vi.useRealTimers())

  it('are created once for all callers within half a second, and again after a second', async () => {
    const values = new RecentValues<number>()
    const make = vi.fn(async () => 7)
    expect(await Promise.all([values.get('a', make), values.get('a', make)])).toEqual([7, 7])
    vi.advanceTimersByTime(500)
    await values.get('a', make)
    expect(make).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(500)
    await values.get('a', make)
    expect(make).toHaveBeenCalledTimes(2)
    vi.advanceTimersByTime(1_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are created again immediately after a failure', async () => {
    const values = new RecentValues<number>()
    const failing = async () => Promise.reject(new Error('The connection was lost.'))
    await expect(values.get('a', failing)).rejects.toThrow('The connection was lost.')
    expect(await values.get('a', async () => 1)).toBe(1)
  })

  it('are bounded: the oldest ones are created again if there are too many', async () => {
    const values = new RecentValues<string>()
    const make = vi.fn(async () => 'made')
    for (let number = 0; number < 10_001; number += 1) await values.get(`${number}`, make)
    make.mockClear()
    await values.get('10000', make)
    expect(make).not.toHaveBeenCalled()
    await values.get('0', make)
    expect(make).toHaveBeenCalledTimes(1)
  })
})
