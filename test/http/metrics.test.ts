import { describe, expect, it, vi } from 'vitest'
import { FAILURES_PER_ADDRESS } from '../../src/access/failure-limiter.ts'
import { KeyEventsDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp, useApp } from '../support/boot.ts'
import { PATIENCE } from '../support/patience.ts'
import { openSocket } from '../support/raw-socket.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

const TOKEN = 'metrics-token-of-the-test'

const read = (app: TestApp, headers: Record<string, string> = {}) => fetch(`${app.url}/metrics`, { headers })

/** The value of a series; 0 where it is not there yet. */
const readSeries = async (app: TestApp, series: string): Promise<number> => {
  const lines = (await (await read(app)).text()).split('\n')
  return Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1) ?? 0)
}

describe('/metrics', () => {
  const app = useApp()

  const requests = (method: string, route: string, status: number) =>
    `keyturn_http_requests_total{method="${method}",route="${route}",status="${status}"}`

  it('is public without a token, in the format of Prometheus', async () => {
    const response = await read(app)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toMatch(/^process_resident_memory_bytes \d+/m)
  })

  it('counts requests by route template and status, and measures their duration', async () => {
    const series = requests('GET', '/identity/v1/organizations/:guid', 401)
    const before = await readSeries(app, series)
    for (const guid of ['a', 'b', 'c']) await fetch(`${app.url}/identity/v1/organizations/${guid}`)
    // An answer is counted when it has been sent, which its reader may know first.
    await vi.waitFor(async () => expect(await readSeries(app, series)).toBe(before + 3), PATIENCE)
    const route = '{method="GET",route="/identity/v1/organizations/:guid"}'
    expect(await readSeries(app, `keyturn_http_request_duration_seconds_count${route}`)).toBe(before + 3)
    expect(await readSeries(app, `keyturn_http_request_duration_seconds_sum${route}`)).toBeGreaterThan(0)
  })

  it('counts all unknown paths in one series', async () => {
    for (let n = 0; n < 5; n += 1) await fetch(`${app.url}/guess/${n}`)
    await vi.waitFor(async () => expect(await readSeries(app, requests('GET', 'none', 404))).toBe(5), PATIENCE)
    expect(await (await read(app)).text()).not.toContain('guess')
  })

  it('shows open WebSockets, and live subscriptions by either protocol', async () => {
    const socket = await openSocket(app.url)
    await vi.waitFor(async () => expect(await readSeries(app, 'keyturn_websockets_open')).toBe(1), PATIENCE)
    socket.close()
    await vi.waitFor(async () => expect(await readSeries(app, 'keyturn_websockets_open')).toBe(0), PATIENCE)
    const streams = await Promise.all(
      TRANSPORTS.map(({ open }) => open(app.owner, KeyEventsDocument, { organizationId: app.organizationId })),
    )
    await untilLive(app, 2)
    expect(await readSeries(app, 'keyturn_subscriptions_live')).toBe(2)
    for (const stream of streams) stream.stop()
    await untilNothingIsLeft(app)
    expect(await readSeries(app, 'keyturn_subscriptions_live')).toBe(0)
  })

  it('counts invalid credentials, over HTTP and WebSocket', async () => {
    const before = await readSeries(app, 'keyturn_authentication_failures_total')
    const headers = { authorization: 'Bearer nonsense' }
    expect((await app.anonymous.send('{ __typename }', {}, headers)).status).toBe(401)
    const socket = await openSocket(app.url)
    socket.send({ type: 'connection_init', payload: headers })
    expect((await socket.ended.take()).code).toBe(4401)
    expect(await readSeries(app, 'keyturn_authentication_failures_total')).toBe(before + 2)
    expect(await readSeries(app, 'keyturn_rate_limited_total')).toBe(0)
  })

  it('counts limited attempts', async () => {
    const statuses = await Promise.all(
      Array.from({ length: FAILURES_PER_ADDRESS + 5 }, async () => {
        const { status } = await app.anonymous.send('{ __typename }', {}, { authorization: 'Bearer nonsense' })
        return status
      }),
    )
    const limited = statuses.filter((status) => status === 429).length
    expect(limited).toBeGreaterThanOrEqual(5)
    expect(await readSeries(app, 'keyturn_rate_limited_total')).toBe(limited)
  })

  it('contains neither a secret nor an id', async () => {
    await fetch(`${app.url}/graphql?query=${app.ownerSecret}`, { headers: app.owner.headers })
    await fetch(`${app.url}/${app.ownerSecret}`)
    const text = await (await read(app)).text()
    expect(text).not.toContain(app.ownerSecret)
    expect(text).not.toMatch(/(?:org|usr|key|evt)_[0-9a-f]{8}/)
  })
})

describe('/metrics with a token', () => {
  const app = useApp({ env: { KEYTURN_METRICS_TOKEN: TOKEN } })

  it.each([`Bearer ${TOKEN}`, `bearer  ${TOKEN} `])('is returned with "%s"', async (authorization) => {
    expect((await read(app, { authorization })).status).toBe(200)
  })

  it.each([
    undefined,
    '',
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Basic ${TOKEN}`,
    'Bearer',
    'Bearer  ',
  ])('is 401 with "%s"', async (authorization) => {
    const response = await read(app, authorization === undefined ? {} : { authorization })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="keyturn metrics"')
    expect(await response.text()).not.toContain('process_')
  })

  it("is 401 with a key's secret", async () => {
    expect((await read(app, app.owner.headers)).status).toBe(401)
  })

  it('counts only its own instance in the process', async () => {
    const other = await boot()
    await fetch(`${other.url}/healthz`)
    const series = 'keyturn_http_requests_total{method="GET",route="/healthz",status="200"}'
    await vi.waitFor(async () => expect(await readSeries(other, series)).toBe(1), PATIENCE)
    const own = await (await read(app, { authorization: `Bearer ${TOKEN}` })).text()
    expect(own).not.toContain(series)
    await other.close()
  })
})
