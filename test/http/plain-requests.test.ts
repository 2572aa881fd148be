import { once } from 'node:events'
import { type IncomingMessage, request as rawRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import fastify from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CollectedRequest } from '../../src/http/collected-request.ts'
import { takeForms } from '../../src/http/form.ts'
import { hostCheck } from '../../src/http/host-check.ts'
import { Metrics } from '../../src/http/metrics.ts'
import type { OAuthEndpoint } from '../../src/http/oauth-endpoints.ts'
import { MAX_PIPELINED_REQUESTS, UnansweredRequests } from '../../src/http/pipelining.ts'
import { plainOAuth } from '../../src/http/plain-oauth.ts'
import { PlainRequests } from '../../src/http/plain-requests.ts'
import { useApp } from '../support/boot.ts'
import { mutateForm, Random } from '../support/mutations.ts'
import { ACCESS_TOKEN_TYPE, basicOf, EXCHANGE_GRANT, KEY_TYPE, tokenOf } from '../support/tokens.ts'

type Headers = Readonly<Record<string, string>>

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: string
}

const FORM: Headers = { 'content-type': 'application/x-www-form-urlencoded' }

const send = (url: string, path: string, body: string, headers: Headers, method = 'POST') =>
  new Promise<Answer>((resolve, reject) => {
    const sent = rawRequest(url + path, { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })

/** A plain request. */
const REQUEST = `POST /oauth/token HTTP/1.1\r\nhost: a\r\ncontent-type: ${FORM['content-type']}\r\ncontent-length: 3\r\n\r\na=b`

/** A connection of the test's own, and what was answered on it. */
const open = (url: string) => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part
  })
  return { socket, text: () => text }
}

/** The same request in chunks, which Fastify answers. */
const chunked = (headers: Headers): Headers => ({ ...headers, 'transfer-encoding': 'chunked' })

describe('which requests are plain', () => {
  const server = fastify({ http: { IncomingMessage: CollectedRequest } })
  const unanswered = new UnansweredRequests()
  let url = ''
  let endpoint: OAuthEndpoint = async () => ({ by: 'itself' })
  const logged: string[] = []
  const metrics = new Metrics()
  beforeAll(async () => {
    takeForms(server)
    server.post('/oauth/token', async () => ({ by: 'fastify' }))
    const logger = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) })
    const plain = new PlainRequests(server, {
      logger,
      requests: metrics.requests,
      isValidHost: hostCheck(),
      unanswered,
      addressOf: () => '192.0.2.1',
    })
    plain.add(
      plainOAuth({ path: '/oauth/token', endpoint: (request) => endpoint(request), takesBearer: false, logger }),
    )
    await server.listen({ host: '127.0.0.1', port: 0 })
    url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  /** Answers the rest of the test's requests. */
  const answering = (by: OAuthEndpoint) => {
    const before = endpoint
    endpoint = by
    onTestFinished(() => {
      endpoint = before
    })
  }

  /** Holds the answers to the rest of the test's requests. */
  const held = () => {
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let begun = 0
    answering(async () => {
      begun += 1
      await released
      return { by: 'itself' }
    })
    return { release: () => release(), begun: () => begun }
  }

  const answeredBy = async (path: string, body: string, headers: Headers, method?: string) => {
    const answer = await send(url, path, body, headers, method)
    return answer.status === 200 ? JSON.parse(answer.body).by : answer.status
  }

  it.each([
    ['a short form', 'a=b', {}],
    ['a form with a charset', 'a=b', { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }],
    ['a form that waits for 100-continue', 'a=b', { expect: '100-continue' }],
    ['a form of 16 KiB', `a=${'b'.repeat(16_382)}`, {}],
  ])('%s is', async (_what, body, headers) => {
    const length = { 'content-length': String(body.length) }
    expect(await answeredBy('/oauth/token', body, { ...FORM, ...length, ...headers })).toBe('itself')
  })

  it.each<[string, string, string, Headers, string | number]>([
    ['a longer form', '/oauth/token', `a=${'b'.repeat(16_383)}`, FORM, 'fastify'],
    ['a body in chunks', '/oauth/token', 'a=b', chunked(FORM), 'fastify'],
    ['an empty body', '/oauth/token', '', FORM, 'fastify'],
    ['another charset', '/oauth/token', 'a=b', { 'content-type': `${FORM['content-type']}; charset=x` }, 'fastify'],
    ['another path', '/oauth/token?a', 'a=b', FORM, 'fastify'],
    ['another type', '/oauth/token', '{}', { 'content-type': 'application/json' }, 415],
    ['a strange host', '/oauth/token', 'a=b', { ...FORM, host: 'a/b' }, 'fastify'],
  ])('%s is not', async (_what, path, body, headers, by) => {
    const length = 'transfer-encoding' in headers ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    expect(await answeredBy(path, body, { ...headers, ...length })).toBe(by)
  })

  it('another method is not', async () => {
    expect(await answeredBy('/oauth/token', 'a=b', { ...FORM, 'content-length': '3' }, 'PUT')).toBe(404)
  })

  it('the first beyond the limit of unanswered requests of a connection is not', async () => {
    const { release, begun } = held()
    const { socket, text } = open(url)
    socket.write(REQUEST.repeat(MAX_PIPELINED_REQUESTS + 1))
    await expect.poll(begun).toBe(MAX_PIPELINED_REQUESTS)
    release()
    await expect.poll(() => text().match(/"by":"\w+"/g)?.length).toBe(MAX_PIPELINED_REQUESTS + 1)
    expect(text().match(/"by":"fastify"/g)).toHaveLength(1)
  })

  it('a bug is answered with 500, says nothing, and is in the log', async () => {
    answering(async () => {
      throw new Error('secret detail')
    })
    const answer = await send(url, '/oauth/token', 'a=b', { ...FORM, 'content-length': '3', 'x-request-id': 'r-1' })
    expect(answer).toMatchObject({ status: 500, headers: { 'x-request-id': 'r-1' } })
    expect(answer.body).toBe('{"error":"server_error","error_description":"Something went wrong on our side."}')
    expect(logged.filter((line) => line.includes('secret detail') && line.includes('r-1'))).toHaveLength(1)
  })

  it('one whose client leaves before the end of its body is dropped, and its connection forgotten', async () => {
    let asked = 0
    answering(async () => {
      asked += 1
      return { by: 'itself' }
    })
    const { socket } = open(url)
    const seen = once(server.server, 'request') as Promise<[IncomingMessage]>
    socket.write(REQUEST.slice(0, -1))
    const [{ socket: served }] = await seen
    expect(unanswered.of(served).count).toBe(1)
    const left = new Promise((resolve) => served.once('close', resolve))
    socket.destroy()
    await left
    expect(unanswered.of(served).count).toBe(0)
    expect(await answeredBy('/oauth/token', 'a=b', { ...FORM, 'content-length': '3' })).toBe('itself')
    expect(asked).toBe(1)
  })

  it('none is once the server stops', async () => {
    const { release, begun } = held()
    const { socket, text } = open(url)
    socket.write(REQUEST)
    await expect.poll(begun).toBe(1)
    const seen = once(server.server, 'request')
    void server.close()
    socket.write(REQUEST)
    await seen
    release()
    await expect.poll(text).toContain('HTTP/1.1 503')
    expect(begun()).toBe(1)
  })
})

