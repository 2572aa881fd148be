import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { CreateApiKeyDocument, KeyEventsDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { historyOf } from '../support/audit-chain.ts'
import { overLine } from '../support/behind-proxy.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { TestClient } from '../support/client.ts'
import { type CutLine, openLine } from '../support/cut-line.ts'
import { createDatabase, postgresRuns, type TestDatabase } from '../support/engines.ts'

const POSTGRES_PORT = 5432
const LONGEST_BLINDNESS_MS = 2_000
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

describe.skipIf(!postgresRuns).each<['cut' | 'frozen', (line: CutLine) => void]>([
  ['cut', (line) => line.cut()],
  ['frozen', (line) => line.silence()],
])('while the connection to PostgreSQL is %s', { timeout: 60_000 }, (_, fail) => {
  let line: CutLine
  let database: TestDatabase
  let app: TestApp
  let key: { id: string; secret: string }
  beforeAll(async () => {
    line = await openLine(POSTGRES_PORT)
    database = await createDatabase('postgres')
    app = await boot({ database: overLine(database, line) })
    key = await app.apiKey()
  })
  afterAll(async () => {
    await app.close()
    await line.close()
    await database.remove()
  })

  const untilBack = () =>
    vi.waitFor(async () => expect((await fetch(`${app.url}/readyz`)).status).toBe(200), {
      timeout: 15_000,
      interval: 200,
    })
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    await untilBack()
    fail(line)
    try {
      return await work()
    } finally {
      line.restore()
      await untilBack()
    }
  }
  const post = (path: string, headers: Record<string, string>, body: string) =>
    fetch(`${app.url}${path}`, { method: 'POST', headers, body, signal: AbortSignal.timeout(7_000) })

  it('an operation is UNAVAILABLE with 503 and retry-after, and changed nothing', async () => {
    const name = 'made while the database was away'
    const answer = await during(async () => {
      const input = { organizationId: app.organizationId, name, grants: [] }
      const query = CreateApiKeyDocument.toString()
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${app.ownerSecret}` }
      const response = await post('/graphql', headers, JSON.stringify({ query, variables: { input } }))
      const body = (await response.json()) as { errors: { extensions: object }[] }
      return { status: response.status, retryAfter: response.headers.get('retry-after'), body }
    })
    expect(answer.body.errors[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 })
    const history = await historyOf(app.owner, app.organizationId)
    expect(history.filter(({ targetName }) => targetName === name)).toEqual([])
  })

  it('OAuth answers temporarily_unavailable with 503, for a token and for an introspection', async () => {
    const answers = await during(() =>
      Promise.all(
        [
          ['/oauth/token', 'grant_type=client_credentials'],
          ['/oauth/introspect', `token=${key.secret}`],
        ].map(async ([path = '', body = '']) => {
          // A key that nobody has used yet: nothing of it is cached.
          const headers = {
            'content-type': 'application/x-www-form-urlencoded',
            authorization: basic(key.id, key.secret),
          }
          const response = await post(path, headers, body)
          const { error } = (await response.json()) as { error: string }
          return [response.status, response.headers.get('retry-after'), error]
        }),
      ),
    )
    expect(answers).toEqual([
      [503, '1', 'temporarily_unavailable'],
      [503, '1', 'temporarily_unavailable'],
    ])
  })

  it('introspection uses the cache for two seconds, while it is provably current, and no longer', async () => {
    await untilBack()
    const reader = await app.apiKey({ grants: [{ module: 'tokens', role: 'VIEWER' }] })
    const used = await app.apiKey()
    const introspect = async () => {
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: basic(reader.id, reader.secret),
      }
      const response = await post('/oauth/introspect', headers, `token=${used.secret}`)
      const { active } = (await response.json()) as { active?: boolean }
      return { status: response.status, active }
    }
    // Nothing is cached until the feed has caught up with what it missed in the test before.
    const { feed, keyFacts } = app.app.parts
    await vi.waitFor(async () => {
      expect(feed.connected).toBe(true)
      const { hits, misses } = keyFacts.uses
      expect(await introspect()).toEqual({ status: 200, active: true })
      // Both keys, and nothing from the database.
      expect([keyFacts.uses.hits >= hits + 2, keyFacts.uses.misses]).toEqual([true, misses])
    }, 10_000)
    const answers = await during(async () => {
      const cutAt = performance.now()
      const answers: { atMs: number; tookMs: number; status: number; active: boolean | undefined }[] = []
      while (performance.now() - cutAt < 4_000) {
        const atMs = performance.now() - cutAt
        answers.push({ atMs, ...(await introspect()), tookMs: performance.now() - cutAt - atMs })
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return answers
    })
    const [good, bad] = [answers.filter(({ status }) => status === 200), answers.filter(({ status }) => status !== 200)]
    expect(good.length).toBeGreaterThan(5)
    expect(good.filter(({ active }) => active !== true)).toEqual([])
    expect(good.filter(({ atMs }) => atMs > LONGEST_BLINDNESS_MS)).toEqual([])
    expect(bad.length).toBeGreaterThan(0)
    expect(bad.filter(({ status, tookMs }) => status !== 503 || tookMs > 5_500)).toEqual([])
  })

  it('it is not ready, says why within a second, and is alive', async () => {
    const answers = await during(async () => {
      // An outcome is used for half a second.
      await new Promise((resolve) => setTimeout(resolve, 600))
      const ready = await fetch(`${app.url}/readyz`, { signal: AbortSignal.timeout(1_000) })
      return [ready.status, await ready.json(), (await fetch(`${app.url}/healthz`)).status]
    })
    const failing = ['database', 'migrations', 'writes']
    expect(answers).toEqual([503, { status: 'unavailable', failing }, 200])
  })

  it('a socket that authenticates is closed with 1013, and not with 4401', async () => {
    const code = await during(async () => {
      // A key that nobody has used yet: nothing of it is cached.
      const client = app.anonymous.with(key.secret)
      return client.subscribe(KeyEventsDocument, { organizationId: app.organizationId }).then(
        () => null,
        (error: { code: number }) => error.code,
      )
    })
    expect(code).toBe(1013)
  })

  it('subscriptions continue afterwards and miss nothing, also those of clients that connect meanwhile', async () => {
    await untilBack()
    const seen: number[] = []
    const late: number[] = []
    const follow = (into: number[]) => {
      const client = createClient({
        url: `${app.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${app.ownerSecret}` },
        retryAttempts: 100,
        retryWait: () => new Promise((resolve) => setTimeout(resolve, 200)),
      })
      const failures: unknown[] = []
      client.subscribe<{ keyEvents: { sequence: number } }>(
        { query: KeyEventsDocument.toString(), variables: { organizationId: app.organizationId, after: 0 } },
        {
          next: ({ data }) => data != null && into.push(data.keyEvents.sequence),
          error: (error) => failures.push(error),
          complete: () => undefined,
        },
      )
      return { failures, close: () => void client.dispose() }
    }
    const first = follow(seen)
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), { timeout: 5_000 })
    const other = await boot({ database })
    const second = await during(async () => {
      const begun = follow(late)
      // Another instance, whose own line is whole, goes on.
      const owner = new TestClient(other.url, app.ownerSecret)
      for (let count = 0; count < 3; count += 1)
        await owner.run(CreateApiKeyDocument, {
          input: { organizationId: app.organizationId, name: `meanwhile ${Math.random()}`, grants: [] },
        })
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      return begun
    })
    await app.apiKey()
    const keyEvents = (await historyOf(app.owner, app.organizationId))
      .filter(({ type }) => type.startsWith('KEY_'))
      .map((event) => event.sequence)
    const expected = keyEvents.sort((a, b) => a - b)
    await vi.waitFor(() => expect([seen, late]).toEqual([expected, expected]), { timeout: 10_000 })
    expect([first.failures, second.failures]).toEqual([[], []])
    first.close()
    second.close()
    await other.stop()
    expect((await app.owner.run(ViewerDocument, {})).viewer.kind).toBe('USER')
  })
})
