import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  KeyEventsDocument,
  RevocationsDocument,
  RevokeAccessTokenDocument,
  RevokeKeyDocument,
  SuspendKeyDocument,
  UpdateKeyPolicyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { DAY } from '../../src/kernel/duration.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { postgresRuns, REDIS_URL, redisRuns } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { claimsOf, exchanged, headerOf, introspect, post, tokenOf } from '../support/tokens.ts'
import { untilLive } from '../support/transports.ts'

const NAMED = { KEYTURN_PUBLIC_URL: 'http://keyturn.test', KEYTURN_TRUST_PROXY: '127.0.0.1' }
const SOON = { timeout: 2_000, interval: 10 }
const WAYS = [
  ['through Redis', { ...NAMED, KEYTURN_REDIS_URL: REDIS_URL }],
  ['through the database alone', NAMED],
] as const
// Nobody listens there.
const DEAD_REDIS = { ...NAMED, KEYTURN_REDIS_URL: 'redis://127.0.0.1:9' }

const pairOf = async (env: Record<string, string>) => {
  const first = await boot({ engine: 'postgres', env })
  const second = await boot({ engine: 'postgres', env, database: first.database })
  return { first, second }
}

describe.skipIf(!postgresRuns || !redisRuns).each(WAYS)('tokens at two instances that are connected %s', (_, env) => {
  let first: TestApp
  let second: TestApp
  beforeAll(async () => {
    ;({ first, second } = await pairOf(env))
  })
  afterAll(async () => {
    await second.stop()
    await first.close()
  })
  const asking = () => ({ bearer: first.ownerSecret })

  it('tokens issued by one are valid at the other, and end there with their key: introspected, as bearers and in subscriptions', async () => {
    const key = await first.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    const token = await tokenOf(first, key)
    expect(await introspect(second, token, asking())).toMatchObject({ active: true, client_id: key.id })
    const bearer = second.anonymous.with(token)
    const args = { organizationId: first.organizationId, types: ['KEY_RESUMED' as const] }
    const { ended } = await bearer.subscribe(KeyEventsDocument, args)
    await untilLive(second, 1)
    await first.owner.run(RevokeKeyDocument, { input: { id: key.id } })
    await vi.waitFor(async () => expect(await introspect(second, token, asking())).toEqual({ active: false }), SOON)
    expect((await bearer.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    expect((await ended.take(2_000)).code).toBe(4403)
    await untilLive(second, 0)
  })

  it('endings at one are announced by the other, to offline verifiers', async () => {
    const reader = second.anonymous.with(first.ownerSecret)
    const { results } = await reader.subscribe(RevocationsDocument, { organizationId: first.organizationId })
    await untilLive(second, 1)
    const key = await first.apiKey()
    const token = await tokenOf(first, key)
    await first.anonymous.run(RevokeAccessTokenDocument, { input: { token } })
    expect((await results.take(2_000)).data?.revocations).toMatchObject({
      keyId: key.id,
      tokenId: claimsOf(token).jti,
    })
    await first.owner.run(SuspendKeyDocument, { id: key.id })
    expect((await results.take(2_000)).data?.revocations).toMatchObject({ keyId: key.id, tokenId: null })
    reader.close()
    await untilLive(second, 0)
  })
})

describe.skipIf(!postgresRuns)('two instances whose Redis is down', () => {
  let first: TestApp
  let second: TestApp
  beforeAll(async () => {
    ;({ first, second } = await pairOf(DEAD_REDIS))
  })
  afterAll(async () => {
    await second.stop()
    await first.close()
  })
  const asking = () => ({ bearer: first.ownerSecret })

  it('reject on the next request what ended at the other: a key, a suspended key, a token', async () => {
    const [revoked, suspended, single] = [await first.apiKey(), await first.apiKey(), await first.apiKey()]
    const tokens = [await tokenOf(first, revoked), await tokenOf(first, suspended), await tokenOf(first, single)]
    for (const token of tokens) expect(await introspect(second, token, asking())).toMatchObject({ active: true })
    await first.owner.run(RevokeKeyDocument, { input: { id: revoked.id } })
    expect(await introspect(second, revoked.secret, asking())).toEqual({ active: false })
    await first.owner.run(SuspendKeyDocument, { id: suspended.id })
    expect(await introspect(second, suspended.secret, asking())).toEqual({ active: false })
    await first.anonymous.run(RevokeAccessTokenDocument, { input: { token: tokens[2] ?? '' } })
    for (const token of tokens) {
      expect(await introspect(second, token, asking())).toEqual({ active: false })
      expect((await second.anonymous.with(token).fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    }
  })

  it('still count failed attempts, each on its own', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    const guess = (app: TestApp) => post(app, '/auth/v1/token', { pat: newSecret('kt', 'pk') }, { headers })
    for (let count = 0; count < 100; count += 1) expect((await guess(first)).status).toBe(401)
    expect([(await guess(first)).status, (await guess(second)).status]).toEqual([429, 401])
  })
})

describe.skipIf(!postgresRuns || !redisRuns)('failed attempts at two instances', () => {
  it('are counted together through Redis, by address and by key; valid credentials are served by both', async () => {
    const { first, second } = await pairOf({ ...NAMED, KEYTURN_REDIS_URL: REDIS_URL })
    const key = await first.apiKey()
    // Redis remembers for a minute, also between two runs of this test.
    const place = `10.${randomInt(256)}.${randomInt(256)}`
    const grant = { grant_type: 'client_credentials' }
    const tryAt = (app: TestApp, secret: string, address: string, id = key.id) =>
      post(app, '/oauth/token', grant, { basic: { id, secret }, headers: { 'x-forwarded-for': address } })
    for (let count = 0; count < 30; count += 1) {
      const app = count % 2 === 0 ? first : second
      expect((await tryAt(app, newSecret('kt', 'ak'), `${place}.${count}`)).status).toBe(401)
    }
    for (const app of [first, second]) {
      const limited = await tryAt(app, newSecret('kt', 'ak'), `${place}.100`)
      expect(limited.status).toBe(429)
      expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    for (let count = 0; count < 100; count += 1) {
      const app = count % 2 === 0 ? first : second
      expect((await tryAt(app, 'guess', `${place}.200`, 'nobody')).status).toBe(401)
    }
    for (const app of [first, second]) {
      expect((await tryAt(app, 'guess', `${place}.200`, 'nobody')).status).toBe(429)
      expect((await tryAt(app, key.secret, `${place}.200`)).status).toBe(200)
    }
    await second.stop()
    await first.close()
  })
})

describe.skipIf(!postgresRuns)('a rotated signing key', () => {
  it('stays published for tokens of an instance that had not received the rotation yet', async () => {
    const clock = new ManualClock()
    const first = await boot({ engine: 'postgres', env: NAMED, clock })
    const ahead = new ManualClock(new Date(clock.now().getTime() + 30_000))
    const second = await boot({ engine: 'postgres', env: NAMED, clock: ahead, database: first.database })
    const policy = { accessTokenLifetime: 'P1D' }
    await first.owner.run(UpdateKeyPolicyDocument, { input: { organizationId: first.organizationId, policy } })
    const turned = await first.app.parts.signingKeys.rotate()
    const token = await exchanged(second, first.ownerSecret)
    expect(headerOf(token).kid).not.toBe(turned)
    clock.advance(DAY + 20)
    await first.app.parts.signingKeys.rotate()
    const published = (await (await fetch(`${first.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
    expect(published.keys.map(({ kid }) => kid)).toContain(headerOf(token).kid)
    expect(await introspect(first, token, { bearer: first.ownerSecret })).toMatchObject({ active: true })
    await second.stop()
    await first.close()
  })
})
