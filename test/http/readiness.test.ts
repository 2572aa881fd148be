import fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ReadinessCheck, registerHealth } from '../../src/http/operations-routes.ts'
import { deferred } from '../support/open-database.ts'

describe('readiness', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const serve = (checks: Record<string, ReadinessCheck>) => {
    const server = fastify()
    registerHealth(server, checks)
    return async (path = '/readyz') => {
      const answer = server.inject(path)
      await vi.advanceTimersByTimeAsync(999)
      const { statusCode, body } = await answer
      return [statusCode, JSON.parse(body)]
    }
  }

  it('names what fails or does not answer within a second, while the process is alive', async () => {
    const get = serve({
      fine: async () => undefined,
      frozen: () => new Promise(() => undefined),
      broken: () => Promise.reject(new Error('The disk is full.')),
    })
    expect(await get()).toEqual([503, { status: 'unavailable', failing: ['broken', 'frozen'] }])
    expect(await get('/healthz')).toEqual([200, { status: 'ok' }])
  })

  it('starts no second check while one hangs, and recovers when it ends', async () => {
    const { promise, resolve: release } = deferred()
    const check = vi.fn(() => promise)
    const get = serve({ frozen: check })
    for (let count = 0; count < 3; count += 1) expect((await get())[0]).toBe(503)
    expect(check).toHaveBeenCalledTimes(1)
    release()
    check.mockResolvedValue(undefined)
    expect(await get()).toEqual([200, { status: 'ok' }])
  })

  it('checks once for concurrent requests', async () => {
    const check = vi.fn(async () => undefined)
    const get = serve({ fine: check })
    await Promise.all(Array.from({ length: 50 }, () => get()))
    expect(check).toHaveBeenCalledTimes(1)
  })
})
