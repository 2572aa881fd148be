import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BURST_SECONDS } from '../../src/access/caller-rates.ts'
import { MAX_TEXT_BYTES } from '../../src/audit/bounded-text.ts'
import { ExchangeKeyDocument, RevokeKeyDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { eventsOf, exchange, post, requestToken, tokenOf } from '../support/tokens.ts'

const ENV = {
  KEYTURN_EXCHANGES_PER_SECOND: '1',
  KEYTURN_MUTATIONS_PER_SECOND: '1',
  KEYTURN_REFUSALS_PER_SECOND: '1',
}
const BURST = BURST_SECONDS
const READ = 'query ($id: ID!) { organization(id: $id) { id auditEvents(first: 1) { edges { node { id } } } } }'

describe('a valid credential that sends too many requests', () => {
  let app: TestApp
  let clock: ManualClock
  let key: { id: string; secret: string }
  beforeEach(async () => {
    clock = new ManualClock()
    app = await boot({ clock, env: ENV })
    key = await app.apiKey({ name: 'flood' })
    clock.advance(60)
  })
  afterEach(() => app.close())

  const repeat = async (count: number, attempt: () => Promise<unknown>) => {
    for (let number = 0; number < count; number += 1) await attempt()
  }
  const metric = async (action: string) => {
    const text = await (await fetch(`${app.url}/metrics`)).text()
    return Number(new RegExp(`^keyturn_caller_rate_limited_total\\{action="${action}"\\} (\\d+)`, 'm').exec(text)?.[1])
  }
  const LIMITED = { code: 'RATE_LIMITED', retryAfterSeconds: 1 }

  it('is limited in token exchanges by OAuth, Appcircle and GraphQL together, and served again after retry-after', async () => {
    const token = await tokenOf(app, key)
    await repeat(BURST - 1, async () => expect((await requestToken(app, key)).status).toBe(200))
    const named = () => post(app, '/auth/v1/api-key/token', { name: 'flood', secret: key.secret })
    for (const attempt of [
      () => requestToken(app, key),
      () => exchange(app, key.secret),
      () => exchange(app, token),
      named,
    ]) {
      const limited = await attempt()
      expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1'])
    }
    expect((await requestToken(app, key)).body.error).toBe('rate_limited')
    const byGraphQL = await app.anonymous.fail(ExchangeKeyDocument, { input: { secret: key.secret } })
    expect(byGraphQL.extensions).toMatchObject(LIMITED)
    expect(await metric('exchange')).toBe(6)
    expect(await eventsOf(app, { types: ['TOKEN_ISSUED'], targetId: key.id })).toHaveLength(BURST)
    const other = await app.apiKey()
    expect((await requestToken(app, other)).status).toBe(200)
    clock.advance(1)
    expect((await named()).status).toBe(200)
  })

  it('is limited in mutations, counted by field, before any of them is executed', async () => {
    const { client } = await app.apiKey({ grants: [{ module: '*', role: 'MANAGER' }] })
    const names = Array.from({ length: BURST }, (_, number) => `m${number}`)
    const fields = (some: readonly string[]) =>
      some.map((name) => `${name}: defineModule(input: { organizationId: $id, name: "${name}" }) { module { name } }`)
    const id = app.organizationId
    const half = BURST / 2
    const first = await client.send(`mutation ($id: ID!) { ${fields(names.slice(0, half)).join(' ')} }`, { id })
    expect(first.errors).toBeUndefined()
    const [inline, inFragment] = [fields(['one']), fields(names.slice(half))]
    const query = `mutation ($id: ID!) { ${inline} ...More ...More } fragment More on Mutation { ${inFragment.join(' ')} }`
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...client.headers },
      body: JSON.stringify({ query, variables: { id } }),
    })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1'])
    expect(await response.json()).toMatchObject({ errors: [{ extensions: LIMITED }] })
    expect(await metric('mutation')).toBe(1)
    expect(await eventsOf(app, { types: ['MODULE_DEFINED'] })).toHaveLength(half)
    expect((await client.send('{ viewer { kind } }')).status).toBe(200)
    clock.advance(1)
    expect((await client.send(query, { id })).errors).toBeUndefined()
  })

  it('is limited in denials, which are still counted in the audit log', async () => {
    const refused = () => requestToken(app, key, { scope: 'audit:viewer' })
    clock.advance(BURST)
    await repeat(BURST, async () => {
      expect((await refused()).status).toBe(400)
      clock.advance(0.001)
    })
    const client = app.anonymous.with(key.secret)
    const forbidden = await client.send(READ, { id: app.organizationId })
    expect(forbidden.errors?.[0]).toMatchObject({ path: ['organization', 'auditEvents'], extensions: LIMITED })
    expect(forbidden.data).toMatchObject({ organization: { id: app.organizationId } })
    expect(await metric('refusal')).toBe(1)
    clock.advance(1)
    const again = await client.send(READ, { id: app.organizationId })
    expect(again.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    await app.app.parts.denials.flush()
    const denied = await eventsOf(app, { types: ['ACCESS_DENIED'] })
    expect(denied.reduce((sum, { details }) => sum + Number(details.count), 0)).toBe(BURST + 2)
  })

  it('stores at most 256 bytes of its text per field, and one event for a thousand scopes', async () => {
    const scopeOf = (number: number) =>
      Array.from({ length: 60 }, (_, index) => `m${number}x${index}${'y'.repeat(35)}:viewer`).join(' ')
    for (const number of [1, 2, 3]) await requestToken(app, key, { scope: scopeOf(number) })
    await post(
      app,
      '/oauth/token',
      { grant_type: 'client_credentials', audience: 'a'.repeat(512) },
      { basic: key, headers: { 'user-agent': 'u'.repeat(2_000), 'x-request-id': 'r'.repeat(128) } },
    )
    await app.app.parts.denials.flush()
    const denied = await eventsOf(app, { types: ['ACCESS_DENIED'], targetId: key.id })
    expect(denied.map(({ details }) => details.count)).toEqual([2, 1])
    for (const { details } of denied) expect(details.required).toHaveLength(9)
    const [issued] = await eventsOf(app, { types: ['TOKEN_ISSUED'], targetId: key.id })
    const audience = String(issued?.details.audience)
    expect(audience).toMatch(/^a+…\[\d+ more bytes\]$/)
    expect(Buffer.byteLength(audience)).toBeLessThanOrEqual(MAX_TEXT_BYTES)
  })

  it('is in the audit log as a denial of its key with an expired token, and not with a forged one', async () => {
    const token = await tokenOf(app, key)
    await app.owner.run(RevokeKeyDocument, { input: { id: key.id } })
    const use = async (credential: string) =>
      expect((await app.anonymous.with(credential).send('{ viewer { kind } }')).status).toBe(401)
    await repeat(3, () => use(token))
    await use(`${token.slice(0, -8)}AAAAAAAA`)
    await app.app.parts.denials.flush()
    const denied = await eventsOf(app, { types: ['ACCESS_DENIED'], targetId: key.id })
    expect(denied.map(({ targetId, details }) => [targetId, details.reason, details.count])).toEqual([
      [key.id, 'token', 2],
      [key.id, 'token', 1],
    ])
  })
})
