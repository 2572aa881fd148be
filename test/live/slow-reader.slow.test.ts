import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { BY_SYSTEM } from '../../src/audit/audit-event.ts'
import { KeyEventsDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const KIB = 1_024
const LARGE = 'x'.repeat(8 * KIB)
const MANY = 6_000

const megabytesHeld = () => {
  collectGarbage()
  return (process.memoryUsage().heapUsed + process.memoryUsage().external) / KIB / KIB
}

/** Appends so many events about a key, a hundred a transaction, as quickly as the database takes them. */
const append = async (app: TestApp, organizationId: string, id: string, count: number, each = 100, text = LARGE) => {
  const { log, services } = app.app.parts
  const draft = {
    type: 'KEY_UPDATED' as const,
    target: { id, name: null },
    // One text alone would be cut short by the log.
    details: { kind: 'API_KEY' as const, changes: Object.fromEntries((text.match(/.{1,200}/g) ?? []).entries()) },
  }
  for (let done = 0; done < count; done += each)
    await services.database.write((writer) =>
      log.appendAll(writer, organizationId, Array(Math.min(each, count - done)).fill({ cause: BY_SYSTEM, draft })),
    )
}

const sequencesOf = async (app: TestApp, id: string): Promise<number[]> =>
  (
    await app.app.parts.services.database.read((reader) =>
      reader.query<{ sequence: string }>('SELECT sequence FROM audit_events WHERE target_id = ? ORDER BY sequence', [
        id,
      ]),
    )
  ).map((row) => Number(row.sequence))

const QUERY =
  'subscription ($organizationId: ID!, $keyId: ID!, $after: SafeInt) { keyEvents(organizationId: $organizationId, keyId: $keyId, after: $after) { sequence details } }'

const quiet = { timeout: 20_000, interval: 50 }

describe('a reader that stops reading', () => {
  let app: TestApp
  let organizationId: string
  beforeAll(async () => {
    vi.stubEnv('NODE_ENV', 'production')
    app = await boot()
    organizationId = app.organizationId
  })
  afterAll(() => app.close())

  const resumed = async (id: string, seen: readonly number[]) => {
    const variables = { organizationId, keyId: id, after: seen.at(-1) ?? 0 }
    const { results } = await app.owner.subscribe(KeyEventsDocument, variables)
    const left = (await sequencesOf(app, id)).length - seen.length
    const rest = (await results.takeMany(left)).map(({ data }) => data?.keyEvents.sequence ?? 0)
    expect(results.pending).toEqual([])
    app.owner.close()
    return [...seen, ...rest]
  }

  it('over WebSocket is closed with 4429, uses little memory, and misses nothing when it reconnects', async () => {
    const { id } = await app.apiKey()
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    const seen: number[] = []
    const said: string[] = []
    const closed = once(socket, 'close')
    await once(socket, 'open')
    const send = (message: object) => socket.send(JSON.stringify(message))
    send({ type: 'connection_init', payload: { authorization: `Bearer ${app.ownerSecret}` } })
    await once(socket, 'message')
    const variables = { organizationId, keyId: id, after: 0 }
    send({ type: 'subscribe', id: '1', payload: { query: QUERY, variables } })
    const [first] = await once(socket, 'message')
    seen.push(JSON.parse(String(first)).payload.data.keyEvents.sequence)
    await untilLive(app, 1)
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data))
      said.push(type)
      if (payload?.data) seen.push(payload.data.keyEvents.sequence)
    })
    const before = megabytesHeld()
    socket.pause()
    // At once, while events are still appended: who has not read the close frame after two seconds is cut off without it.
    const resuming = vi
      .waitFor(() => expect(app.app.parts.live.size).toBe(0), { timeout: 60_000, interval: 20 })
      .then(() => socket.resume())
    await append(app, organizationId, id, MANY)
    expect(megabytesHeld() - before).toBeLessThan((MANY * LARGE.length) / KIB / KIB / 2)
    await resuming
    const [code, reason] = await closed
    expect([code, String(reason)]).toEqual([4429, 'Read too slowly'])
    expect(new Set(said)).toEqual(new Set(['next']))
    expect(seen.length).toBeLessThan(MANY)
    expect(await resumed(id, seen)).toEqual(await sequencesOf(app, id))
  }, 90_000)

  it('by server-sent events gets the reason when it reads on, uses little memory, and misses nothing', async () => {
    const { id } = await app.apiKey()
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${app.ownerSecret}`,
    }
    const asking = request(`${app.url}/graphql`, { method: 'POST', headers })
    asking.end(JSON.stringify({ query: QUERY, variables: { organizationId, keyId: id, after: 0 } }))
    const [response] = await once(asking, 'response')
    await untilLive(app, 1)
    const before = megabytesHeld()
    await append(app, organizationId, id, MANY)
    expect(megabytesHeld() - before).toBeLessThan((MANY * LARGE.length) / KIB / KIB / 2)
    await vi.waitFor(() => expect(app.app.parts.live.size).toBe(0), quiet)
    let text = ''
    for await (const chunk of response) text += chunk
    const messages = text.split('\n').flatMap((line) => (line.startsWith('data: ') ? JSON.parse(line.slice(6)) : []))
    const seen = messages.flatMap(({ data }) => data?.keyEvents.sequence ?? [])
    expect(messages.at(-1).errors[0].extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: 1 })
    expect(text).toMatch(/event: complete\ndata:\n\n$/)
    expect(seen.length).toBeLessThan(MANY)
    expect(await resumed(id, seen)).toEqual(await sequencesOf(app, id))
  }, 90_000)

  it('by server-sent events is disconnected if it does not even read the reason', async () => {
    const { id } = await app.apiKey()
    const { port, hostname } = new URL(app.url)
    const socket = connect({ port: Number(port), host: hostname })
    socket.on('error', () => undefined)
    const body = JSON.stringify({ query: QUERY, variables: { organizationId, keyId: id } })
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: text/event-stream\r\n` +
        `authorization: Bearer ${app.ownerSecret}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    await untilLive(app, 1)
    await append(app, organizationId, id, MANY)
    await untilNothingIsLeft(app)
    // Nobody answers on a connection that was cut: writing to it shows it without reading.
    await vi.waitFor(() => {
      socket.write('\r\n')
      expect(socket.destroyed).toBe(true)
    }, quiet)
  }, 90_000)

  it('over WebSocket is closed with 4429 if it keeps sending requests without reading the responses', async () => {
    const { id } = await app.apiKey()
    await append(app, organizationId, id, 100)
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    const closed = once(socket, 'close')
    await once(socket, 'open')
    const send = (message: object) => socket.send(JSON.stringify(message))
    send({ type: 'connection_init', payload: { authorization: `Bearer ${app.ownerSecret}` } })
    await once(socket, 'message')
    socket.pause()
    const query = 'query ($id: ID!) { key(id: $id) { history(first: 100) { edges { node { details } } } } }'
    // Eight hundred kilobytes each, one after the other.
    for (let asked = 0; asked < 200 && app.app.parts.sockets.size > 0; asked += 1) {
      send({ type: 'subscribe', id: `${asked}`, payload: { query, variables: { id } } })
      await app.owner.send('{ viewer { kind } }')
    }
    socket.resume()
    const [code, reason] = await closed
    expect([code, String(reason)]).toEqual([4429, 'Read too slowly'])
  }, 90_000)

  it('does not prevent the service from stopping', async () => {
    const own = await boot()
    const { id } = await own.apiKey()
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${own.ownerSecret}`,
    }
    const asking = request(`${own.url}/graphql`, { method: 'POST', headers })
    asking.on('error', () => undefined)
    const variables = { organizationId: own.organizationId, keyId: id, after: 0 }
    asking.end(JSON.stringify({ query: QUERY, variables }))
    const [response] = await once(asking, 'response')
    response.on('error', () => undefined)
    await untilLive(own, 1)
    await append(own, own.organizationId, id, 500)
    await own.close()
  }, 30_000)
})

describe.each(TRANSPORTS)('a change of thousands of keys at once, delivered by $name', ({ open }) => {
  it('reaches every subscriber completely, and disconnects none', async () => {
    const app = await boot()
    const { organizationId } = app
    try {
      const { id } = await app.apiKey()
      const live = await open(app.owner, KeyEventsDocument, { organizationId })
      const replaying = await open(app.owner, KeyEventsDocument, { organizationId, after: 0, keyId: id })
      await untilLive(app, 2)
      await append(app, organizationId, id, 2_500, 2_500, '')
      await append(app, organizationId, id, 20, 1, '')
      const [created, ...committed] = await sequencesOf(app, id)
      const read = async ({ results }: typeof live, count: number) =>
        (await results.takeMany(count, 20_000)).map(({ data }) => data?.keyEvents.sequence)
      expect(await read(live, committed.length)).toEqual(committed)
      expect(await read(replaying, committed.length + 1)).toEqual([created, ...committed])
      await append(app, organizationId, id, 1, 1, '')
      expect(await read(live, 1)).toEqual(await read(replaying, 1))
      expect([...live.ended.pending, ...replaying.ended.pending]).toEqual([])
    } finally {
      await app.close()
    }
  }, 60_000)
})
