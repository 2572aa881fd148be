import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket as WebSocketUnderTest } from 'ws'
import { type CredentialFunction, createKeyturnClient, type KeyturnClient } from '../../src/client/client.ts'
import { CreateApiKeyDocument, CreateOrganizationDocument, KeyEventsDocument } from '../../src/client/documents.ts'
import { RevokeKeyDocument, TypedDocumentString } from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { type CutLine, openLine } from '../support/cut-line.ts'

interface Created {
  readonly keyEvents: { readonly sequence: number; readonly targetName: string | null }
}
const CreatedDocument = new TypedDocumentString<Created, { organizationId: string; after?: number }>(
  `subscription ($organizationId: ID!, $after: SafeInt) {
    keyEvents(organizationId: $organizationId, types: [KEY_CREATED], after: $after) { sequence targetName }
  }`,
)

describe('subscribe', () => {
  const app = useApp()
  let organizationId: string
  let line: CutLine
  const clients: KeyturnClient[] = []

  beforeEach(async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name: 'Fresh' } })
    organizationId = createOrganization.organization.id
    line = await openLine(Number(new URL(app.url).port))
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()))
    await line.close()
  })

  const clientOf = (credential: string | CredentialFunction = app.ownerSecret, url = app.url) => {
    const client = createKeyturnClient({ url: `${url}/graphql`, credential })
    clients.push(client)
    return client
  }
  const create = async (...names: string[]) => {
    const ids: string[] = []
    for (const name of names) {
      const input = { organizationId, name, grants: [] }
      ids.push((await app.owner.run(CreateApiKeyDocument, { input })).createApiKey.apiKey.id)
    }
    return ids
  }
  const take = async (stream: AsyncIterator<Created>, count: number) => {
    const names: (string | null)[] = []
    while (names.length < count) {
      const { value, done } = await stream.next()
      if (done) throw new Error(`The stream ended after ${names.join(', ')}`)
      names.push(value.keyEvents.targetName)
    }
    return names
  }

  it('returns past and new events, from the start with after: 0', async () => {
    await create('one', 'two')
    const stream = clientOf().subscribe(CreatedDocument, { organizationId }, { after: 0 })
    expect(await take(stream, 2)).toEqual(['one', 'two'])
    await create('three')
    expect(await take(stream, 1)).toEqual(['three'])
  })

  it('neither repeats nor misses an event when the connection breaks', async () => {
    const states: string[] = []
    const onConnection = (state: string) => states.push(state)
    const overLine = clientOf(app.ownerSecret, `http://127.0.0.1:${line.port}`)
    const stream = overLine.subscribe(CreatedDocument, { organizationId }, { after: 0, onConnection })
    await create('one')
    expect(await take(stream, 1)).toEqual(['one'])
    line.cut()
    await create('two', 'three')
    line.restore()
    expect(await take(stream, 2)).toEqual(['two', 'three'])
    line.cut()
    line.restore()
    await create('four')
    expect(await take(stream, 1)).toEqual(['four'])
    expect(states.slice(0, 4)).toEqual(['connecting', 'live', 'offline', 'connecting'])
    expect(states.at(-1)).toBe('live')
  })

  it('a slow consumer receives everything in order, and at most 256 events are buffered for it', async () => {
    const names = Array.from({ length: 280 }, (_, index) => `key ${index}`)
    for (let start = 0; start < names.length; start += 40)
      await Promise.all(names.slice(start, start + 40).map((name) => create(name)))
    let received = 0
    const counted = class extends WebSocketUnderTest {
      constructor(url: string, protocol: string) {
        super(url, protocol)
        this.on('message', (text: Buffer) => {
          if (String(text).includes('"next"')) received += 1
        })
      }
    }
    const client = createKeyturnClient({
      url: `${app.url}/graphql`,
      credential: app.ownerSecret,
      webSocketImpl: counted,
    })
    clients.push(client)
    const stream = client.subscribe(CreatedDocument, { organizationId }, { after: 0 })
    const [first] = await take(stream, 1)
    await expect.poll(() => received).toBeGreaterThanOrEqual(256)
    const others = await take(stream, 279)
    expect(new Set([first, ...others])).toEqual(new Set(names))
    expect(received).toBeGreaterThanOrEqual(280)
  })

  it('ends by break, by the signal and by dispose', async () => {
    await create('one')
    const client = clientOf()
    for await (const event of client.subscribe(CreatedDocument, { organizationId }, { after: 0 })) {
      expect(event.keyEvents.targetName).toBe('one')
      break
    }
    const controller = new AbortController()
    const { signal } = controller
    const aborted = client.subscribe(CreatedDocument, { organizationId }, { signal })
    const disposed = client.subscribe(CreatedDocument, { organizationId })
    controller.abort()
    expect(await aborted.next()).toEqual({ done: true, value: undefined })
    const last = disposed.next()
    await client.dispose()
    expect(await last).toEqual({ done: true, value: undefined })
    expect(() => client.subscribe(CreatedDocument, { organizationId })).toThrow(/disposed/)
  })

  describe('a rejection by the server ends it', () => {
    it('an invalid credential', async () => {
      const stream = clientOf('kt_pk_wrong').subscribe(CreatedDocument, { organizationId })
      await expect(stream.next()).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
        reason: 'MALFORMED',
        status: 4401,
      })
      expect(await stream.next()).toEqual({ done: true, value: undefined })
    })

    it('a missing grant, and invalid variables', async () => {
      const weak = await app.apiKey({ organizationId, grants: [{ module: 'audit', role: 'VIEWER' }] })
      const forbidden = clientOf(weak.secret).subscribe(KeyEventsDocument, { organizationId })
      await expect(forbidden.next()).rejects.toMatchObject({ code: 'FORBIDDEN', required: ['keys:viewer'] })
      const invalid = clientOf().subscribe(KeyEventsDocument, { organizationId: 'nonsense' })
      await expect(invalid.next()).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    })

    it('the revocation of its key', async () => {
      const reader = await app.apiKey({ organizationId, grants: [{ module: 'keys', role: 'VIEWER' }] })
      await create('one')
      const stream = clientOf(reader.secret).subscribe(CreatedDocument, { organizationId }, { after: 0 })
      await take(stream, 2)
      await app.owner.run(RevokeKeyDocument, { input: { id: reader.id } })
      await expect(stream.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 4403 })
    })
  })

  it('continues with another credential if its function returns one', async () => {
    const reader = await app.apiKey({ organizationId, grants: [{ module: 'keys', role: 'VIEWER' }] })
    const secrets = [reader.secret, app.ownerSecret]
    const source: CredentialFunction = () => secrets[0] ?? ''
    source.forget = () => secrets.shift()
    const stream = clientOf(source).subscribe(CreatedDocument, { organizationId }, { after: 0 })
    await take(stream, 1)
    await app.owner.run(RevokeKeyDocument, { input: { id: reader.id } })
    await create('one')
    expect(await take(stream, 1)).toEqual(['one'])
  })

  it.each([
    [
      'no $after',
      'subscription ($id: ID!) { keyEvents(organizationId: $id) { sequence } }',
      /needs the variable \$after/,
    ],
    [
      '$after that goes nowhere',
      'subscription ($id: ID!, $after: SafeInt) { keyEvents(organizationId: $id) { sequence } }',
      /keyEvents\(after: \$after\)/,
    ],
    [
      'no sequence',
      'subscription ($id: ID!, $after: SafeInt) { keyEvents(organizationId: $id, after: $after) { id } }',
      /must select sequence of keyEvents/,
    ],
    ['a query', '{ viewer { kind } }', /one operation, a subscription/],
  ])('throws before it connects for %s', (_, text, message) => {
    const client = createKeyturnClient({ url: 'http://127.0.0.1:1/graphql', credential: 'x' })
    expect(() => client.subscribe(text)).toThrow(message)
  })
})
