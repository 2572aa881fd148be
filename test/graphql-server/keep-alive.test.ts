import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KeepAlive } from '../../src/graphql-server/keep-alive.ts'

const SOCKETS = 400

describe('the pings of WebSockets', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
  afterEach(() => vi.useRealTimers())

  it('reach every socket once in 50 seconds, and not all at the same time', () => {
    const keepAlive = new KeepAlive()
    const pings = Array.from({ length: SOCKETS }, () => vi.fn())
    const count = () => pings.reduce((sum, ping) => sum + ping.mock.calls.length, 0)
    for (const ping of pings) keepAlive.add({ ping })
    vi.advanceTimersByTime(250)
    expect(count()).toBe(2)
    vi.advanceTimersByTime(49_750)
    expect(pings.every((ping) => ping.mock.calls.length === 1)).toBe(true)
    vi.advanceTimersByTime(50_000)
    expect(pings.every((ping) => ping.mock.calls.length === 2)).toBe(true)
  })

  it('end with the socket, and leave no timer behind the last one', () => {
    const keepAlive = new KeepAlive()
    const [closed, open] = [{ ping: vi.fn() }, { ping: vi.fn() }]
    const portions = [closed, open].map((socket) => ({ socket, portion: keepAlive.add(socket) }))
    const [first, second] = portions
    if (first !== undefined) keepAlive.remove(first.socket, first.portion)
    vi.advanceTimersByTime(50_000)
    expect([closed.ping.mock.calls.length, open.ping.mock.calls.length]).toEqual([0, 1])
    if (second !== undefined) keepAlive.remove(second.socket, second.portion)
    expect(vi.getTimerCount()).toBe(0)
  })
})