describe('the answer to a plain request', () => {
  const app = useApp({ env: { KEYTURN_TRUST_PROXY: '127.0.0.1' } })
  const random = new Random(1)
  let fields: Record<string, readonly (readonly [string, string])[][]>
  let authorizations: string[]
  beforeAll(async () => {
    const grants = [{ module: 'tokens', role: 'VIEWER' as const }]
    const key = await app.apiKey({ name: 'plain', grants })
    const endless = await app.apiKey({ name: 'endless', neverExpires: true, grants })
    const token = await tokenOf(app, key)
    authorizations = ['', basicOf(key), basicOf(endless), `Bearer ${token}`, `Bearer ${endless.secret}`, 'Basic ?']
    const client = [
      ['client_id', key.id],
      ['client_secret', key.secret],
    ] as const
    fields = {
      '/oauth/token': [
        [['grant_type', 'client_credentials'], ...client, ['scope', 'tokens:viewer']],
        [['grant_type', 'client_credentials']],
        [['grant_type', 'client_credentials'], ...client, ['scope', 'tokens:owner']],
        [['grant_type', 'client_credentials'], ...client, ['resource', 'https://a.example/b']],
        [
          ['grant_type', EXCHANGE_GRANT],
          ['subject_token', token],
          ['subject_token_type', ACCESS_TOKEN_TYPE],
        ],
        [
          ['grant_type', EXCHANGE_GRANT],
          ['subject_token', endless.secret],
          ['subject_token_type', KEY_TYPE],
        ],
      ],
      '/oauth/introspect': [
        [...client, ['token', token]],
        [
          ['token', endless.secret],
          ['token_type_hint', 'access_token'],
        ],
      ],
    }
  })

  /** What may differ between two answers to one request is taken out. */
  const comparable = ({ status, headers: { date, ...headers }, body }: Answer) => {
    const { access_token, ...rest } = JSON.parse(body)
    const parts = String(access_token).split('.').length
    return access_token === undefined
      ? { status, headers, body }
      : { status, headers: { ...headers, 'content-length': 0 }, body: { ...rest, parts } }
  }

  it('is that of Fastify to the same request in chunks', async () => {
    const statuses = new Set<number>()
    for (let number = 0; number < 120; number += 1) {
      const path = random.pick(Object.keys(fields))
      const form = random.pick(fields[path] ?? [])
      const body = random.chance(0.3)
        ? new URLSearchParams(form.map((one) => [...one])).toString()
        : mutateForm(form, random)
      const authorization = random.pick(authorizations)
      const headers = {
        ...FORM,
        'x-request-id': random.chance(0.9) ? `number-${number}` : `${app.ownerSecret}`,
        // Failures are limited for each address.
        'x-forwarded-for': `2001:db8:0:${number.toString(16)}::1`,
        ...(authorization === '' ? {} : { authorization }),
      }
      const plain = await send(app.url, path, body, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
      const other = await send(app.url, path, body, chunked(headers))
      const given = JSON.stringify({ path, body, authorization })
      if (headers['x-request-id'] === app.ownerSecret)
        for (const one of [plain, other]) expect(delete one.headers['x-request-id']).toBe(true)
      expect([given, comparable(plain)]).toEqual([given, comparable(other)])
      statuses.add(plain.status)
    }
    expect([...statuses].sort()).toEqual([200, 400, 401])
  })
})
