import { connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { KeyEventsDocument, RevokeKeyDocument, UpdateKeyPolicyDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp, useApp } from '../support/boot.ts'
import { PATIENCE } from '../support/patience.ts'
import { MessageQueue } from '../support/queue.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

interface Message {
  readonly type: string
  readonly id?: string
  readonly payload?: unknown
}

const socketOf = (app: TestApp, path = '/graphql', protocol = 'graphql-transport-ws', headers = {}) => {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}${path}`, protocol, { headers })
  const messages = new MessageQueue<Message>()
  const closed = new MessageQueue<{ code: number; reason: string }>()
  socket.on('message', (data) => messages.push(JSON.parse(String(data))))
  socket.on('close', (code, reason) => closed.push({ code, reason: String(reason) }))
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const send = (message: Message) => socket.send(JSON.stringify(message))
  return { socket, messages, closed, opened, send }
}

describe('the GraphQL WebSocket', () => {
  const app = useApp()
  afterEach(() => untilNothingIsLeft(app))

  const initialized = async (payload?: Record<string, unknown>) => {
    const made = socketOf(app)
    await made.opened
    made.send({ type: 'connection_init', ...(payload === undefined ? {} : { payload }) })
    expect(await made.messages.take()).toMatchObject({ type: 'connection_ack' })
    return made
  }

  const acknowledged = async (payload: Record<string, unknown>, headers: Record<string, string> = {}) => {
    const { socket, opened, send, messages } = socketOf(app, '/graphql', 'graphql-transport-ws', headers)
    await opened
    send({ type: 'connection_init', payload })
    const message = await messages.take()
    socket.close()
    return message
  }

  it('acknowledges with the expiry of the key, wherever the client sends the credential', async () => {
    const { secret } = await app.apiKey({ expiresIn: 'PT1H' })
    const authorization = `Bearer ${secret}`
    const expected = { type: 'connection_ack', payload: { keyExpires: expect.stringMatching(/^\d{4}-.*Z$/) } }
    expect(await acknowledged({ Authorization: authorization })).toEqual(expected)
    expect(await acknowledged({ headers: { authorization } })).toEqual(expected)
    expect(await acknowledged({}, { authorization })).toEqual(expected)
    const { secret: unending } = await app.apiKey({ neverExpires: true })
    expect(await acknowledged({ authorization: `Bearer ${unending}` })).toEqual({ type: 'connection_ack' })
  })

  it.each([
    { what: 'a secret that nobody has', authorization: `Bearer kt_ak_${'0'.repeat(49)}` },
    { what: 'a text that is no credential', authorization: 'Bearer nothing' },
    { what: 'another scheme', authorization: 'Basic bm90aGluZw==' },
    { what: 'nothing behind the scheme', authorization: 'Bearer' },
    { what: 'no text', authorization: 42 },
    { what: 'an object', authorization: { bearer: true } },
  ])('closes with 4401 if the credential is $what', async ({ authorization }) => {
    const { opened, send, closed, messages } = socketOf(app)
    await opened
    send({ type: 'connection_init', payload: { authorization } })
    expect(await closed.take()).toEqual({
      code: 4401,
      reason: expect.stringMatching(/^Unauthorized: (?:MALFORMED|UNKNOWN)$/),
    })
    expect(messages.pending).toEqual([])
  })

  it('closes with 4401 if the key has been revoked', async () => {
    const { id, secret } = await app.apiKey()
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    const { opened, send, closed } = socketOf(app)
    await opened
    send({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } })
    expect((await closed.take()).code).toBe(4401)
  })

  it('closes with 4401 for an operation before connection_init', async () => {
    const { opened, send, closed } = socketOf(app)
    await opened
    send({ type: 'subscribe', id: '1', payload: { query: '{ viewer { kind } }' } })
    expect((await closed.take()).code).toBe(4401)
  })

  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])('accepts the credential as %s', async (name) => {
    const { send, messages, socket } = await initialized({ [name]: `Bearer ${app.ownerSecret}` })
    send({ type: 'subscribe', id: '1', payload: { query: '{ viewer { kind } }' } })
    expect(await messages.take()).toMatchObject({ type: 'next', payload: { data: { viewer: { kind: 'USER' } } } })
    socket.close()
  })

  it('closes with 4408 after five seconds without connection_init', async () => {
    const { opened, closed } = socketOf(app)
    await opened
    const since = Date.now()
    expect((await closed.take()).code).toBe(4408)
    expect(Date.now() - since).toBeGreaterThan(4_500)
  })

  it('closes with 4429 for a second connection_init', async () => {
    const { send, closed } = await initialized()
    send({ type: 'connection_init' })
    expect((await closed.take()).code).toBe(4429)
  })

  it('closes with 4400 for an invalid message', async () => {
    const { socket, closed } = await initialized()
    socket.send('{"type":')
    expect((await closed.take()).code).toBe(4400)
  })

  it('rejects every operation of a connection whose key was revoked, and closes with 4403', async () => {
    const { id, secret } = await app.apiKey({ grants: [{ module: 'keys', role: 'MANAGER' }] })
    const { send, messages, closed } = await initialized({ authorization: `Bearer ${secret}` })
    const { organizationId } = app
    const query = 'query ($organizationId: ID!) { organization(id: $organizationId) { policy { maximumOverlap } } }'
    const ask = (operation: string) =>
      send({ type: 'subscribe', id: operation, payload: { query, variables: { organizationId } } })
    ask('before')
    expect(await messages.take()).toMatchObject({
      type: 'next',
      payload: { data: { organization: { policy: { maximumOverlap: 'P7D' } } } },
    })
    await messages.take()
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    const variables = { input: { organizationId, policy: { maximumOverlap: 'P1D' } } }
    send({ type: 'subscribe', id: 'change', payload: { query: UpdateKeyPolicyDocument.toString(), variables } })
    expect((await closed.take()).code).toBe(4403)
    expect(messages.pending.filter((message) => message.type === 'next')).toEqual([])
    const after = await app.owner.send<{ organization: { policy: object } }>(query, { organizationId })
    expect(after.data?.organization.policy).toEqual({ maximumOverlap: 'P7D' })
  })

  it('counts every operation of a connection as a use of its key', async () => {
    const { id, secret } = await app.apiKey()
    const { send, messages, socket } = await initialized({ authorization: `Bearer ${secret}` })
    await app.app.parts.usage.flush()
    const used = async () => {
      await app.app.parts.usage.flush()
      const { data } = await app.owner.send<{ key: { lastUsedAt: string } }>(
        'query ($id: ID!) { key(id: $id) { lastUsedAt } }',
        { id },
      )
      return Date.parse(data?.key.lastUsedAt ?? '')
    }
    const connected = await used()
    send({ type: 'subscribe', id: '1', payload: { query: '{ viewer { kind } }' } })
    await messages.takeMany(2)
    expect(await used()).toBeGreaterThan(connected)
    socket.close()
  })

  it('sends no HTTP-only extensions', async () => {
    const { send, messages, socket } = await initialized()
    send({ type: 'subscribe', id: '1', payload: { query: '{ viewer { kind } }' } })
    const refused = await messages.take()
    expect(refused).toMatchObject({ type: 'next', payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } })
    send({ type: 'subscribe', id: '2', payload: { query: 'query ($id: ID!) { node(id: $id) { id } }' } })
    await messages.take()
    const invalid = await messages.take()
    expect(JSON.stringify([refused, invalid])).not.toContain('http')
    socket.close()
  })

  it.each(['//', '/%', '/graphql/', '/elsewhere', '/graphql%2f', '*'])(
    'answers an upgrade at %s with 404, closes, and continues',
    async (path) => {
      const { port, hostname } = new URL(app.url)
      const answer = new MessageQueue<string>()
      // It never ends its own half: what the server holds then, it holds for ever.
      const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
      socket.on('data', (data) => answer.push(String(data)))
      socket.on('error', () => undefined)
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
          'sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      )
      expect(await answer.take()).toMatch(/^HTTP\/1\.1 404 /)
      await vi.waitFor(() => {
        socket.write('is anybody there?')
        expect(socket.destroyed).toBe(true)
      }, PATIENCE)
      expect((await app.owner.send('{ viewer { kind } }')).data).toEqual({ viewer: { kind: 'USER' } })
    },
  )
})

describe.each(TRANSPORTS)('a restart, for a subscription by $name', ({ name, open }) => {
  it('ends the stream so that its client reconnects', async () => {
    const app = await boot()
    const { ended } = await open(app.owner, KeyEventsDocument, { organizationId: app.organizationId })
    await untilLive(app, 1)
    await app.app.close()
    const { code, reason } = await ended.take()
    if (name === 'WebSocket') expect({ code, reason }).toEqual({ code: 1012, reason: 'Service restart' })
    else expect(reason).not.toBe('complete')
    await app.database.remove()
  })
})
