import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'

describe("GraphiQL's page", () => {
  let app: TestApp
  beforeAll(async () => {
    app = await boot()
  })
  afterAll(() => app.close())

  const get = async (headers: Record<string, string>, method = 'GET') => {
    const asking = request(`${app.url}/graphql`, { method, headers: { accept: 'text/html', ...headers } })
    asking.end()
    const [response] = (await once(asking, 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }
  }

  it.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, *', 'gzip', gunzipSync],
    ['identity', undefined, (body: Buffer) => body],
    ['gzip;q=0', undefined, (body: Buffer) => body],
  ])(
    'is sent to a client that accepts %s as %s, with its own tag',
    async (accepted, encoding, decode) => {
      const { status, headers, body } = await get({ 'accept-encoding': accepted })
      expect(status).toBe(200)
      expect(headers['content-encoding']).toBe(encoding)
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        vary: 'accept-encoding',
        'content-length': String(body.length),
        'x-content-type-options': 'nosniff',
      })
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['referrer-policy']).toBe('no-referrer')
      const html = String(decode(body))
      expect(html).toContain('<title>Keyturn</title>')
      expect(html.trim().endsWith('</html>')).toBe(true)
      const again = await get({ 'accept-encoding': accepted, 'if-none-match': `"other", W/${headers.etag}` })
      expect(again.status).toBe(304)
      expect(again.body.length).toBe(0)
      expect(again.headers.etag).toBe(headers.etag)
    },
    60_000,
  )

  it('is sent again to a client with an older tag, and without a body for HEAD', async () => {
    expect((await get({ 'if-none-match': '"older"' })).status).toBe(200)
    const head = await get({}, 'HEAD')
    expect(head.status).toBe(200)
    expect(head.body.length).toBe(0)
    expect(Number(head.headers['content-length'])).toBeGreaterThan(1_000_000)
  })

  it('is not sent to a client of the API', async () => {
    const { headers } = await get({ accept: 'application/json' })
    expect(headers['content-type']).toMatch(/json/)
    expect(headers['cache-control']).toBe('no-store')
  })
})
