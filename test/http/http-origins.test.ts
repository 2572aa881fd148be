import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { openSocket } from '../support/raw-socket.ts'

const CONSOLE = 'https://console.example.com'
const OTHER = 'http://localhost:5173'

let closed: TestApp
let opened: TestApp
beforeAll(async () => {
  closed = await boot()
  opened = await boot({ env: { KEYTURN_ALLOWED_ORIGINS: `${CONSOLE}, ${OTHER}` } })
})
afterAll(async () => {
  await closed.close()
  await opened.close()
})

const PATHS = ['/graphql', '/oauth/token', '/identity/v1/organizations', '/.well-known/jwks.json', '/elsewhere']

const preflight = (app: TestApp, path: string, origin: string, method = 'POST') =>
  fetch(app.url + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    },
  })

const corsOf = (response: Response) =>
  Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('access-control-')))

const ask = (app: TestApp, origin: string, path = '/graphql?query=%7B__typename%7D') =>
  fetch(app.url + path, { headers: { origin, ...app.owner.headers } })

describe('pages of other origins', () => {
  it.each(PATHS)('get no CORS headers by default: %s', async (path) => {
    expect(corsOf(await preflight(closed, path, CONSOLE))).toEqual({})
    expect(corsOf(await ask(closed, CONSOLE, path))).toEqual({})
  })

  it.each(PATHS)('get no CORS headers if only other origins are allowed: %s', async (path) => {
    for (const origin of ['https://evil.example', 'null', `${CONSOLE}.evil.example`, 'http://console.example.com']) {
      expect(corsOf(await preflight(opened, path, origin))).not.toHaveProperty('access-control-allow-origin')
      expect(corsOf(await ask(opened, origin, path))).not.toHaveProperty('access-control-allow-origin')
    }
  })

  it.each([CONSOLE, OTHER])('may send preflight requests if they are allowed: %s', async (origin) => {
    for (const path of PATHS) {
      const response = await preflight(opened, path, origin)
      expect(response.status).toBe(204)
      expect(corsOf(response)).toEqual({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization, content-type, accept, x-request-id',
        'access-control-expose-headers': 'x-request-id, retry-after, keyturn-key-expires',
        'access-control-max-age': '600',
      })
      expect(response.headers.get('vary')).toMatch(/origin/i)
    }
  })

  it.each([CONSOLE, OTHER])('may read responses without cookies if they are allowed: %s', async (origin) => {
    const response = await ask(opened, origin)
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } })
    expect(corsOf(response)).toEqual({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'x-request-id, retry-after, keyturn-key-expires',
    })
    expect(response.headers.get('vary')).toMatch(/origin/i)
  })

  it.each(['*', 'https://console.example.com/', 'https://console.example.com/path', 'console.example.com', 'null'])(
    'cannot be allowed as %s',
    (text) => {
      expect(() => readConfig({ KEYTURN_ALLOWED_ORIGINS: text })).toThrow(/KEYTURN_ALLOWED_ORIGINS: must be none, or/)
    },
  )
})

describe('a WebSocket upgrade', () => {
  const upgradeOf = async (app: TestApp, headers: Record<string, string>) => {
    const socket = await openSocket(app.url, headers)
    const refusal = socket.ended.pending[0]
    if (refusal === undefined) await socket.init(app.owner.headers)
    socket.close()
    return refusal?.code ?? 'connected'
  }
  const ownHost = (app: TestApp) => app.url

  it.each(['https://evil.example', CONSOLE, 'null', 'http://127.0.0.1', 'http://127.0.0.1:1', '', 'no origin'])(
    'by a page of %s is rejected with 403 by default',
    async (origin) => {
      expect(await upgradeOf(closed, { origin })).toBe(403)
    },
  )

  it('by a page of this server, or without an origin, is accepted', async () => {
    for (const app of [closed, opened]) {
      expect(await upgradeOf(app, { origin: ownHost(app) })).toBe('connected')
      expect(await upgradeOf(app, {})).toBe('connected')
    }
  })

  it('by a page of an allowed origin is accepted, by another one rejected', async () => {
    expect(await upgradeOf(opened, { origin: CONSOLE })).toBe('connected')
    expect(await upgradeOf(opened, { origin: OTHER })).toBe('connected')
    expect(await upgradeOf(opened, { origin: `${CONSOLE}.evil.example` })).toBe(403)
  })
})
