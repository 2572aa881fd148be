import { afterEach, describe, expect, it } from 'vitest'
import { useApp } from '../support/boot.ts'
import { openSocket, type RawSocket } from '../support/raw-socket.ts'
import { untilLive, untilNothingIsLeft } from '../support/transports.ts'

const KIBIBYTE = 1024
const LARGEST = 128 * KIBIBYTE
const CONNECTIONS = 3
const TOO_MANY = `The limit is ${CONNECTIONS} live connections per credential. Close one, then try again.`

const app = useApp({ env: { KEYTURN_MAX_SOCKETS_PER_CREDENTIAL: String(CONNECTIONS) } })

/** An operation that is so many bytes long as JSON: the document itself may not be as long as a body. */
const ofSize = (bytes: number, around: (query: string) => object): string =>
  JSON.stringify(around('{ viewer { kind } }')).padEnd(bytes)

describe('a body', () => {
  const post = (body: string) =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...app.owner.headers },
      body,
    })

  it('of 128 KiB is accepted', async () => {
    const response = await post(ofSize(LARGEST, (query) => ({ query })))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ data: { viewer: { kind: 'USER' } } })
  })

  it('of one byte more is rejected with 413 and a GraphQL error', async () => {
    const response = await post(ofSize(LARGEST + 1, (query) => ({ query })))
    expect(response.status).toBe(413)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    const { errors } = (await response.json()) as { errors: unknown[] }
    expect(errors).toEqual([
      {
        message: 'The body is too large. The limit is 131072 bytes.',
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      },
    ])
  })

  it.each(['/oauth/token', '/oauth/introspect', '/oauth/revoke', '/auth/v1/token', '/auth/v1/api-key/token'])(
    'of one byte more is rejected with 413 by %s',
    async (path) => {
      const response = await fetch(app.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `pat=${'a'.repeat(LARGEST - 3)}`,
      })
      expect(response.status).toBe(413)
      expect(await response.json()).toMatchObject({ error: expect.any(String), error_description: expect.any(String) })
    },
  )
})

describe('a WebSocket', () => {
  const open: RawSocket[] = []
  const connect = async (headers: Record<string, string>) => {
    const socket = await openSocket(app.url)
    open.push(socket)
    socket.send({ type: 'connection_init', payload: headers })
    return socket
  }
  const ready = async (headers: Record<string, string>) => {
    const socket = await connect(headers)
    expect(await socket.messages.take()).toMatchObject({ type: 'connection_ack' })
    return socket
  }
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.close()
    await untilNothingIsLeft(app)
  })

  const subscribe = (query: string) => ({ type: 'subscribe', id: 'sized', payload: { query } })

  it('accepts a message of 128 KiB', async () => {
    const socket = await ready(app.owner.headers)
    socket.send(ofSize(LARGEST, subscribe))
    expect(await socket.messages.take()).toMatchObject({
      type: 'next',
      payload: { data: { viewer: { kind: 'USER' } } },
    })
  })

  it('closes with 1009 for a message of one byte more', async () => {
    const socket = await ready(app.owner.headers)
    socket.send(ofSize(LARGEST + 1, subscribe))
    expect((await socket.ended.take()).code).toBe(1009)
  })

  it('runs a hundred operations at a time, rejects one more, and accepts it when one has ended', async () => {
    const socket = await ready(app.owner.headers)
    const begin = (id: number) =>
      socket.send({
        type: 'subscribe',
        id: String(id),
        payload: { query: `subscription { keyEvents(organizationId: "${app.organizationId}") { sequence } }` },
      })
    for (let id = 1; id <= 100; id += 1) begin(id)
    await untilLive(app, 100)
    begin(101)
    expect(await socket.messages.take()).toEqual({
      id: '101',
      type: 'error',
      payload: [
        {
          message: 'A connection runs at most 100 operations at a time. Complete one, or open another connection.',
          extensions: { code: 'LIMIT_REACHED' },
        },
      ],
    })
    socket.send({ type: 'complete', id: '1' })
    await untilLive(app, 99)
    begin(102)
    await untilLive(app, 100)
    expect(socket.messages.pending).toEqual([])
  })

  it("is rejected with 4429 beyond a caller's limit of connections, which does not affect another caller", async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    const [first] = await Promise.all(Array.from({ length: CONNECTIONS }, () => ready(key.client.headers)))
    const refused = await connect(key.client.headers)
    expect(await refused.ended.take()).toEqual({ code: 4429, reason: TOO_MANY })
    await ready(app.owner.headers)
    await ready({})
    first?.close()
    await first?.ended.take()
    await expect
      .poll(async () => (await connect(key.client.headers)).messages.take().then(({ type }) => type))
      .toBe('connection_ack')
  })
})

describe('an event stream', () => {
  const listen = async (headers: Record<string, string>) => {
    const end = new AbortController()
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify({
        query: `subscription { keyEvents(organizationId: "${app.organizationId}") { sequence } }`,
      }),
      signal: end.signal,
    })
    return { response, end: () => end.abort() }
  }

  it("is rejected beyond a caller's limit of connections, which includes WebSockets and does not affect others", async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    const socket = await openSocket(app.url)
    await socket.init(key.client.headers)
    const streams = await Promise.all(Array.from({ length: CONNECTIONS - 1 }, () => listen(key.client.headers)))
    await untilLive(app, CONNECTIONS - 1)
    const refused = await (await listen(key.client.headers)).response.text()
    expect(refused).toContain('"LIMIT_REACHED"')
    expect(refused).toContain(TOO_MANY)
    const others = await listen(app.owner.headers)
    await untilLive(app, CONNECTIONS)
    // What does not stay open is no live connection.
    expect((await key.client.send('{ viewer { kind } }')).data).toEqual({ viewer: { kind: 'API_KEY' } })
    streams[0]?.end()
    await untilLive(app, CONNECTIONS - 1)
    const again = await listen(key.client.headers)
    await untilLive(app, CONNECTIONS)
    for (const { end } of [...streams, others, again]) end()
    socket.close()
    await untilNothingIsLeft(app)
  })
})
