import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { KeyEventsDocument, RevokeKeyDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { newId } from '../../src/kernel/ids.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { postgresRuns, REDIS_URL, redisRuns } from '../support/engines.ts'
import { PATIENCE } from '../support/patience.ts'
import { MessageQueue } from '../support/queue.ts'
import { post } from '../support/tokens.ts'
import { untilLive } from '../support/transports.ts'

const CHANNEL = 'keyturn:events'
const env = { KEYTURN_PUBLIC_URL: 'http://keyturn.test', KEYTURN_REDIS_URL: REDIS_URL }

describe.skipIf(!postgresRuns || !redisRuns)('an attacker who can publish in Redis', () => {
  let first: TestApp
  let second: TestApp
  const attacker = new Redis(REDIS_URL)
  beforeAll(async () => {
    first = await boot({ engine: 'postgres', env })
    second = await boot({ engine: 'postgres', env, database: first.database })
  })
  afterAll(async () => {
    attacker.disconnect()
    await second.stop()
    await first.close()
  })

  const rejected = async (reason: string): Promise<number> => {
    const metrics = await (await fetch(`${second.url}/metrics`)).text()
    const found = new RegExp(`^keyturn_feed_messages_rejected_total\\{reason="${reason}"\\} (\\d+)`, 'm').exec(metrics)
    return Number(found?.[1] ?? 0)
  }
  /** Publishes, and waits until the other instance has refused all of it. */
  const publish = async (reason: string, messages: readonly string[]) => {
    const before = await rejected(reason)
    for (const message of messages) await attacker.publish(CHANNEL, message)
    await vi.waitFor(
      async () => expect(await rejected(reason)).toBeGreaterThanOrEqual(before + messages.length),
      PATIENCE,
    )
  }
  const subscribe = async () => {
    const reader = second.anonymous.with(first.ownerSecret)
    const { organizationId } = first
    const { results } = await reader.subscribe(KeyEventsDocument, { organizationId })
    await untilLive(second, 1)
    return {
      next: async () => (await results.take(2_000)).data?.keyEvents,
      end: async () => {
        reader.close()
        await untilLive(second, 0)
      },
    }
  }
  const forged = (targetId: string, sequence: number) => ({
    from: 'another instance',
    events: [
      {
        id: newId('event'),
        organizationId: first.organizationId,
        sequence,
        type: 'KEY_REVOKED',
        occurredAt: new Date().toISOString(),
        actor: { kind: 'SYSTEM', id: null, name: 'Keyturn' },
        targetId,
        targetName: 'forged',
        details: {},
        requestId: null,
        ipAddress: null,
        userAgent: null,
        previousHash: '0'.repeat(64),
        hash: '0'.repeat(64),
      },
    ],
  })
  const shapesOf = (message: object) => {
    const text = JSON.stringify(message)
    return [text, `${'0'.repeat(16)}.${'A'.repeat(43)}${text}`]
  }

  it('can neither forge the revocation of a key nor hide a real one', async () => {
    const [kept, ended] = [await first.apiKey(), await first.apiKey()]
    const there = second.anonymous.with(ended.secret)
    await there.run(ViewerDocument, {})
    await second.anonymous.with(kept.secret).run(ViewerDocument, {})
    const subscription = await subscribe()
    const head = await first.app.parts.services.database.read((reader) =>
      reader.query<{ sequence: string }>('SELECT sequence FROM audit_heads WHERE organization_id = ?', [
        first.organizationId,
      ]),
    )
    const sequence = Number(head[0]?.sequence)
    const messages = [1, 2, 1_000].flatMap((ahead) => shapesOf(forged(kept.id, sequence + ahead)))
    await publish('forged', messages)
    await first.owner.run(RevokeKeyDocument, { input: { id: ended.id } })
    expect(await subscription.next()).toMatchObject({
      type: 'KEY_REVOKED',
      targetId: ended.id,
      sequence: sequence + 1,
    })
    await vi.waitFor(
      async () => expect((await there.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED'),
      { timeout: 2_000, interval: 20 },
    )
    expect((await second.anonymous.with(kept.secret).run(ViewerDocument, {})).viewer.key?.id).toBe(kept.id)
    await subscription.end()
  })

  it('cannot replay messages of instances: each event arrives once', async () => {
    const ear = new Redis(REDIS_URL)
    const heard = new MessageQueue<string>()
    await ear.subscribe(CHANNEL)
    ear.on('message', (_channel, text) => heard.push(text))
    const subscription = await subscribe()
    const one = await first.apiKey()
    const isOfOne = (text: string) => text.includes(one.id)
    let genuine = await heard.take(2_000)
    while (!isOfOne(genuine)) genuine = await heard.take(2_000)
    expect(await subscription.next()).toMatchObject({ type: 'KEY_CREATED', targetId: one.id })
    await publish('replayed', [genuine, genuine])
    const two = await first.apiKey()
    expect(await subscription.next()).toMatchObject({ type: 'KEY_CREATED', targetId: two.id })
    ear.disconnect()
    await subscription.end()
  })

  it('disturbs no one with garbage, in small or large messages', async () => {
    const logged = second.logged.length
    const garbage = ['', 'null', '{}', '[', '\u0000', 'a'.repeat(60), '{"from":"x"}', '{"from":"x","events":null}']
    await publish(
      'forged',
      Array.from({ length: 2_000 }, (_, index) => garbage[index % garbage.length] ?? ''),
    )
    await publish(
      'too_large',
      Array.from({ length: 20 }, () => 'x'.repeat(1_000_000)),
    )
    const key = await first.apiKey()
    expect((await second.anonymous.with(key.secret).run(ViewerDocument, {})).viewer.key?.id).toBe(key.id)
    const levels = second.logged.slice(logged).map((line) => Number(JSON.parse(line).level))
    // Nothing is logged for each message: that would be another way to fill a disk.
    expect(levels.filter((level) => level >= 40)).toEqual([])
  })
})

describe.skipIf(!redisRuns)('an attacker who can write in Redis', () => {
  it('can change only the limits of failed attempts', async () => {
    const app = await boot({ env: { KEYTURN_REDIS_URL: REDIS_URL, KEYTURN_TRUST_PROXY: '127.0.0.1' } })
    const attacker = new Redis(REDIS_URL)
    const address = '198.51.100.77'
    const attempt = (pat: string) => post(app, '/auth/v1/token', { pat }, { headers: { 'x-forwarded-for': address } })
    const guess = newSecret('kt', 'pk')
    await attempt(guess)
    const names = (await attacker.keys('keyturn:*')).filter((name) => name.includes(address))
    expect(names).not.toEqual([])
    for (const name of names) {
      await attacker.del(name)
      await attacker.rpush(name, 'no number')
    }
    expect((await attempt(guess)).status).toBe(401)
    expect((await attempt(app.ownerSecret)).status).toBe(200)
    for (const name of names) await attacker.set(name, '1000000', 'EX', 60)
    expect((await attempt(guess)).status).toBe(429)
    expect((await attempt(app.ownerSecret)).status).toBe(200)
    for (const name of names) await attacker.del(name)
    attacker.disconnect()
    await app.close()
  })
})
