import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LARGEST_BODY_BYTES } from '../../src/http/body-limit.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { headsOf } from '../support/history.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

describe('an HTTP request that is not an operation', () => {
  let app: TestApp
  let before: unknown[]
  beforeAll(async () => {
    app = await boot()
    before = await headsOf(app)
  })
  afterAll(async () => {
    // None of them changed anything, and none was a fault of ours.
    expect(await headsOf(app)).toEqual(before)
    expect(app.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
    await app.close()
  })

  const post = async (body: BodyInit | null, headers: Record<string, string> = JSON_TYPE) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...app.owner.headers, accept: 'application/graphql-response+json', ...headers },
      body,
      signal: AbortSignal.timeout(5_000),
    })
    const text = await response.text()
    return { status: response.status, json: JSON.parse(text), text }
  }
  const refusal = (path: string) => ({
    errors: [{ extensions: { code: 'BAD_USER_INPUT', issues: [{ path, message: expect.any(String) }] } }],
  })

  it.each([
    ['nothing', ''],
    ['an empty object', '{}'],
    ['an empty list', '[]'],
    ['null', 'null'],
    ['true', 'true'],
    ['a number', '5'],
    ['text', '"{ viewer { kind } }"'],
    ['a batch', '[{"query":"{ viewer { kind } }"},{"query":"{ viewer { kind } }"}]'],
    ['no JSON', '{ viewer { kind } }'],
    ['JSON that is cut off', '{"query": "{ viewer { kind } }"'],
    ['JSON and something behind it', '{"query": "{ viewer { kind } }"} {}'],
    ['a NUL', '\u0000'],
    ['a prototype', '{"query": "{ viewer { kind } }", "__proto__": {"polluted": true}}'],
    ['half a character', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('with %s as its body gets 400', async (_, body) => {
    const { status, json } = await post(body)
    expect(status).toBe(400)
    expect(json.errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [expect.anything()] })
    expect(json.data ?? null).toBeNull()
  })

  it.each([
    ['no query', { variables: {} }],
    ['a query that is null', { query: null }],
    ['an empty query', { query: '' }],
    ['a query that is a number', { query: 5 }],
    ['a query that is a list', { query: ['{ viewer { kind } }'] }],
    ['a query that does not parse', { query: '{ viewer { kind }' }],
    ['an operation that there is not', { query: 'query A { viewer { kind } }', operationName: 'B' }],
    ['two operations and no name', { query: 'query A { viewer { kind } } query B { viewer { kind } }' }],
    ['a name of an operation that is a number', { query: '{ viewer { kind } }', operationName: 5 }],
    ['variables that are text', { query: '{ viewer { kind } }', variables: 'x' }],
    ['variables that are a list', { query: '{ viewer { kind } }', variables: [] }],
    ['a field that there is not', { query: '{ viewer { secrets } }' }],
    ['an argument that there is not', { query: '{ viewer(as: "owner") { kind } }' }],
    ['a variable that was not declared', { query: '{ key(id: $id) { id } }' }],
    ['a variable that is missing', { query: 'query ($id: ID!) { key(id: $id) { id } }' }],
    ['a fragment that includes itself', { query: '{ viewer { ...A } } fragment A on Viewer { ...A }' }],
    ['an extension that is no object', { query: '{ viewer { kind } }', extensions: 'x' }],
    ['a parameter that there is not', { query: '{ viewer { kind } }', surprise: 1 }],
  ])('with %s gets 400', async (_, body) => {
    const { status, json } = await post(JSON.stringify(body))
    expect(status).toBe(400)
    expect(json.errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [expect.anything()] })
    expect(json.data ?? null).toBeNull()
  })

  it.each([
    ['text', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['a form of several parts', 'multipart/form-data; boundary=x'],
    ['GraphQL', 'application/graphql'],
    ['XML', 'application/xml'],
    ['nonsense', 'nonsense'],
  ])('with the content type %s gets 415', async (_, type) => {
    const body = JSON.stringify({ query: 'mutation { revokeSecret(input: { secret: "x" }) { accepted } }' })
    const { status, json } = await post(body, { 'content-type': type })
    expect([400, 415]).toContain(status)
    expect(json).toMatchObject(refusal('body'))
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON'])(
    'is accepted as an operation as %s',
    async (type) => {
      const { status, json } = await post('{"query":"{ viewer { kind } }"}', { 'content-type': type })
      expect([status, json]).toEqual([200, { data: { viewer: { kind: 'USER' } } }])
    },
  )

  it('is read up to the maximum size, and not beyond', async () => {
    const query = '{ viewer { kind } }'
    const padding = LARGEST_BODY_BYTES - JSON.stringify({ query, extensions: { a: '' } }).length
    const body = (more: number) => JSON.stringify({ query, extensions: { a: 'x'.repeat(padding + more) } })
    expect(Buffer.byteLength(body(0))).toBe(LARGEST_BODY_BYTES)
    expect((await post(body(0))).status).toBe(200)
    const { status, json } = await post(body(1))
    expect(status).toBe(413)
    expect(json).toMatchObject(refusal('body'))
    // Nor where it does not say how long it is.
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(16_384))),
    })
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...app.owner.headers, ...JSON_TYPE },
      body: endless,
      duplex: 'half',
      signal: AbortSignal.timeout(5_000),
    } as RequestInit).catch((error: unknown) => error)
    if (response instanceof Response) expect(response.status).toBe(413)
    else expect(String(response)).not.toContain('Timeout')
  })

  it.each([
    ['nested without end', `${'{ viewer '.repeat(9_000)}`],
    ['nested lists without end', `{ node(id: ${'['.repeat(60_000)}`],
    ['nested deep', `${'{ viewer '.repeat(900)}{ kind }${' }'.repeat(900)}`],
    ['values nested deep', `{ node(id: ${'['.repeat(900)}1${']'.repeat(900)}) { id } }`],
    ['a thousand aliases', `{ ${Array.from({ length: 1_000 }, (_, n) => `a${n}: viewer { kind }`).join(' ')} }`],
    ['a thousand directives', `{ viewer { kind ${'@include(if: true) '.repeat(1_000)} } }`],
  ])('that exceeds a limit is rejected: %s', async (_, query) => {
    const { status, json } = await post(JSON.stringify({ query }))
    expect(status).toBe(400)
    expect(json.errors[0].extensions.code).toMatch(/^(?:QUERY_TOO_COMPLEX|BAD_USER_INPUT)$/)
  })

  it.each([
    ['no scheme', 'SECRET'],
    ['another scheme', 'Basic SECRET'],
    ['no credential', 'Bearer'],
    ['two credentials', 'Bearer SECRET SECRET'],
    ['a credential of nobody', 'Bearer nonsense'],
  ])('with %s in its authorization is UNAUTHENTICATED, not anonymous', async (_, form) => {
    const secret = app.ownerSecret
    const body = JSON.stringify({ query: 'mutation { revokeSecret(input: { secret: "x" }) { accepted } }' })
    const { status, json, text } = await post(body, { ...JSON_TYPE, authorization: form.replaceAll('SECRET', secret) })
    expect(status).toBe(401)
    expect(json.errors[0].extensions.code).toBe('UNAUTHENTICATED')
    expect(text).not.toContain(secret)
  })

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('by %s is rejected', async (method) => {
    const response = await fetch(`${app.url}/graphql`, { method, headers: app.owner.headers })
    expect([404, 405]).toContain(response.status)
  })

  it('by GET may run a query, but no mutation', async () => {
    const get = async (query: string) => {
      const response = await fetch(`${app.url}/graphql?${new URLSearchParams({ query })}`, {
        headers: { ...app.owner.headers, accept: 'application/json' },
      })
      return { status: response.status, json: await response.json() }
    }
    expect(await get('{ viewer { kind } }')).toEqual({ status: 200, json: { data: { viewer: { kind: 'USER' } } } })
    const { status, json } = await get('mutation { revokeSecret(input: { secret: "x" }) { accepted } }')
    expect(status).toBe(405)
    expect(json).not.toHaveProperty('data.revokeSecret')
  })

  it.each([
    ['what is no HTTP', 'hello\r\n\r\n'],
    ['a header without end', `POST /graphql HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(200_000)}\r\n\r\n`],
    ['two lengths', 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('of %s gets an error, and the connection ends', async (_, bytes) => {
    const { hostname, port } = new URL(app.url)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(bytes))
      let received = ''
      socket.setTimeout(5_000, () => reject(new Error('It hangs.')))
      socket.on('data', (chunk) => {
        received += chunk.toString()
      })
      socket.on('error', () => resolve(received))
      socket.on('close', () => resolve(received))
    })
    expect(answer).toMatch(/^(?:HTTP\/1\.1 4\d\d |$)/)
    expect((await app.owner.send('{ viewer { kind } }')).status).toBe(200)
  })
})
