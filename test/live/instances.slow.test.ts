import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  ExchangeKeyDocument,
  KeyEventsDocument,
  ResumeKeyDocument,
  RevokeAccessTokenDocument,
  RevokeKeyDocument,
  SuspendKeyDocument,
  UpdateMemberDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { postgresRuns, REDIS_URL, redisRuns } from '../support/engines.ts'
import { untilLive } from '../support/transports.ts'

const WAYS = [
  ['through Redis', { KEYTURN_PUBLIC_URL: 'http://keyturn.test', KEYTURN_REDIS_URL: REDIS_URL }],
  ['through the database alone', { KEYTURN_PUBLIC_URL: 'http://keyturn.test' }],
] as const

describe.skipIf(!postgresRuns || !redisRuns).each(WAYS)('two instances that are connected %s', (_, env) => {
  let first: TestApp
  let second: TestApp
  beforeAll(async () => {
    first = await boot({ engine: 'postgres', env })
    second = await boot({ engine: 'postgres', env, database: first.database })
  })
  afterAll(async () => {
    await second.stop()
    await first.close()
  })

  const onSecond = (credential: string) => second.anonymous.with(credential)
  const refusedSoon = async (credential: string) => {
    const client = onSecond(credential)
    await vi.waitFor(
      async () => expect((await client.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED'),
      { timeout: 2_000, interval: 20 },
    )
  }

  it('a key revoked on one instance is rejected by another one that had it cached', async () => {
    const key = await first.apiKey()
    expect((await onSecond(key.secret).run(ViewerDocument, {})).viewer.key?.id).toBe(key.id)
    await first.owner.run(RevokeKeyDocument, { input: { id: key.id } })
    await refusedSoon(key.secret)
  })

  it('a token revoked on one instance is rejected by another one', async () => {
    const key = await first.apiKey()
    const { exchangeKey } = await first.anonymous.run(ExchangeKeyDocument, {
      input: { secret: key.secret },
    })
    const introspect = async () => {
      const response = await fetch(`${second.url}/oauth/introspect`, {
        method: 'POST',
        headers: { authorization: `Bearer ${first.ownerSecret}` },
        body: new URLSearchParams({ token: exchangeKey.accessToken }),
      })
      return ((await response.json()) as { active: boolean }).active
    }
    expect(await introspect()).toBe(true)
    await first.anonymous.run(RevokeAccessTokenDocument, { input: { token: exchangeKey.accessToken } })
    await vi.waitFor(async () => expect(await introspect()).toBe(false), { timeout: 2_000, interval: 20 })
  })

  it('withdrawn grants of a member are gone on another instance', async () => {
    const person = await first.person('Ann', [{ module: 'keys', role: 'MANAGER' }])
    const there = onSecond(person.secret)
    const { organizationId } = first
    expect((await there.run(ViewerGrantsDocument, { organizationId })).viewer.grants).toHaveLength(1)
    const { data } = await first.owner.send<{
      organization: { members: { edges: { node: { id: string; user: { id: string } } }[] } }
    }>('query($id: ID!) { organization(id: $id) { members(first: 100) { edges { node { id user { id } } } } } }', {
      id: organizationId,
    })
    const member = data?.organization.members.edges.find((edge) => edge.node.user.id === person.userId)
    await first.owner.run(UpdateMemberDocument, { input: { memberId: member?.node.id ?? '', grants: [] } })
    await vi.waitFor(
      async () => expect((await there.run(ViewerGrantsDocument, { organizationId })).viewer.grants).toEqual([]),
      { timeout: 2_000, interval: 20 },
    )
  })

  it('a subscriber of one instance gets the events of both, in order and once', async () => {
    const { organizationId } = first
    const subscription = await onSecond(first.ownerSecret).subscribe(KeyEventsDocument, {
      organizationId,
      types: ['KEY_CREATED'],
    })
    await untilLive(second, 1)
    const names = Array.from({ length: 20 }, (_, index) => `shared ${index} ${Math.random()}`)
    await Promise.all(
      names.map(async (name, index) => {
        const app = index % 2 === 0 ? first : second
        return app.anonymous
          .with(first.ownerSecret)
          .send('mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }', {
            input: { organizationId, name, grants: [] },
          })
      }),
    )
    const events = (await subscription.results.takeMany(20)).map((result) => result.data?.keyEvents)
    expect(new Set(events.map((event) => event?.targetName))).toEqual(new Set(names))
    const sequences = events.map((event) => event?.sequence ?? 0)
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
    subscription.stop()
  })
})

describe.skipIf(!postgresRuns || !redisRuns)('an instance that loses Redis', () => {
  it('uses nothing cached until it reconnects, and gets what it missed', async () => {
    const first = await boot({ engine: 'postgres', env: { KEYTURN_REDIS_URL: REDIS_URL } })
    const second = await boot({ engine: 'postgres', env: { KEYTURN_REDIS_URL: REDIS_URL }, database: first.database })
    const admin = new Redis(REDIS_URL)
    try {
      const key = await first.apiKey()
      const there = second.anonymous.with(key.secret)
      await there.run(ViewerDocument, {})
      expect(second.app.parts.feed.connected).toBe(true)
      await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await vi.waitFor(() => expect(second.app.parts.feed.connected).toBe(false), { interval: 1 })
      await first.owner.run(RevokeKeyDocument, { input: { id: key.id } })
      expect((await there.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
      await vi.waitFor(() => expect(second.app.parts.feed.connected).toBe(true), { timeout: 5_000 })
      expect((await there.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    } finally {
      admin.disconnect()
      await second.stop()
      await first.close()
    }
  })
})

describe.skipIf(!postgresRuns)('two instances on one database', () => {
  it('a revocation at one ends the subscription at the other, before later events are delivered', async () => {
    const here = await boot({ engine: 'postgres' })
    const there = await boot({ database: here.database })
    try {
      const { organizationId } = here
      const caller = await here.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
      const busy = await here.apiKey()
      const { results, ended } = await caller.client.subscribe(KeyEventsDocument, { organizationId })
      await untilLive(here, 1)
      await here.owner.run(SuspendKeyDocument, { id: busy.id })
      await results.take()
      const remote = there.anonymous.with(here.ownerSecret)
      await remote.run(RevokeKeyDocument, { input: { id: caller.id } })
      // Heard of here, this event shows that the one before it was missed.
      await here.owner.run(ResumeKeyDocument, { id: busy.id })
      expect((await ended.take()).code).toBe(4403)
      expect(results.pending).toEqual([])
    } finally {
      await there.stop()
      await here.close()
    }
  })
})
