import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { KeyEventsDocument, RevokeKeyDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { postgresRuns } from '../support/engines.ts'
import { ownRedisRuns, type RedisProcess, startRedis } from '../support/redis-process.ts'
import { untilLive } from '../support/transports.ts'

/** A quarter of a second by promise, measured by bench/revocation.ts; the rest is for a machine that is busy. */
const LONGEST_ACCEPTANCE_MS = 1_000

describe.skipIf(!postgresRuns || !ownRedisRuns)('two instances whose Redis is suspended', () => {
  let redis: RedisProcess
  let here: TestApp
  let there: TestApp
  beforeAll(async () => {
    redis = await startRedis()
    const env = { KEYTURN_REDIS_URL: redis.url }
    here = await boot({ engine: 'postgres', env })
    there = await boot({ env, database: here.database })
  })
  afterAll(async () => {
    redis.thaw()
    await there.stop()
    await here.close()
    await redis.close()
  })

  afterEach(() => redis.thaw())

  const isConnected = () => there.app.parts.feed.connected
  const untilConnected = () => vi.waitFor(() => expect(isConnected()).toBe(true), { timeout: 15_000, interval: 5 })
  /** Revokes here what is cached there; returns how long it was accepted there. */
  const revokeHere = async () => {
    const key = await here.apiKey()
    const client = there.anonymous.with(key.secret)
    await client.run(ViewerDocument, {})
    return async () => {
      await here.owner.run(RevokeKeyDocument, { input: { id: key.id } })
      const revokedAt = performance.now()
      for (let acceptedFor = 0; ; ) {
        const askedAfter = performance.now() - revokedAt
        const { errors } = await client.try(ViewerDocument, {})
        // The refusal itself waits for Redis, which counts it.
        if (errors !== undefined) return acceptedFor
        acceptedFor = askedAfter
      }
    }
  }

  it('detect it within a moment, and use nothing cached until it is over', async () => {
    await untilConnected()
    const revoke = await revokeHere()
    redis.freeze()
    await vi.waitFor(() => expect(isConnected()).toBe(false), { timeout: 1_000, interval: 1 })
    expect(await revoke()).toBeLessThan(LONGEST_ACCEPTANCE_MS)
    redis.thaw()
    await untilConnected()
  })

  it('trust each other immediately if it is suspended in the same moment', async () => {
    await untilConnected()
    const revoke = await revokeHere()
    redis.freeze()
    expect(await revoke()).toBeLessThan(LONGEST_ACCEPTANCE_MS)
    redis.thaw()
    await untilConnected()
  })

  it('deliver each event once, within a second, before, during and after', async () => {
    const { organizationId } = here
    const { results, stop } = await there.anonymous
      .with(here.ownerSecret)
      .subscribe(KeyEventsDocument, { organizationId, types: ['KEY_CREATED'] })
    await untilLive(there, 1)
    const made: string[] = []
    const receiveOne = async () => {
      made.push((await here.apiKey()).id)
      return (await results.take(1_000)).data?.keyEvents.targetId
    }
    const received = [await receiveOne()]
    redis.freeze()
    for (let count = 0; count < 5; count += 1) received.push(await receiveOne())
    redis.thaw()
    await untilConnected()
    received.push(await receiveOne())
    expect(received).toEqual(made)
    expect(results.pending).toEqual([])
    stop()
  })

  it('reconnect if it stays away for seconds, and trust it once it is back', async () => {
    await untilConnected()
    redis.freeze()
    const reconnecting = () => there.logged.some((line) => line.includes('not answered for two seconds'))
    await vi.waitFor(() => expect(reconnecting()).toBe(true), { timeout: 5_000, interval: 50 })
    const revoke = await revokeHere()
    expect(await revoke()).toBeLessThan(LONGEST_ACCEPTANCE_MS)
    redis.thaw()
    await untilConnected()
    expect(await (await revokeHere())()).toBeLessThan(LONGEST_ACCEPTANCE_MS)
  })
})
