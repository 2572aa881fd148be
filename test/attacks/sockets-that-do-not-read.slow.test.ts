import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { boot, type TestApp } from '../support/boot.ts'
import type { Result } from '../support/client.ts'
import { openSocket, type RawSocket } from '../support/raw-socket.ts'
import { untilLive, untilNothingIsLeft } from '../support/transports.ts'

const PATIENCE = { timeout: 20_000, interval: 20 }

/** A socket that leaves unread whatever it gets; reads on when it is told to, and says how it was closed. */
const openUnread = async (app: TestApp) => {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  socket.on('error', () => undefined)
  const closed = once(socket, 'close').then(([code, reason]) => [code, String(reason)])
  await once(socket, 'open')
  // Introduced without a credential: one that is not would be closed for that before long.
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  socket.pause()
  const readOn = async () => {
    await vi.waitFor(() => expect(app.app.parts.sockets.size).toBe(0), PATIENCE)
    socket.resume()
    return closed
  }
  return { socket, readOn }
}

const expectNothingHeld = (app: TestApp) =>
  vi.waitFor(() => {
    const { connections, unauthenticated, subscriptions } = app.app.parts.limits
    expect([connections.size, unauthenticated.size, subscriptions.size]).toEqual([0, 0, 0])
  }, PATIENCE)

describe('a client that sends pings and does not read the responses', () => {
  // Otherwise the limit of messages would end each before the limit of bytes.
  let app: TestApp
  beforeAll(async () => {
    app = await boot({ env: { KEYTURN_MAX_SOCKET_MESSAGES_PER_SECOND: '1000000' } })
  })
  afterAll(() => app.close())

  it('is closed with 4429 and uses little memory, with messages of the protocol', async () => {
    const { socket, readOn } = await openUnread(app)
    const before = process.memoryUsage().rss
    const ping = JSON.stringify({ type: 'ping', payload: { filler: 'x'.repeat(100_000) } })
    // Sixty megabytes: what the system buffers of a connection is less.
    for (let sent = 0; sent < 600 && app.app.parts.sockets.size > 0; sent += 1)
      await new Promise<void>((resolve) => socket.send(ping, () => resolve()))
    expect(await readOn()).toEqual([4429, 'Read too slowly'])
    expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(100)
    await expectNothingHeld(app)
  }, 60_000)

  it('is closed with 4429, with frames of the WebSocket protocol', async () => {
    const { socket, readOn } = await openUnread(app)
    for (let sent = 0; sent < 400_000 && app.app.parts.sockets.size > 0; sent += 1) {
      socket.ping('x'.repeat(125))
      if (sent % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await readOn()).toEqual([4429, 'Read too slowly'])
  }, 60_000)
})

describe('a socket that sends too many messages', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await boot({ env: { KEYTURN_MAX_SOCKET_MESSAGES_PER_SECOND: '10' } })
  })
  afterAll(() => app.close())

  it.each([
    ['messages', (socket: WebSocket) => socket.send('{"type":"ping"}')],
    ['ping frames', (socket: WebSocket) => socket.ping()],
    ['pong frames', (socket: WebSocket) => socket.pong()],
  ])('is closed with 4429 for %s', async (_what, send) => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    socket.on('error', () => undefined)
    const closed = once(socket, 'close')
    await once(socket, 'open')
    let answers = 0
    socket.on('message', () => {
      answers += 1
    })
    socket.on('pong', () => {
      answers += 1
    })
    for (let sent = 0; sent < 1_000; sent += 1) send(socket)
    const [code, reason] = await closed
    expect([code, String(reason)]).toEqual([4429, 'Too many messages'])
    // A burst of five seconds' worth, and what a slow machine lets through meanwhile.
    expect(answers).toBeLessThan(200)
  })
})

describe('unauthenticated sockets from one address', () => {
  let app: TestApp
  const open: RawSocket[] = []
  const connect = async (headers: Record<string, string> = {}) => {
    const socket = await openSocket(app.url, headers)
    open.push(socket)
    return socket
  }
  beforeAll(async () => {
    app = await boot({
      env: {
        KEYTURN_TRUST_PROXY: '127.0.0.1',
        KEYTURN_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: '2',
        KEYTURN_MAX_UNAUTHENTICATED_SOCKETS: '3',
      },
    })
  })
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.close()
    await expectNothingHeld(app)
  })
  afterAll(() => app.close())

  const from = (address: string) => ({ 'x-forwarded-for': address })

  it('are rejected with 429 beyond their limit, initialized or not; others are accepted until the instance is full', async () => {
    const first = await connect(from('192.0.2.1'))
    await first.init()
    await connect(from('192.0.2.1'))
    expect(await (await connect(from('192.0.2.1'))).ended.take()).toMatchObject({ code: 429 })
    const other = await connect(from('192.0.2.2'))
    await other.init()
    expect(await (await connect(from('192.0.2.3'))).ended.take()).toMatchObject({ code: 503 })
  })

  it('of one IPv6 network are counted together', async () => {
    await connect(from('2001:db8::1'))
    await connect(from('2001:db8::2'))
    expect(await (await connect(from('2001:db8::3'))).ended.take()).toMatchObject({ code: 429 })
  })

  it('free their capacity when they present a valid credential', async () => {
    for (let opened = 0; opened < 5; opened += 1) await (await connect(from('192.0.2.1'))).init(app.owner.headers)
    const { connections, unauthenticated } = app.app.parts.limits
    expect([connections.size, unauthenticated.size]).toEqual([5, 0])
  })

  it('that close during authentication use no capacity', async () => {
    const sockets = await Promise.all([connect(from('192.0.2.1')), connect(from('192.0.2.1'))])
    for (const socket of sockets) {
      socket.send({ type: 'connection_init', payload: app.owner.headers })
      socket.close()
    }
    await expectNothingHeld(app)
  })
})

