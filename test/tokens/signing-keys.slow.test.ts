import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { AuditLog } from '../../src/audit/audit-log.ts'
import { ExchangeKeyDocument, UpdateKeyPolicyDocument } from '../../src/generated/graphql.ts'
import { DAY } from '../../src/kernel/duration.ts'
import { MasterKeys } from '../../src/tokens/master-keys.ts'
import { SigningKeyEntity, type SigningKeyRow } from '../../src/tokens/signing-key.entity.ts'
import { SigningKeys } from '../../src/tokens/signing-keys.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { createDatabase, ENGINES, ON_POSTGRES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PATIENCE } from '../support/patience.ts'
import { storedText } from '../support/stored-text.ts'
import { eventsOf, exchanged, headerOf, introspect, tokenOf } from '../support/tokens.ts'

const rowsOf = (app: TestApp): Promise<SigningKeyRow[]> =>
  app.app.parts.sources.reading.manager.find(SigningKeyEntity, { order: { createdAt: 'ASC' } })
const statesOf = async (app: TestApp) => (await rowsOf(app)).map(({ state }) => state).sort()
const keySetOf = async (app: TestApp): Promise<JSONWebKeySet> =>
  (await (await fetch(`${app.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet
const idsOf = async (app: TestApp) => (await keySetOf(app)).keys.map(({ kid }) => kid)

describe.each(ENGINES)('signing keys on %s', (engine) => {
  let app: TestApp
  let clock: ManualClock
  beforeEach(async () => {
    clock = new ManualClock()
    app = await boot({ engine, clock })
    return () => app.close()
  })

  it('start with one that signs and one that is published before it does', async () => {
    expect(await statesOf(app)).toEqual(['CURRENT', 'NEXT'])
    const { keys } = await keySetOf(app)
    expect(keys).toHaveLength(2)
    for (const key of keys)
      expect(key).toEqual({
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid: expect.any(String),
        alg: 'ES256',
        use: 'sig',
      })
    const current = (await rowsOf(app)).find(({ state }) => state === 'CURRENT')
    expect(headerOf(await exchanged(app, app.ownerSecret)).kid).toBe(current?.id)
  })

  it('rotate on demand: the published next one signs, so verifiers with an old key set accept it', async () => {
    const known = createLocalJWKSet(await keySetOf(app))
    const [, next] = await rowsOf(app)
    const before = await exchanged(app, app.ownerSecret)
    expect(await app.app.parts.signingKeys.rotate()).toBe(next?.id)
    const after = await exchanged(app, app.ownerSecret)
    expect(headerOf(after).kid).toBe(next?.id)
    for (const token of [before, after]) {
      await jwtVerify(token, known, { currentDate: clock.now() })
      expect(await introspect(app, token)).toMatchObject({ active: true })
    }
    expect(await statesOf(app)).toEqual(['CURRENT', 'NEXT', 'RETIRING'])
    const [event] = await eventsOf(app, { types: ['SIGNING_KEY_ROTATED'] })
    expect(event).toMatchObject({ actor: { kind: 'SYSTEM' }, details: { keyId: next?.id, algorithm: 'ES256' } })
  })

  it('rotated by another process, without an announcement, sign here within a minute', async () => {
    const { database } = app.app.parts.services
    const ignore = () => undefined
    const unheard = { on: ignore, onGap: ignore, announce: ignore }
    const elsewhere = new SigningKeys({
      database,
      clock,
      log: new AuditLog(clock, unheard),
      feed: unheard,
      masterKeys: new MasterKeys([Buffer.alloc(32)]),
      algorithm: 'ES256',
      onFault: (error) => {
        throw error
      },
    })
    const turned = await elsewhere.rotate()
    expect(headerOf(await exchanged(app, app.ownerSecret)).kid).not.toBe(turned)
    clock.advance(60)
    await vi.waitFor(async () => expect(headerOf(await exchanged(app, app.ownerSecret)).kid).toBe(turned), PATIENCE)
    expect(await idsOf(app)).toHaveLength(3)
  })

  it('rotate automatically after ninety days and not before', async () => {
    const [first] = await idsOf(app)
    const started = clock.now()
    clock.advance(90 * DAY - 120)
    const event = await vi.waitFor(async () => {
      clock.advance(60)
      const [found] = await eventsOf(app, { types: ['SIGNING_KEY_ROTATED'] })
      expect(found).toBeDefined()
      return found
    }, PATIENCE)
    const due = started.getTime() + 90 * DAY * 1000
    expect(new Date(String(event?.occurredAt)).getTime()).toBeGreaterThanOrEqual(due)
    await vi.waitFor(async () => expect(await idsOf(app)).toHaveLength(3), PATIENCE)
    expect(await idsOf(app)).toContain(first)
  })

  it('stay published for a day after they stopped signing, for the longest lifetime of their tokens', async () => {
    await app.owner.run(UpdateKeyPolicyDocument, {
      input: { organizationId: app.organizationId, policy: { accessTokenLifetime: 'P1D' } },
    })
    const token = await exchanged(app, app.ownerSecret)
    const { kid } = headerOf(token)
    await app.app.parts.signingKeys.rotate()
    clock.advance(DAY - 1)
    expect(await idsOf(app)).toContain(kid)
    expect(await introspect(app, token)).toMatchObject({ active: true })
    await vi.waitFor(async () => {
      clock.advance(60)
      expect(await idsOf(app)).not.toContain(kid)
    }, PATIENCE)
    expect(await idsOf(app)).toHaveLength(2)
    // It may have run out between a check and the look at what is left: then the next check takes it away.
    await vi.waitFor(async () => {
      clock.advance(60)
      expect(await statesOf(app)).toEqual(['CURRENT', 'NEXT'])
    }, PATIENCE)
  })

  it('are published without their private parts, which are never stored in clear', async () => {
    await app.app.parts.signingKeys.rotate()
    const masterKeys = new MasterKeys([Buffer.alloc(32)])
    const rows = await rowsOf(app)
    expect(rows).toHaveLength(3)
    const privateParts = await Promise.all(
      rows.map(async ({ privateJwe }) => String(JSON.parse(await masterKeys.decrypt(privateJwe)).d)),
    )
    const stored = await storedText(app)
    const published = JSON.stringify(await keySetOf(app))
    for (const [index, d] of privateParts.entries()) {
      expect(d).toMatch(/^[\w-]{43}$/)
      for (const text of [stored, published, app.logged.join('\n')]) {
        expect(text).not.toContain(d)
        expect(text).not.toContain(Buffer.from(d, 'base64url').toString('hex'))
      }
      // The search finds what is there.
      expect(stored).toContain(rows[index]?.privateJwe)
    }
  })

  it('may be cached for minutes, and tokens may not', async () => {
    const { headers } = await fetch(`${app.url}/.well-known/jwks.json`)
    expect(headers.get('cache-control')).toMatch(/^public, max-age=300\b/)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    const metadata = await fetch(`${app.url}/.well-known/oauth-authorization-server`)
    expect(metadata.headers.get('cache-control')).toMatch(/^public, max-age=/)
    for (const path of ['/.well-known/jwks.json', '/.well-known/oauth-authorization-server']) {
      const refused = await fetch(`${app.url}${path}`, { method: 'POST', body: '{}' })
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET'])
    }
  })
})

describe.each(ON_POSTGRES)('signing keys of two instances on one database', () => {
  let one: TestApp
  let other: TestApp
  const clock = new ManualClock()
  beforeAll(async () => {
    const database = await createDatabase('postgres')
    const env = { KEYTURN_PUBLIC_URL: 'https://keyturn.example' }
    ;[one, other] = await Promise.all([boot({ database, clock, env }), boot({ database, clock, env })])
  })
  afterAll(async () => {
    await other.stop()
    await one.close()
  })
  const first = () => (one.organizationId === '' ? other : one)
  const second = () => (one.organizationId === '' ? one : other)

  it('are created once, even if both start at once on an empty database', async () => {
    expect(await statesOf(one)).toEqual(['CURRENT', 'NEXT'])
    expect([...(await idsOf(one))].sort()).toEqual([...(await idsOf(other))].sort())
  })

  it('rotate once when they are due for both, and once for each of two concurrent requests', async () => {
    const rotations = async () => (await eventsOf(first(), { types: ['SIGNING_KEY_ROTATED'] })).length
    clock.advance(91 * DAY)
    await vi.waitFor(async () => expect(await rotations()).toBe(1), PATIENCE)
    const [mine, theirs] = await Promise.all([one, other].map(({ app }) => app.parts.signingKeys.rotate()))
    expect(mine).not.toBe(theirs)
    expect(await rotations()).toBe(3)
    expect((await statesOf(one)).filter((state) => state !== 'RETIRING')).toEqual(['CURRENT', 'NEXT'])
  })

  it('created by one are found by the other, when a token names them', async () => {
    for (const _ of [1, 2, 3]) await first().app.parts.signingKeys.rotate()
    clock.advance(2)
    const token = await exchanged(first(), first().ownerSecret)
    const asking = { bearer: first().ownerSecret }
    // Of several that come at once, none is refused because the keys are just being read.
    const answers = await Promise.all([1, 2, 3, 4].map(() => introspect(second(), token, asking)))
    for (const answer of answers) expect(answer).toMatchObject({ active: true })
    const { exchangeKey } = await second().anonymous.run(ExchangeKeyDocument, {
      input: { secret: first().ownerSecret },
    })
    expect(await introspect(first(), exchangeKey.accessToken, asking)).toMatchObject({ active: true })
  })

  it('are not rotated back and forth by instances with different algorithms', async () => {
    const env = { KEYTURN_PUBLIC_URL: 'https://keyturn.example', KEYTURN_TOKEN_ALGORITHM: 'EdDSA' }
    const third = await boot({ database: one.database, clock, env })
    const ids = await idsOf(third)
    for (const _ of [1, 2, 3]) {
      clock.advance(61)
      await vi.waitFor(async () => expect(await idsOf(first())).toEqual(ids), PATIENCE)
    }
    const key = await first().apiKey()
    expect(headerOf(await tokenOf(first(), key)).alg).toBe('EdDSA')
    expect(await idsOf(third)).toEqual(ids)
    await third.stop()
  })
})
