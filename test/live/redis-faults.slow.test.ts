import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ViewerDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { type CutLine, openLine } from '../support/cut-line.ts'
import { REDIS_PORT, redisRuns } from '../support/engines.ts'

const READY = { status: 200, body: { status: 'ok' } }
const NOT_READY = { status: 503, body: { status: 'unavailable', failing: ['redis'] } }

describe.skipIf(!redisRuns)('a service with a connection to Redis that', () => {
  let line: CutLine
  let app: TestApp
  beforeAll(async () => {
    line = await openLine(REDIS_PORT)
    app = await boot({ env: { KEYTURN_REDIS_URL: `redis://127.0.0.1:${line.port}` } })
  })
  afterAll(async () => {
    await app.close()
    await line.close()
  })

  const readiness = async () => {
    const response = await fetch(`${app.url}/readyz`, { signal: AbortSignal.timeout(5_000) })
    return { status: response.status, body: await response.json() }
  }
  const untilReady = () =>
    vi.waitFor(async () => expect(await readiness()).toEqual(READY), { timeout: 10_000, interval: 50 })

  it.each<['is cut' | 'falls silent', () => void]>([
    ['is cut', () => line.cut()],
    ['falls silent', () => line.silence()],
  ])('%s is not ready because of Redis, still serves requests, and is ready when Redis is back', async (_, fail) => {
    await untilReady()
    fail()
    await vi.waitFor(async () => expect(await readiness()).toEqual(NOT_READY), { timeout: 5_000, interval: 100 })
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200)
    expect((await app.owner.run(ViewerDocument, {})).viewer.kind).toBe('USER')
    // Failing attempts are counted through Redis: without it they are counted all the same.
    const refused = await app.anonymous.with(`kt_ak_${'0'.repeat(49)}`).fail(ViewerDocument, {})
    expect(refused.extensions.code).toBe('UNAUTHENTICATED')
    line.restore()
    await untilReady()
  })
})