describe('live connections and subscriptions', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await boot({
      env: {
        KEYTURN_MAX_SOCKETS_PER_CREDENTIAL: '3',
        KEYTURN_MAX_SOCKETS_PER_ORGANIZATION: '4',
        KEYTURN_MAX_SUBSCRIPTIONS_PER_CREDENTIAL: '2',
        KEYTURN_MAX_SUBSCRIPTIONS_PER_ORGANIZATION: '3',
      },
    })
  })
  const open: RawSocket[] = []
  const streams: { stop(): void }[] = []
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.close()
    for (const stream of streams.splice(0)) stream.stop()
    await untilNothingIsLeft(app)
    await expectNothingHeld(app)
  })
  afterAll(() => app.close())

  const watcher = () => app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
  const connect = async (headers: Record<string, string>) => {
    const socket = await openSocket(app.url)
    open.push(socket)
    socket.send({ type: 'connection_init', payload: headers })
    return socket
  }
  const query = () => `subscription { keyEvents(organizationId: "${app.organizationId}") { sequence } }`
  const subscribe = (socket: RawSocket, id: string) =>
    socket.send({ type: 'subscribe', id, payload: { query: query() } })
  /** The only answer to an operation that is refused. */
  const refusalOf = async (socket: RawSocket) => {
    const { payload } = await socket.messages.take()
    expect(await socket.messages.take()).toMatchObject({ type: 'complete' })
    const [error] = (payload as Result<unknown>).errors ?? []
    return { code: error?.extensions.code, message: error?.message }
  }
  const PER_KEY = 'The limit is 2 live subscriptions per credential. Close one, then try again.'

  it('of a credential are limited over all its sockets and streams, and a completed one frees capacity', async () => {
    const key = await watcher()
    const [one, two] = [await connect(key.client.headers), await connect(key.client.headers)]
    await Promise.all([one.messages.take(), two.messages.take()])
    subscribe(one, 'a')
    await untilLive(app, 1)
    const stream = key.client.subscribeByEvents({ toString: query }, {})
    streams.push(stream)
    await untilLive(app, 2)
    subscribe(two, 'b')
    expect(await refusalOf(two)).toEqual({ code: 'LIMIT_REACHED', message: PER_KEY })
    one.send({ type: 'complete', id: 'a' })
    await untilLive(app, 1)
    subscribe(two, 'c')
    await untilLive(app, 2)
    stream.stop()
    await untilLive(app, 1)
    subscribe(two, 'd')
    await untilLive(app, 2)
    expect(two.messages.pending).toEqual([])
  })

  it('that are rejected or fail to start are not counted', async () => {
    const key = await app.apiKey()
    const socket = await connect(key.client.headers)
    await socket.messages.take()
    for (let asked = 0; asked < 5; asked += 1) {
      subscribe(socket, `${asked}`)
      expect((await refusalOf(socket)).code).toBe('FORBIDDEN')
    }
  })

  it('of a token are counted for its key', async () => {
    const key = await watcher()
    const { access_token: token } = (await (
      await fetch(`${app.url}/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${key.id}:${key.secret}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: app.url }),
      })
    ).json()) as { access_token: string }
    for (const credential of [key.secret, token, key.secret])
      expect(await (await connect({ authorization: `Bearer ${credential}` })).messages.take()).toMatchObject({
        type: 'connection_ack',
      })
    const refused = await connect({ authorization: `Bearer ${token}` })
    expect((await refused.ended.take()).code).toBe(4429)
  })

  it('of an organization are limited over all its credentials, separately from another tenant', async () => {
    const [one, two, stranger] = [await watcher(), await watcher(), await app.stranger()]
    const sockets = []
    for (const { client } of [one, one, two, two]) {
      const socket = await connect(client.headers)
      expect(await socket.messages.take()).toMatchObject({ type: 'connection_ack' })
      sockets.push(socket)
    }
    const refused = await connect(app.owner.headers)
    expect(await refused.ended.take()).toEqual({
      code: 4429,
      reason: 'The limit is 4 live connections per organization. Close one, then try again.',
    })
    expect(await (await connect(stranger.owner.client.headers)).messages.take()).toMatchObject({
      type: 'connection_ack',
    })
    const [a, b, c, d] = sockets
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('Not all opened.')
    for (const socket of [a, b, c]) subscribe(socket, 'x')
    await untilLive(app, 3)
    subscribe(d, 'x')
    expect(await refusalOf(d)).toEqual({
      code: 'LIMIT_REACHED',
      message: 'The limit is 3 live subscriptions per organization. Close one, then try again.',
    })
  })
})
