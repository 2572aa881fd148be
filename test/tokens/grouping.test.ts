import { afterEach, describe, expect, it, vi } from 'vitest'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { refuseKeysNamed } from '../support/faults.ts'
import { claimsOf, eventsOf, introspect, post, requestToken, tokenOf } from '../support/tokens.ts'

const ORIGIN = { requestId: null, ipAddress: '127.0.0.1', userAgent: null }
const BURST = 100

describe.each(ENGINES)('the events of tokens on %s', (engine) => {
  const app = useApp({ engine })
  afterEach(() => void vi.restoreAllMocks())

  it('of concurrent requests are committed together, one for each token, in a log without a gap', async () => {
    const { exchange, database } = app.app.parts.services
    const { id, secret } = await app.apiKey()
    await exchange.secret(secret, {}, ORIGIN)
    const [last] = await eventsOf(app)
    const write = vi.spyOn(database, 'writeFor')
    const issued = await Promise.all(Array.from({ length: BURST }, () => exchange.secret(secret, {}, ORIGIN)))
    // A few arrive before the first commit has begun, all others while it runs.
    expect(write.mock.calls.length).toBeLessThan(BURST / 10)
    const events = await eventsOf(app, { types: ['TOKEN_ISSUED'], targetId: id })
    const written = events.slice(0, BURST)
    expect(new Set(written.map(({ details }) => details.tokenId))).toEqual(
      new Set(issued.map(({ accessToken }) => claimsOf(accessToken).jti)),
    )
    const first = (last?.sequence ?? 0) + 1
    expect(written.map(({ sequence }) => sequence).reverse()).toEqual(
      Array.from({ length: BURST }, (_, index) => first + index),
    )
  })

  it('that cannot be written prevent their tokens, but not the next ones', async () => {
    const [good, key] = [await app.apiKey({ name: 'good' }), await app.apiKey({ name: 'refused' })]
    const { sources } = app.app.parts
    await refuseKeysNamed(sources, { afterInsert: 'nobody', atAppend: 'refused' })
    const answers = [
      await requestToken(app, key),
      await post(app, '/auth/v1/api-key/token', { name: 'refused', secret: key.secret }),
    ]
    for (const { status, body } of answers) {
      expect([status, body.access_token]).toEqual([500, undefined])
      expect(JSON.stringify(body)).not.toContain('eyJ')
    }
    const byGraphQL = await app.anonymous.send(
      'mutation ($input: ExchangeKeyInput!) { exchangeKey(input: $input) { accessToken } }',
      {
        input: { secret: key.secret },
      },
    )
    expect([byGraphQL.data ?? null, byGraphQL.errors?.[0]?.extensions.code]).toEqual([null, 'INTERNAL'])
    expect(await eventsOf(app, { types: ['TOKEN_ISSUED'], targetId: key.id })).toEqual([])
    expect(await introspect(app, await tokenOf(app, good))).toMatchObject({ active: true })
  })
})
