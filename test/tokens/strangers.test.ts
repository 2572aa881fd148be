import { beforeAll, describe, expect, it } from 'vitest'
import { ExchangeKeyDocument } from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { historyOf } from '../support/audit-chain.ts'
import { boot, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { type Answer, eventsOf, exchange, post, requestToken, tokenOf } from '../support/tokens.ts'

const UNKNOWN_KEY = 'key_00000000000040008000000000000000'

describe.each(ENGINES)('an attempt with a credential of no key, on %s', (engine) => {
  let foreign: string
  const app = useApp({ engine, env: { KEYTURN_TRUST_PROXY: '127.0.0.1' } })
  beforeAll(async () => {
    const other = await boot()
    foreign = await tokenOf(other, await other.apiKey())
    await other.close()
  })

  let addresses = 0
  const newAddress = () => {
    addresses += 1
    return `203.0.113.${addresses}`
  }
  const deniedFrom = async (address: string, organizationId = app.organizationId) =>
    (await historyOf(app.owner, organizationId, { types: ['ACCESS_DENIED'] })).filter(
      ({ ipAddress }) => ipAddress === address,
    )

  type Headers = Record<string, string>
  it.each<[string, string, (headers: Headers) => Promise<Answer | unknown>]>([
    [
      'an unknown secret of an unknown client',
      'unknown',
      (headers) => {
        const basic = { id: UNKNOWN_KEY, secret: newSecret('kt', 'ak') }
        return post(app, '/oauth/token', { grant_type: 'client_credentials' }, { basic, headers })
      },
    ],
    [
      'text that is no secret, of a client that is no id',
      'unknown',
      (headers) => {
        const basic = { id: 'somebody', secret: 'guess' }
        return post(app, '/oauth/token', { grant_type: 'client_credentials' }, { basic, headers })
      },
    ],
    ['an unknown secret by GraphQL', 'unknown', (headers) => exchangeByGraphQL(newSecret('kt', 'pk'), headers)],
    [
      'an unknown personal access key',
      'unknown',
      (headers) => post(app, '/auth/v1/token', { pat: newSecret('kt', 'pk') }, { headers }),
    ],
    [
      'an unknown secret under a name',
      'unknown',
      (headers) => post(app, '/auth/v1/api-key/token', { name: 'x', secret: newSecret('kt', 'ak') }, { headers }),
    ],
    ['a token of another deployment', 'token', (headers) => swap(foreign, headers)],
    ['a token that is none', 'token', (headers) => swap('eyJhbGciOiJub25lIn0.e30.', headers)],
  ])('%s is in the audit log of the server owner, once a minute for each address', async (_what, reason, attempt) => {
    const address = newAddress()
    for (const _ of [1, 2, 3]) await attempt({ 'x-forwarded-for': address })
    await app.app.parts.denials.flush()
    const denied = await deniedFrom(address)
    expect(denied.map(({ details }) => details)).toEqual([
      { reason, count: 1 },
      { reason, count: 2 },
    ])
    expect(denied[0]).toMatchObject({ actor: { kind: 'ANONYMOUS' }, targetId: null })
  })

  const exchangeByGraphQL = (secret: string, headers: Headers) =>
    app.anonymous.send(ExchangeKeyDocument.toString(), { input: { secret } }, headers)
  const swap = (subject: string, headers: Headers) =>
    post(
      app,
      '/oauth/token',
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: subject,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      },
      { headers },
    )

  it('is in no audit log of another tenant, and never twice in that of a known key', async () => {
    const { organizationId } = await app.stranger()
    const key = await app.apiKey()
    await requestToken(app, { id: key.id, secret: newSecret('kt', 'ak') })
    await requestToken(app, { id: UNKNOWN_KEY, secret: key.secret })
    const denied = await deniedFrom('127.0.0.1')
    expect(denied.map(({ targetId, details }) => [targetId, details.reason])).toEqual([
      [key.id, 'wrong-secret'],
      [key.id, 'wrong-client'],
    ])
    await exchange(app, newSecret('kt', 'ak'))
    expect(await deniedFrom('127.0.0.1')).toHaveLength(3)
    expect(await eventsOf(app, { types: ['ACCESS_DENIED'] }, organizationId)).toEqual([])
  })
})
