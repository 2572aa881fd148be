import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { boot, type TestApp } from '../support/boot.ts'
import { headsOf } from '../support/history.ts'
import { PATIENCE } from '../support/patience.ts'
import { MessageQueue } from '../support/queue.ts'

interface Message {
  readonly type: string
  readonly id?: string
  readonly payload?: unknown
}

const INIT = JSON.stringify({ type: 'connection_init' })
const subscribe = (id: string, payload: unknown) => JSON.stringify({ type: 'subscribe', id, payload })

describe('a WebSocket client that violates the protocol', () => {
  let app: TestApp
  let before: unknown[]
  const sockets: WebSocket[] = []
  const complaints = vi.spyOn(console, 'error')
  beforeAll(async () => {
    app = await boot()
    before = await headsOf(app)
  })
  afterAll(async () => {
    for (const socket of sockets) socket.terminate()
    expect(await headsOf(app)).toEqual(before)
    expect(app.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
    expect(complaints).not.toHaveBeenCalled()
    await app.close()
  })

  const open = async (protocol: string | string[] = 'graphql-transport-ws', headers: Record<string, string> = {}) => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, protocol, { headers })
    sockets.push(socket)
    const messages = new MessageQueue<Message>()
    const closed = new MessageQueue<{ code: number; reason: string }>()
    socket.on('message', (data) => messages.push(JSON.parse(String(data))))
    socket.on('close', (code, reason) => closed.push({ code, reason: String(reason) }))
    const upgraded = once(socket, 'upgrade')
    await once(socket, 'open')
    const [response]: IncomingMessage[] = await upgraded
    if (response === undefined) throw new Error('The server did not upgrade the connection.')
    return { socket, raw: response.socket, messages, closed }
  }
  const connected = async (authorization = `Bearer ${app.ownerSecret}`) => {
    const client = await open()
    client.socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }))
    expect(await client.messages.take()).toMatchObject({ type: 'connection_ack' })
    return client
  }

  it.each([
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['no type', '{}'],
    ['a type that there is not', '{"type":"start"}'],
    ['a type that is a number', '{"type":5}'],
    ['a payload that is text', '{"type":"connection_init","payload":"Bearer x"}'],
    ['JSON that is cut off', '{"type":"connection_init"'],
    ['bytes', Buffer.from([0xff, 0x00, 0x7b])],
  ])('is closed with 4400 for %s', async (_, message) => {
    const { socket, closed } = await open()
    socket.send(message)
    expect((await closed.take()).code).toBe(4400)
  })

  it.each([
    ['without an id', { type: 'subscribe', payload: { query: '{ viewer { kind } }' } }],
    ['with an empty id', { type: 'subscribe', id: '', payload: { query: '{ viewer { kind } }' } }],
    ['with a number for an id', { type: 'subscribe', id: 1, payload: { query: '{ viewer { kind } }' } }],
    ['without a payload', { type: 'subscribe', id: '1' }],
    ['without a query', { type: 'subscribe', id: '1', payload: {} }],
    ['with a number for a query', { type: 'subscribe', id: '1', payload: { query: 5 } }],
    [
      'with text for variables',
      { type: 'subscribe', id: '1', payload: { query: '{ viewer { kind } }', variables: 'x' } },
    ],
    ['that completes nothing', { type: 'complete' }],
    ['that answers in our place', { type: 'next', id: '1' }],
  ])('is closed with 4400 for a message %s', async (_, message) => {
    const { socket, closed } = await connected()
    socket.send(JSON.stringify(message))
    expect((await closed.take()).code).toBe(4400)
  })

  it.each([
    ['no secret', 'Bearer nonsense'],
    ['another scheme', 'Basic SECRET'],
    ['nothing behind the scheme', 'Bearer '],
    ['an empty text', ''],
    ['a number', 5],
    ['an object', { token: 'SECRET' }],
  ])('is closed with 4401 if its credential is %s, with the reason that it is malformed', async (_, authorization) => {
    const { socket, messages, closed } = await open()
    const text = JSON.stringify({ type: 'connection_init', payload: { authorization } })
    socket.send(text.replace('SECRET', app.ownerSecret))
    expect(await closed.take()).toEqual({
      code: 4401,
      reason: 'Unauthorized: MALFORMED',
    })
    expect(messages.pending).toEqual([])
  })

  it('is closed with 4401 if it subscribes before connection_init', async () => {
    const { socket, messages, closed } = await open()
    socket.send(subscribe('1', { query: '{ viewer { kind } }' }))
    expect((await closed.take()).code).toBe(4401)
    expect(messages.pending).toEqual([])
  })

  it('is closed with 4408 if it sends nothing', async () => {
    const { closed } = await open()
    expect((await closed.take()).code).toBe(4408)
  })

  it('is closed with 4429 if it sends connection_init twice', async () => {
    const { socket, closed } = await connected()
    socket.send(INIT)
    expect((await closed.take()).code).toBe(4429)
  })

  it('is closed with 4409 if two of its operations have the same id', async () => {
    const { socket, closed } = await connected()
    const query = 'subscription ($id: ID!) { keyEvents(organizationId: $id) { id } }'
    const payload = { query, variables: { id: app.organizationId } }
    socket.send(subscribe('1', payload))
    socket.send(subscribe('1', payload))
    expect((await closed.take()).code).toBe(4409)
  })

  it.each([
    ['graphql-ws', ['graphql-ws']],
    ['a protocol that there is not', ['chat']],
  ])('is closed with 4406 if it requests %s', async (_, protocols) => {
    const opened = await open(protocols).catch((error: unknown) => error)
    if (opened instanceof Error) return void expect(opened.message).toMatch(/subprotocol/)
    const { closed } = opened as Awaited<ReturnType<typeof open>>
    expect([4406, 1002]).toContain((await closed.take()).code)
  })

  it('is closed if it sends a message that is too large', async () => {
    const { socket, closed } = await open()
    socket.send('x'.repeat(200_000))
    expect((await closed.take()).code).toBe(1009)
  })

  it.each([
    ['a frame of a kind that there is not', [0x83, 0x80, 0, 0, 0, 0], 1002],
    ['a frame that is not masked', [0x81, 0x01, 0x7b], 1002],
    ['text that is none', [0x81, 0x81, 0, 0, 0, 0, 0xff], 1007],
  ])('is closed if it sends %s', async (_, bytes, code) => {
    const { raw, closed } = await open()
    // Past the library, which sends nothing of the kind.
    raw.write(Buffer.from(bytes))
    expect((await closed.take()).code).toBe(code)
  })

  it.each([
    ['does not parse', { query: '{ viewer {' }, 'BAD_USER_INPUT'],
    ['asks for what there is not', { query: '{ viewer { secrets } }' }, 'BAD_USER_INPUT'],
    ['lacks a variable', { query: 'query ($id: ID!) { key(id: $id) { id } }' }, 'BAD_USER_INPUT'],
    [
      'names an operation that there is not',
      { query: 'query A { viewer { kind } }', operationName: 'B' },
      'BAD_USER_INPUT',
    ],
    [
      'has a variable of the wrong type',
      { query: 'query ($id: ID!) { key(id: $id) { id } }', variables: { id: {} } },
      'BAD_USER_INPUT',
    ],
    [
      'follows what there is not',
      { query: 'subscription { keyEvents(organizationId: "org_0") { id } }' },
      'BAD_USER_INPUT',
    ],
    [
      'follows what is not there for it',
      { query: 'subscription { keyEvents(organizationId: "org_00000000000040008000000000000000") { id } }' },
      'NOT_FOUND',
    ],
    [
      'goes on from before the beginning',
      {
        query: 'subscription ($id: ID!) { keyEvents(organizationId: $id, after: -1) { id } }',
        variables: { id: 'own' },
      },
      'BAD_USER_INPUT',
    ],
    [
      'goes on from beyond what a number holds',
      {
        query: 'subscription ($id: ID!) { keyEvents(organizationId: $id, after: 1e300) { id } }',
        variables: { id: 'own' },
      },
      'BAD_USER_INPUT',
    ],
    [
      'follows a key that is none',
      {
        query: 'subscription ($id: ID!) { keyEvents(organizationId: $id, keyId: "x") { id } }',
        variables: { id: 'own' },
      },
      'BAD_USER_INPUT',
    ],
  ])('gets an error for an operation that %s, and may continue', async (_, payload, code) => {
    const { socket, messages, closed } = await connected()
    socket.send(subscribe('1', JSON.parse(JSON.stringify(payload).replace('"own"', `"${app.organizationId}"`))))
    const { type, id, payload: answer } = await messages.take()
    const errors = type === 'error' ? answer : (answer as { errors: unknown[] }).errors
    expect([id, errors]).toMatchObject(['1', [{ extensions: { code } }]])
    socket.send(subscribe('2', { query: '{ viewer { kind } }' }))
    for (;;) {
      const message = await messages.take()
      if (message.id !== '2') continue
      expect(message).toMatchObject({ type: 'next', payload: { data: { viewer: { kind: 'USER' } } } })
      break
    }
    expect(closed.pending).toEqual([])
  })

  it('may disconnect without a close frame during an operation', async () => {
    const leaving = async () => {
      const { socket, raw, closed } = await connected()
      for (let asked = 0; asked < 50; asked += 1) socket.send(subscribe(`${asked}`, { query: '{ viewer { kind } }' }))
      await new Promise(setImmediate)
      raw.resetAndDestroy()
      await closed.take()
    }
    await Promise.all(Array.from({ length: 20 }, leaving))
    await vi.waitFor(() => expect(app.app.parts.sockets.size).toBeLessThan(sockets.length), PATIENCE)
    expect((await app.owner.send('{ viewer { kind } }')).status).toBe(200)
  })

  it('may run public operations without a credential, and no others', async () => {
    const { socket, messages } = await open()
    socket.send(INIT)
    await messages.take()
    socket.send(subscribe('1', { query: '{ viewer { kind } }' }))
    expect(JSON.stringify(await messages.take())).toContain('UNAUTHENTICATED')
  })
})
