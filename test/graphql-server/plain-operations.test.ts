import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainOperations } from '../../src/graphql-server/plain-operations.ts'
import { CollectedRequest } from '../../src/http/collected-request.ts'
import { ConnectionGuard } from '../../src/http/connection-guard.ts'
import { hostCheck } from '../../src/http/host-check.ts'
import { Metrics } from '../../src/http/metrics.ts'
import { MAX_PIPELINED_REQUESTS, UnansweredRequests } from '../../src/http/pipelining.ts'
import { PlainRequests } from '../../src/http/plain-requests.ts'
import { boot, type TestApp } from '../support/boot.ts'

let app: TestApp
let expiring: string

const VIEWER = '{ viewer { kind } }'
const KEY = 'query ($id: ID!) { key(id: $id) { id } }'

beforeAll(async () => {
  app = await boot()
  const { secret } = await app.apiKey({ expiresAt: new Date(Date.now() + 86_400_000).toISOString() })
  expiring = secret
  for (const query of [VIEWER, KEY]) await post(JSON.stringify({ query }))
})
afterAll(() => app.close())

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': 'request-1',
      authorization: `Bearer ${app.ownerSecret}`,
      ...headers,
    },
    body,
  })

const answerOf = async (response: Response) => {
  const { date: _, ...headers } = Object.fromEntries(response.headers)
  return { status: response.status, headers, body: await response.text() }
}

/** A cookie that says nothing. With it, Fastify has the request. */
const THROUGH_FASTIFY = { cookie: 'a=b' }

describe('an answer without Fastify is the same as with it:', () => {
  it.each<[string, string, Record<string, string>]>([
    ['a known operation', JSON.stringify({ query: VIEWER }), {}],
    ['another media type', JSON.stringify({ query: VIEWER }), { accept: 'application/graphql-response+json' }],
    ['a charset', JSON.stringify({ query: VIEWER }), { 'content-type': 'application/json; charset=utf-8' }],
    ['an invalid variable', JSON.stringify({ query: KEY, variables: { id: [] } }), {}],
    ['an invalid credential', JSON.stringify({ query: VIEWER }), { authorization: 'Bearer kt_ak_nothing' }],
    ['an unknown document', JSON.stringify({ query: '{ viewer { kind user { id } } }' }), {}],
    ['an invalid document', JSON.stringify({ query: '{ nothing }' }), {}],
    ['an invalid parameter', JSON.stringify({ query: VIEWER, variables: 1 }), {}],
    ['a batch', JSON.stringify([{ query: VIEWER }]), {}],
    ['no object', '1', {}],
    ['malformed JSON', '{"query":', {}],
    ['a prototype', `{"query":"${VIEWER}","__proto__":{"operationName":"a"}}`, {}],
    ['a constructor', `{"query":"${VIEWER}","constructor":{"prototype":{"a":1}}}`, {}],
    ['an event stream', JSON.stringify({ query: VIEWER }), { accept: 'text/event-stream' }],
    ['another type', JSON.stringify({ query: VIEWER }), { 'content-type': 'text/plain' }],
    ['a long body', JSON.stringify({ query: VIEWER, extensions: { padding: 'x'.repeat(40_000) } }), {}],
    ['a body beyond the limit', JSON.stringify({ query: `${VIEWER}${' '.repeat(140_000)}` }), {}],
    ['an invalid host', JSON.stringify({ query: VIEWER }), { host: 'a b' }],
  ])('%s', async (_, body, headers) => {
    const plain = await answerOf(await post(body, headers))
    expect(plain).toEqual(await answerOf(await post(body, { ...headers, ...THROUGH_FASTIFY })))
  })

  it('a key that expires', async () => {
    const headers = { authorization: `Bearer ${expiring}` }
    const plain = await answerOf(await post(JSON.stringify({ query: VIEWER }), headers))
    expect(plain.headers['keyturn-key-expires']).toBeDefined()
    expect(plain).toEqual(
      await answerOf(await post(JSON.stringify({ query: VIEWER }), { ...headers, ...THROUGH_FASTIFY })),
    )
  })
})

it('an operation without Fastify is counted in the metrics', async () => {
  const counted = async () => {
    const text = await (await fetch(`${app.url}/metrics`)).text()
    return Number(/^keyturn_http_requests_total\{method="POST",route="\/graphql",status="200"\} (\d+)/m.exec(text)?.[1])
  }
  const before = await counted()
  await (await post(JSON.stringify({ query: VIEWER }))).text()
  expect(await counted()).toBe(before + 1)
})

describe('without Fastify', () => {
  const unanswered = new UnansweredRequests()
  let server: FastifyInstance
  let isKnown = true

  beforeAll(async () => {
    server = fastify({ http: { IncomingMessage: CollectedRequest } })
    const known = {
      add: () => undefined,
      find: () => (isKnown ? ({} as never) : null),
      run: async () => ({ status: 200, headers: [], body: 'plain' }),
    }
    const plain = new PlainRequests(server, {
      unanswered,
      logger: server.log,
      requests: new Metrics().requests,
      isValidHost: hostCheck(),
      addressOf: () => null,
    })
    const guard = new ConnectionGuard({ perAddress: 10, isProxy: () => false, writeTimeoutMs: 1_000 })
    plain.add(plainOperations({ server, known, guard }))
    server.route({
      url: '/graphql',
      method: 'POST',
      handler: async ({ body }) => `fastify ${JSON.stringify(body)}`,
    })
    await server.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(() => server.close())

  /** Sends bytes on a connection of their own, and reads until it ends. */
  const exchange = async (bytes: string): Promise<string> => {
    const socket = connect((server.server.address() as AddressInfo).port)
    socket.write(bytes)
    return text(socket)
  }
  const request = (line: string, headers: string): string =>
    `${line}\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\n${headers}\r\n\r\n`
  const LINE = 'POST /graphql HTTP/1.1'

  it('a plain request is answered', async () => {
    expect(await exchange(`${request(LINE, 'content-length: 2')}{}`)).toMatch(/plain$/)
  })

  it.each([
    ['a query string', request('POST /graphql?a HTTP/1.1', 'content-length: 2'), '{}'],
    ['HTTP/1.0', request('POST /graphql HTTP/1.0', 'content-length: 2'), '{}'],
    ['a body of unknown length', request(LINE, 'transfer-encoding: chunked'), '2\r\n{}\r\n0\r\n\r\n'],
    ['a cookie', request(LINE, 'content-length: 2\r\ncookie: a=b'), '{}'],
    ['an expectation', request(LINE, 'content-length: 2\r\nexpect: 100-continue'), '{}'],
    ['a long body', request(LINE, 'content-length: 40000'), `${' '.repeat(39_998)}{}`],
  ])('%s is for Fastify', async (_, head, body) => {
    expect(await exchange(head + body)).toMatch(/fastify \{\}/)
  })

  it('an unknown operation is for Fastify, with its body', async () => {
    isKnown = false
    expect(await exchange(`${request(LINE, 'content-length: 7')}{"a":1}`)).toMatch(/fastify \{"a":1\}$/)
    isKnown = true
  })

  it('a request beyond the unanswered ones that a connection may have is for Fastify', async () => {
    server.server.once('connection', (socket) => {
      for (let count = 0; count < MAX_PIPELINED_REQUESTS; count += 1) unanswered.of(socket).count += 1
    })
    expect(await exchange(`${request(LINE, 'content-length: 2')}{}`)).toMatch(/fastify \{\}$/)
  })
})
