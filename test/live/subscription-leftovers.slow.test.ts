import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { ExpiryWarningsDocument, KeyEventsDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { grant } from '../support/people.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

/** A subscriber that can vanish without a word; resolves when it has asked. */
const BARE = {
  WebSocket: async (app: TestApp, variables: object) => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    socket.on('error', () => undefined)
    await new Promise((resolve) => socket.once('open', resolve))
    const send = (message: object) => socket.send(JSON.stringify(message))
    send({ type: 'connection_init', payload: { authorization: `Bearer ${app.ownerSecret}` } })
    await new Promise((resolve) => socket.once('message', resolve))
    send({ type: 'subscribe', id: '1', payload: { query: KeyEventsDocument.toString(), variables } })
    return () => socket.terminate()
  },
  'server-sent events': async (app: TestApp, variables: object) => {
    const asking = request(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${app.ownerSecret}`,
      },
    })
    asking.on('error', () => undefined)
    asking.on('response', (response) => response.on('error', () => undefined).resume())
    await new Promise<void>((resolve) =>
      asking.end(JSON.stringify({ query: KeyEventsDocument.toString(), variables }), resolve),
    )
    return () => asking.destroy()
  },
}

describe.each(TRANSPORTS)('a subscription by $name leaves', ({ name, open }) => {
  const vanishing = BARE[name as keyof typeof BARE]
  let app: TestApp
  let organizationId: string
  beforeAll(async () => {
    // In a test's environment event streams are pinged so often that a stream which nobody ended would still be found out.
    vi.stubEnv('NODE_ENV', 'production')
    app = await boot()
    organizationId = app.organizationId
  })
  afterEach(() => {
    app.owner.close()
    return untilNothingIsLeft(app)
  })
  afterAll(() => app.close())

  it.each([{ after: undefined }, { after: 0 }])(
    'nothing behind when its client unsubscribes, with or without a replay: $after',
    async ({ after }) => {
      const variables = { organizationId, ...(after === undefined ? {} : { after }) }
      const subscriptions = [
        await open(app.owner, KeyEventsDocument, variables),
        await open(app.owner, ExpiryWarningsDocument, variables),
      ]
      await untilLive(app, 2)
      expect(app.app.parts.feed.followedOrganizations).toBe(1)
      for (const { stop } of subscriptions) stop()
      await untilNothingIsLeft(app)
    },
  )

  it('nothing behind when its client disconnects, without any event', async () => {
    const vanish = await vanishing(app, { organizationId })
    await untilLive(app, 1)
    vanish()
    await untilNothingIsLeft(app)
  })

  it('nothing behind when a hundred clients disconnect while it starts', async () => {
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const vanish = await vanishing(app, { organizationId, after: 0 })
        for (let turn = 0; turn < index % 12; turn += 1) await new Promise(setImmediate)
        vanish()
      }),
    )
    // Whoever was not yet at work when its client went gets its turn before this is answered.
    await app.owner.send('{ viewer { kind } }')
    await untilNothingIsLeft(app)
  })

  it('nothing behind, and no endless retry, if an event cannot be read', async () => {
    const { writing } = app.app.parts.sources
    const { results, ended } = await open(app.owner, ExpiryWarningsDocument, { organizationId })
    await untilLive(app, 1)
    await app.apiKey({ expiresIn: 'PT3600S', warnBefore: ['PT3599S'] })
    const { data } = await results.take()
    // Somebody else, for whom the warning has not just been read.
    const { client } = await app.person('Rita Reader', [grant('keys:viewer')])
    await writing.query('ALTER TABLE expiry_warnings RENAME TO out_of_reach')
    try {
      const replaying = await open(client, ExpiryWarningsDocument, { organizationId, after: 0 })
      const { errors } = await replaying.results.take()
      expect(errors?.map((error) => error.extensions)).toEqual([{ code: 'INTERNAL', requestId: expect.any(String) }])
      const [requestId] = errors?.map((error) => error.extensions.requestId) ?? []
      expect(app.logged.filter((line) => line.includes('out_of_reach') || line.includes(`${requestId}`))).not.toEqual(
        [],
      )
      expect((await replaying.ended.take()).reason).toBe('complete')
      expect(replaying.results.pending).toEqual([])
    } finally {
      await writing.query('ALTER TABLE out_of_reach RENAME TO expiry_warnings')
    }
    await untilLive(app, 1)
    expect(ended.pending).toEqual([])
    const again = await open(client, ExpiryWarningsDocument, { organizationId, after: 0 })
    expect((await again.results.take()).data?.expiryWarnings.id).toBe(data?.expiryWarnings.id)
    client.close()
  })

  it('nothing behind if it could not start', async () => {
    const { writing } = app.app.parts.sources
    await writing.query('ALTER TABLE audit_events RENAME TO out_of_reach')
    try {
      const { results } = await open(app.owner, KeyEventsDocument, { organizationId, after: 0 })
      expect((await results.take()).errors?.[0]?.extensions.code).toBe('INTERNAL')
      await untilNothingIsLeft(app)
    } finally {
      await writing.query('ALTER TABLE out_of_reach RENAME TO audit_events')
    }
  })
})
