import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BY_SYSTEM } from '../../src/audit/audit-event.ts'
import { keyResumed, keyRevoked, keySuspended } from '../../src/audit/events/key-events.ts'
import { newId } from '../../src/kernel/ids.ts'
import { ENGINES } from '../support/engines.ts'
import { answering, type Receiver, startReceiver } from '../support/receiver.ts'
import { bootNotifying, type NotifyingApp } from './notifying.ts'

/** SQLite has one instance. */
const INSTANCES = { sqlite: 1, postgres: 3 } as const
/** Largest number of requests of one route that an instance has open: while it works, and while it fails. */
const OPEN = 16
const OPEN_OF_FAILING = 1
const TYPES = ['KEY_SUSPENDED', 'KEY_RESUMED', 'KEY_REVOKED'] as const
/** More keys than an instance can send about at the same time, so that the bound and not the keys limits it. */
const KEYS_PER_INSTANCE = OPEN + 4

/** Makes a receiver hold its answers, and records how many requests are open and which keys they are about. */
const hold = (receiver: Receiver) => {
  const open = new Map<() => void, string>()
  const seen = { most: 0, overlapping: [] as string[] }
  receiver.answer = ({ body }, response) => {
    const key: string = body.data.event.targetId
    if ([...open.values()].includes(key)) seen.overlapping.push(key)
    const answer = () => void response.writeHead(204).end()
    open.set(answer, key)
    response.once('close', () => open.delete(answer))
    seen.most = Math.max(seen.most, open.size)
  }
  /** Answers the open requests, newest first. */
  const release = () => {
    for (const [answer] of [...open].reverse()) {
      open.delete(answer)
      answer()
    }
  }
  return { open, seen, release }
}

/** Expects that a receiver got the events of each key in their order. */
const expectInOrder = ({ requests }: Receiver, keys: number) => {
  const byKey = new Map<string, string[]>()
  for (const { body } of requests) {
    const { targetId, type } = body.data.event
    byKey.set(targetId, [...(byKey.get(targetId) ?? []), type])
  }
  expect(byKey.size).toBe(keys)
  for (const types of byKey.values()) expect(types).toEqual(TYPES)
}

describe.each(ENGINES)('all instances on %s', (engine) => {
  const apps: NotifyingApp[] = []
  let receiver: Receiver
  let other: Receiver
  const keys = KEYS_PER_INSTANCE * INSTANCES[engine]
  const started = () => {
    const [first] = apps
    if (first === undefined) throw new Error('No instance has started.')
    return first
  }
  beforeEach(async () => {
    for (let index = 0; index < INSTANCES[engine]; index += 1) {
      const [first] = apps
      apps.push(await bootNotifying({ engine, ...(first === undefined ? {} : { database: first.database }) }))
    }
    receiver = await startReceiver()
    other = await startReceiver()
  })
  afterEach(async () => {
    await receiver.close()
    await other.close()
    const [first, ...others] = apps.splice(0)
    for (const app of others) await app.stop()
    await first?.close()
  })

  const routeTo = (url: string, types: readonly (typeof TYPES)[number][] = TYPES) =>
    started().route({ target: { webhook: { url } }, types: [...types] })
  /** The events of TYPES about each of new keys. */
  const appendEvents = (count = keys) => {
    const { app, organizationId } = started()
    const subjects = Array.from({ length: count }, (_, index) => {
      const kind = 'API_KEY' as const
      return { id: newId('key'), name: `key ${index}`, kind, ownerId: null }
    })
    const drafts = subjects.flatMap((key) => [
      keySuspended(key),
      keyResumed(key),
      keyRevoked(key, { reason: 'UNSPECIFIED' }),
    ])
    return app.parts.services.database.write((writer) =>
      app.parts.log.appendAll(
        writer,
        organizationId,
        drafts.map((draft) => ({ cause: BY_SYSTEM, draft })),
      ),
    )
  }
  /** One round of every instance. Attempts go on after it. */
  const work = () => Promise.all(apps.map(({ app }) => app.parts.notifications.work()))
  /** Works until a value is reached. */
  const workUntil = <Value>(read: () => Value, expected: Value) =>
    expect
      .poll(
        async () => {
          await work()
          return read()
        },
        { timeout: 60_000 },
      )
      .toEqual(expected)

  it('have at most 16 requests of a route open each, in the order of each key, and deliver other routes meanwhile', async () => {
    const { open, seen, release } = hold(receiver)
    await routeTo(receiver.url)
    await routeTo(other.url, ['KEY_REVOKED'])
    await appendEvents()
    await workUntil(() => open.size, OPEN * apps.length)
    await workUntil(() => other.requests.length, keys)
    expect(open.size).toBe(OPEN * apps.length)
    await workUntil(() => {
      release()
      return receiver.requests.length
    }, keys * TYPES.length)
    expect(seen).toEqual({ most: OPEN * apps.length, overlapping: [] })
    expectInOrder(receiver, keys)
  })

  it('have one request of a failing route open each', async () => {
    receiver.answer = answering(500)
    await routeTo(receiver.url)
    await appendEvents(1)
    await workUntil(() => receiver.requests.length, 1)
    await Promise.all(apps.map(({ app }) => app.parts.notifications.workOff()))
    const { open, seen } = hold(receiver)
    await routeTo(other.url, ['KEY_REVOKED'])
    await appendEvents()
    await workUntil(() => open.size, OPEN_OF_FAILING * apps.length)
    // These rounds could open more requests of the failing route.
    await workUntil(() => other.requests.length, keys)
    expect(seen.most).toBe(OPEN_OF_FAILING * apps.length)
  })

  it('deliver a route whose receiver has the same origin as one that does not answer', async () => {
    const { open } = hold(receiver)
    const { answer } = receiver
    let answered = 0
    receiver.answer = (request, response) => {
      if (request.path !== '/answers') return answer(request, response)
      answered += 1
      response.end()
    }
    await routeTo(receiver.url, ['KEY_REVOKED'])
    await routeTo(`${receiver.url}/answers`, ['KEY_REVOKED'])
    await appendEvents()
    await workUntil(() => [open.size, answered], [OPEN * apps.length, keys])
  })
})
