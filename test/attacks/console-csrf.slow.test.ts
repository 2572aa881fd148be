import { beforeAll, describe, expect, it } from 'vitest'
import { ViewerDocument } from '../../src/generated/graphql.ts'
import { schema } from '../../src/graphql-server/schema.ts'
import { useApp } from '../support/boot.ts'
import { type ConsoleClient, postSession, signIn } from '../support/console.ts'
import { changesIn } from '../support/history.ts'
import { openSocket } from '../support/raw-socket.ts'

/** Every mutation of the schema, without its input: whoever may send it at all is told that the input is missing. */
const MUTATIONS = Object.values(schema.getMutationType()?.getFields() ?? {}).map(({ name, args }) => {
  const declared = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ')
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ')
  return { name, query: `mutation(${declared}) { ${name}(${passed}) { __typename } }` }
})

describe('a cross-site request from the browser of a signed-in person', () => {
  const app = useApp()
  let session: ConsoleClient
  beforeAll(async () => {
    session = await signIn(app, app.ownerSecret)
  })

  const post = (query: string, headers: Record<string, string>) =>
    app.anonymous.send(query, {}, { cookie: session.cookie, ...headers })
  const own = () => ({ origin: app.publicUrl, 'x-keyturn-console': '1' })

  it('is tried with every mutation', () => {
    expect(MUTATIONS.length).toBeGreaterThan(25)
  })

  it.each(MUTATIONS)('changes nothing by $name', async ({ query }) => {
    const before = await changesIn(app)
    const attempts: Record<string, string>[] = [
      {},
      { origin: app.publicUrl },
      { 'x-keyturn-console': '1' },
      { ...own(), 'x-keyturn-console': 'true' },
      { ...own(), origin: 'https://attacker.example' },
      { ...own(), origin: app.publicUrl.replace('127.0.0.1', 'localhost') },
      { ...own(), origin: app.publicUrl.replace('http:', 'https:') },
      { ...own(), origin: `${app.publicUrl}.attacker.example` },
      { ...own(), origin: 'null' },
      { ...own(), 'sec-fetch-site': 'same-site' },
    ]
    for (const headers of attempts) {
      const { status, errors } = await post(query, headers)
      expect([status, errors?.[0]?.extensions.code, headers]).toEqual([403, 'FORBIDDEN', headers])
    }
    expect(await changesIn(app)).toEqual(before)
    // The same from the console itself comes as far as its input.
    const { errors } = await post(query, own())
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })

  it('gets an error that states what a mutation requires', async () => {
    const query = 'mutation { endSessions(input: {}) { endedSessionIds } }'
    const messageOf = async (headers: Record<string, string>) => (await post(query, headers)).errors?.[0]?.message
    expect(await messageOf({ origin: app.publicUrl })).toContain('x-keyturn-console: 1')
    expect(await messageOf({ 'x-keyturn-console': '1' })).toContain(`${app.publicUrl}, in the header Origin`)
    expect(await messageOf({ origin: 'https://attacker.example' })).toContain(`pages of ${app.publicUrl} alone`)
  })

  it('cannot hide a mutation in a document with a query', async () => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: session.cookie },
      body: JSON.stringify({
        operationName: 'Change',
        query: 'query Read { __typename } mutation Change { endSessions(input: {}) { endedSessionIds } }',
      }),
    })
    expect(response.status).toBe(403)
  })

  it('cannot send a mutation by GET, as a form or as text', async () => {
    const query = 'mutation { endSessions(input: {}) { endedSessionIds } }'
    const byGet = await fetch(`${app.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { cookie: session.cookie, ...own() },
    })
    expect(byGet.status).toBe(405)
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=a']) {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': type, cookie: session.cookie, ...own() },
        body: `query=${encodeURIComponent(query)}`,
      })
      expect(response.status).toBe(415)
    }
  })

  it('cannot read either: a query from another origin is rejected', async () => {
    const foreign = { ...session.headers, origin: 'https://attacker.example' }
    const { errors } = await app.anonymous.send(ViewerDocument.toString(), {}, foreign)
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  it('can neither sign out nor sign in as someone else', async () => {
    const attempts: Record<string, string>[] = [
      {},
      { origin: app.publicUrl },
      { 'x-keyturn-console': '1' },
      { ...own(), origin: 'https://attacker.example' },
    ]
    for (const headers of attempts)
      expect((await session.signOut({ cookie: session.cookie, ...headers })).status).toBe(403)
    const foreign = { origin: 'https://attacker.example' }
    expect((await postSession(app, { secret: app.ownerSecret }, foreign)).status).toBe(403)
    await session.run(ViewerDocument, {})
  })

  it('cannot send a mutation by WebSocket, not even from the console itself', async () => {
    const socket = await openSocket(app.url, session.upgradeHeaders)
    await socket.init()
    for (const { name, query } of MUTATIONS) {
      const { errors } = await socket.ask(query)
      expect([name, errors?.[0]?.extensions.code]).toEqual([name, 'FORBIDDEN'])
      expect(errors?.[0]?.message).toContain('Send mutations by POST')
    }
    socket.close()
  })

  it('cannot open a WebSocket with the cookie, from another origin or without one', async () => {
    const foreign = await openSocket(app.url, { cookie: session.cookie, origin: 'https://attacker.example' })
    expect((await foreign.ended.take()).code).toBe(403)
    const without = await openSocket(app.url, { cookie: session.cookie })
    without.send({ type: 'connection_init' })
    expect(await without.ended.take()).toMatchObject({ code: 4403, reason: expect.stringContaining('origin') })
  })
})

describe('a page of an allowed origin', () => {
  const page = 'https://dashboard.example'
  const app = useApp({ env: { KEYTURN_ALLOWED_ORIGINS: page } })

  it('cannot use the session of the console, by HTTP or WebSocket', async () => {
    const session = await signIn(app, app.ownerSecret)
    const { errors } = await app.anonymous.send(ViewerDocument.toString(), {}, { ...session.headers, origin: page })
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    const socket = await openSocket(app.url, { cookie: session.cookie, origin: page })
    socket.send({ type: 'connection_init' })
    expect((await socket.ended.take()).code).toBe(4403)
    const withKey = await openSocket(app.url, { cookie: session.cookie, origin: page })
    await withKey.init({ authorization: `Bearer ${app.ownerSecret}` })
    withKey.close()
  })
})
