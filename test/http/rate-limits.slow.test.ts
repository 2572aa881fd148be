import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ExchangeKeyDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { type Answer, eventsOf, exchange, introspect, post, tokenOf } from '../support/tokens.ts'

const PER_ADDRESS = 100
const PER_KEY = 30
const GRANT = { grant_type: 'client_credentials' }

let app: TestApp
let key: { id: string; secret: string }
const start = async (env: Record<string, string> = {}) => {
  app = await boot({ env })
  key = await app.apiKey({ grants: [{ module: 'tokens', role: 'VIEWER' }] })
}
afterEach(() => app.close())

let addresses = 0
const newAddress = () => {
  addresses += 1
  return { 'x-forwarded-for': `203.0.${addresses >> 8}.${addresses & 255}` }
}

/** Statuses of so many attempts, one after the other. */
const repeat = async (count: number, attempt: () => Promise<Answer>): Promise<number[]> => {
  const statuses: number[] = []
  while (statuses.length < count) statuses.push((await attempt()).status)
  return statuses
}
let guesses = 0
/** Of a client of its own each, so that the address alone is what they have in common. */
const guess = (headers: Record<string, string> = {}) => {
  guesses += 1
  return post(app, '/oauth/token', GRANT, {
    basic: { id: `key_${String(guesses).padStart(12, '0')}40008000000000000000`, secret: newSecret('kt', 'ak') },
    headers,
  })
}
const all = (count: number, status: number) => Array.from({ length: count }, () => status)

describe('guessing from one address', () => {
  beforeEach(() => start())

  it('gets a hundred responses per minute, and is then limited, on every path; a valid credential is served', async () => {
    expect(await repeat(PER_ADDRESS, guess)).toEqual(all(PER_ADDRESS, 401))
    const limited = await guess()
    expect(limited).toMatchObject({ status: 429, body: { error: 'rate_limited' } })
    expect(limited.body.error_description).toMatch(/^Too many failed attempts. Try again in \d+ seconds/)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(limited.headers.get('retry-after'))).toBeLessThanOrEqual(60)

    const wrong = newSecret('kt', 'ak')
    expect((await exchange(app, wrong)).status).toBe(429)
    expect((await exchange(app, `eyJ${wrong}`, {})).status).toBe(429)
    expect((await post(app, '/oauth/introspect', { token: 'x' }, { bearer: wrong })).status).toBe(429)
    const login = await post(app, '/auth/v1/token', { pat: wrong })
    expect([login.status, typeof login.body.error]).toEqual([429, 'string'])
    expect(Number(login.headers.get('retry-after'))).toBeGreaterThan(0)
    const byGraphQL = await app.anonymous.with(wrong).send('{ viewer { kind } }')
    expect(byGraphQL).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED' } }] })
    expect(byGraphQL.errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThan(0)
    const asked = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${wrong}` },
      body: '{"query":"{ viewer { kind } }"}',
    })
    expect([asked.status, Number(asked.headers.get('retry-after')) > 0]).toEqual([429, true])
    const exchangeKey = await app.anonymous.fail(ExchangeKeyDocument, { input: { secret: wrong } })
    expect(exchangeKey.extensions.code).toBe('RATE_LIMITED')

    const token = await tokenOf(app, key)
    expect(await introspect(app, token, { basic: key })).toMatchObject({ active: true })
    expect((await app.anonymous.with(token).send(ViewerDocument.toString())).status).toBe(200)
  })

  it('cannot be hidden by a header with other addresses, without a trusted proxy', async () => {
    expect(await repeat(PER_ADDRESS, () => guess(newAddress()))).toEqual(all(PER_ADDRESS, 401))
    const forwarded = { ...newAddress(), forwarded: 'for=192.0.2.43', 'x-real-ip': '192.0.2.44' }
    expect((await guess(forwarded)).status).toBe(429)
  })

  it('does not include malformed or forbidden requests with a valid secret', async () => {
    await repeat(PER_ADDRESS + 1, () => post(app, '/oauth/token', { ...GRANT, scope: 'audit:viewer' }, { basic: key }))
    await repeat(PER_ADDRESS + 1, () => post(app, '/oauth/token', {}, { basic: key }))
    expect((await guess()).status).toBe(401)
  })
})

describe('behind a trusted proxy', () => {
  beforeEach(() => start({ KEYTURN_TRUST_PROXY: '127.0.0.1' }))

  it('addresses are those that it states: a limited one does not limit others', async () => {
    const bad = newAddress()
    expect(await repeat(PER_ADDRESS, () => guess(bad))).toEqual(all(PER_ADDRESS, 401))
    expect((await guess(bad)).status).toBe(429)
    expect((await guess({ 'x-forwarded-for': `192.0.2.99, ${bad['x-forwarded-for']}` })).status).toBe(429)
    expect((await guess(newAddress())).status).toBe(401)
  })

  const guessOf = (id: string, secret = newSecret('kt', 'ak')) =>
    post(app, '/oauth/token', GRANT, { basic: { id, secret }, headers: newAddress() })

  it('guessing the secret of one key is limited after thirty attempts from anywhere; its own secret is served', async () => {
    const other = await app.apiKey()
    expect(await repeat(PER_KEY, () => guessOf(key.id))).toEqual(all(PER_KEY, 401))
    const limited = await guessOf(key.id)
    expect(limited).toMatchObject({ status: 429, body: { error: 'rate_limited' } })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await guessOf(key.id, other.secret)).status).toBe(429)
    expect((await guessOf(other.id)).status).toBe(401)
    expect((await guessOf(key.id, key.secret)).status).toBe(200)
  })

  it('attempts on a key are one event, and a second one that counts the others', async () => {
    await repeat(PER_KEY + 5, () =>
      post(app, '/oauth/token', GRANT, {
        basic: { id: key.id, secret: newSecret('kt', 'ak') },
        headers: { 'x-forwarded-for': '192.0.2.7' },
      }),
    )
    await app.app.parts.denials.flush()
    const denied = await eventsOf(app, { types: ['ACCESS_DENIED'], targetId: key.id })
    expect(denied.map(({ details }) => details)).toEqual([
      { kind: 'API_KEY', reason: 'wrong-secret', count: PER_KEY + 4 },
      { kind: 'API_KEY', reason: 'wrong-secret', count: 1 },
    ])
  })

  it('a client that is not a key id is not counted by its name, however long', async () => {
    const id = 'x'.repeat(1_000)
    expect(await repeat(PER_KEY + 1, () => guessOf(id))).toEqual(all(PER_KEY + 1, 401))
  })

  it('previous secrets of a key do not count for it', async () => {
    const { owner } = app
    await owner.send('mutation ($id: ID!) { suspendKey(input: { id: $id }) { key { id } } }', { id: key.id })
    const use = () => app.anonymous.with(key.secret).send('{ viewer { kind } }', {}, newAddress())
    const statuses: number[] = []
    while (statuses.length <= PER_KEY) statuses.push((await use()).status)
    expect(statuses).toEqual([...all(PER_KEY, 401), 429])
  })
})
