import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { readConsole } from '../../src/http/console-files.ts'
import { registerConsole } from '../../src/http/console-routes.ts'
import { createServer } from '../../src/http/server.ts'

const PAGE = '<!doctype html><title>Keyturn</title><script type="module" src="/console/assets/main-Ab12.js"></script>'
const SCRIPT = 'console.log("the console")'.repeat(40)

let directory: string
let server: FastifyInstance
let url: string

const write = (path: string, content: string | Buffer) => {
  mkdirSync(dirname(join(directory, path)), { recursive: true })
  writeFileSync(join(directory, path), content)
}

const serve = async (files: ReturnType<typeof readConsole>): Promise<FastifyInstance> => {
  const { server } = await createServer({ logger: pino({ level: 'silent' }), ...readConfig({}) })
  registerConsole(server, files)
  await server.listen({ host: '127.0.0.1', port: 0 })
  return server
}

const urlOf = (running: FastifyInstance): string => `http://127.0.0.1:${(running.server.address() as AddressInfo).port}`

/** The answer as it was sent: not decoded, and the path not normalized. */
const ask = (path: string, headers: Record<string, string> = {}, base = url) =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const { hostname, port } = new URL(base)
    get({ hostname, port, path, headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      )
    }).on('error', reject)
  })

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'keyturn-console-'))
  write('index.html', PAGE)
  write('index.html.br', brotliCompressSync(PAGE))
  write('index.html.gz', gzipSync(PAGE))
  write('assets/main-Ab12.js', SCRIPT)
  write('assets/main-Ab12.js.br', brotliCompressSync(SCRIPT))
  write('assets/main-Ab12.js.gz', gzipSync(SCRIPT))
  write('manifest.json', '{}')
  write('assets/.env', 'SECRET=1')
  server = await serve(readConsole(directory))
  url = urlOf(server)
})

afterAll(async () => {
  await server.close()
  rmSync(directory, { recursive: true })
})

describe('the page of the console', () => {
  it.each(['/', '/console', '/console/', '/console/org_1/keys/key_2?tab=history', '/console/keys/key_1'])(
    'is at %s, so that deep links open it',
    async (path) => {
      const { status, headers, body } = await ask(path)
      expect({ status, body: body.toString() }).toEqual({ status: 200, body: PAGE })
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
    },
  )

  it('is revalidated each time, and answered with 304 while it is unchanged', async () => {
    const { headers } = await ask('/')
    expect(headers['cache-control']).toBe('no-cache')
    expect((await ask('/', { 'if-none-match': String(headers.etag) })).status).toBe(304)
  })

  it('can run and load nothing but its own files, and cannot be framed', async () => {
    const { host } = new URL(url)
    const { headers } = await ask('/')
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self' ws://${host} wss://${host}`,
      "img-src 'self' data:",
      "font-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ])
    expect(headers['x-frame-options']).toBe('DENY')
  })

  it.each(['/', '/console/assets/main-Ab12.js'])(
    'tells no other site where %s is, and is isolated from it',
    async (path) => {
      expect((await ask(path)).headers).toMatchObject({
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'origin-agent-cluster': '?1',
        'x-content-type-options': 'nosniff',
      })
    },
  )

  it("takes nothing from a Host header into its policy that is not a host's name", async () => {
    const { headers } = await ask('/', { host: "a;script-src*'unsafe-inline'" })
    expect(headers['content-security-policy']).toContain("connect-src 'self';")
  })

  it('says how to build it where it is not built', async () => {
    const unbuilt = await serve(null)
    const { status, body } = await ask('/', {}, urlOf(unbuilt))
    await unbuilt.close()
    expect(status).toBe(503)
    expect(body.toString()).toContain('npm run build')
  })
})

describe('a file of the console', () => {
  it('is cached by browsers for ever: its name contains the hash of its content', async () => {
    const { status, headers, body } = await ask('/console/assets/main-Ab12.js')
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: SCRIPT })
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
  })

  it.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
  ] as const)('is sent compressed to a browser that accepts %s', async (accepted, encoding, decode) => {
    const { headers, body } = await ask('/console/assets/main-Ab12.js', { 'accept-encoding': accepted })
    expect(headers['content-encoding']).toBe(encoding)
    expect(headers.vary).toBe('accept-encoding')
    expect(decode(body).toString()).toBe(SCRIPT)
  })

  it.each([
    '/console/assets/other.js',
    '/console/assets/',
    '/console/assets/main-Ab12.js.br',
    '/console/assets/.env',
    '/console/assets/../manifest.json',
    '/console/assets/..%2fmanifest.json',
    '/console/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '/console/assets/..\\manifest.json',
  ])('is 404 where the build has none: %s', async (path) => {
    const { status, body } = await ask(path)
    expect({ status, error: JSON.parse(body.toString()).error }).toEqual({ status: 404, error: 'not_found' })
  })
})
