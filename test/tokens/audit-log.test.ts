import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ExchangeKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
} from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { historyOf } from '../support/audit-chain.ts'
import { type Person, type TestApp, useApp } from '../support/boot.ts'
import { ENGINES, ON_SQLITE } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import {
  type Answer,
  claimsOf,
  eventsOf,
  exchange,
  introspect,
  post,
  requestToken,
  tokenOf,
} from '../support/tokens.ts'

interface Key {
  readonly id: string
  readonly name: string
  readonly secret: string
}
/** Makes a key and whatever else it takes; what it returns is refused each time. */
type Prepare = (app: TestApp, key: Key) => Promise<() => Promise<Answer>>

const REFUSALS: readonly (readonly [string, Record<string, unknown>, Prepare])[] = [
  [
    'a wrong secret for a known client',
    { reason: 'wrong-secret' },
    async (app, { id }) => {
      const secret = newSecret('kt', 'ak')
      return () => requestToken(app, { id, secret })
    },
  ],
  [
    'text that is no secret for a known client',
    { reason: 'wrong-secret' },
    async (app, { id }) =>
      () =>
        requestToken(app, { id, secret: 'guess' }),
  ],
  [
    'a good secret for an unknown client',
    { reason: 'wrong-client' },
    async (app, { secret }) =>
      () =>
        requestToken(app, { id: 'key_00000000000040008000000000000000', secret }),
  ],
  [
    'a good secret under a wrong name',
    { reason: 'wrong-name' },
    async (app, { secret }) =>
      () =>
        post(app, '/auth/v1/api-key/token', { name: 'somebody', secret }),
  ],
  [
    'the secret of an API key as a personal one',
    { reason: 'wrong-kind' },
    async (app, { secret }) =>
      () =>
        post(app, '/auth/v1/token', { pat: secret }),
  ],
  [
    'a suspended key',
    { reason: 'suspended' },
    async (app, key) => {
      await app.owner.run(SuspendKeyDocument, { id: key.id })
      return () => requestToken(app, key)
    },
  ],
  [
    'a revoked key',
    { reason: 'revoked' },
    async (app, key) => {
      await app.owner.run(RevokeKeyDocument, { input: { id: key.id } })
      return () => exchange(app, key.secret)
    },
  ],
  [
    'a token of a revoked key',
    { reason: 'token' },
    async (app, key) => {
      const token = await tokenOf(app, key)
      await app.owner.run(RevokeKeyDocument, { input: { id: key.id } })
      return () => exchange(app, token)
    },
  ],
  [
    'a scope beyond the key',
    { reason: 'exchange', code: 'FORBIDDEN', required: ['audit:viewer'] },
    async (app, key) => () => requestToken(app, key, { scope: 'audit:viewer' }),
  ],
  [
    'an organization that is not below the key',
    { reason: 'exchange', code: 'NOT_FOUND' },
    async (app, { secret }) => {
      const { organizationId } = await app.stranger()
      return () => exchange(app, secret, { organization_id: organizationId })
    },
  ],
  [
    'another audience for a token that has one',
    { reason: 'exchange', code: 'BAD_USER_INPUT' },
    async (app, key) => {
      const token = await tokenOf(app, key, { audience: 'build' })
      return () => exchange(app, token, { audience: 'other' })
    },
  ],
]

describe.each(ENGINES)('the audit log of tokens on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })

  const namedKey = async (name: string): Promise<Key> => {
    const { id, secret } = await app.apiKey({ name, grants: [{ module: 'keys', role: 'VIEWER' }] })
    return { id, name, secret }
  }

  it('has each token that was issued, in any way, and no other', async () => {
    const key = await namedKey('issuing')
    const person = await app.person('Ada', [{ module: 'keys', role: 'VIEWER' }])
    const subject = await tokenOf(app, key)
    const answers = await Promise.all([
      requestToken(app, key),
      exchange(app, key.secret),
      exchange(app, subject),
      post(app, '/auth/v1/token', { pat: person.secret }),
      post(app, '/auth/v2/token', { pat: person.secret }),
      post(app, '/auth/v3/token', { personalAccessKey: person.secret }),
      post(app, '/auth/v1/api-key/token', { name: key.name, secret: key.secret }),
      ...Array.from({ length: 50 }, () => requestToken(app, key)),
    ])
    const byGraphQL = await app.anonymous.run(ExchangeKeyDocument, { input: { secret: key.secret } })
    const tokens = [subject, byGraphQL.exchangeKey.accessToken, ...answers.map(({ body }) => String(body.access_token))]
    const issued = tokens.map((token) => claimsOf(token))
    const history = await historyOf(app.owner, app.organizationId, { types: ['TOKEN_ISSUED'] })
    expect(history.map(({ details }) => details.tokenId).sort()).toEqual(issued.map(({ jti }) => jti).sort())
    for (const { jti, client_id, scope, exp = 0 } of issued)
      expect(history.find(({ details }) => details.tokenId === jti)).toMatchObject({
        targetId: client_id,
        ipAddress: '127.0.0.1',
        details: { scope, expiresAt: new Date(exp * 1000).toISOString(), organizationId: app.organizationId },
      })
  })

  it.each(REFUSALS)('has the denial of %s, and counts identical ones of a minute', async (what, details, prepare) => {
    const key = await namedKey(what)
    const attempt = await prepare(app, key)
    for (const _ of [1, 2, 3, 4]) expect((await attempt()).status).toBeGreaterThanOrEqual(400)
    await app.app.parts.denials.flush()
    const denied = await eventsOf(app, { types: ['ACCESS_DENIED'], targetId: key.id })
    expect(denied.map((event) => event.details)).toEqual([
      { kind: 'API_KEY', ...details, count: 3 },
      { kind: 'API_KEY', ...details, count: 1 },
    ])
  })

  it('has the denial of an expired key', async () => {
    const { id, secret } = await app.apiKey({ expiresIn: 'PT1M' })
    clock.advance(60)
    expect((await requestToken(app, { id, secret })).status).toBe(401)
    const [denied] = await eventsOf(app, { types: ['ACCESS_DENIED'], targetId: id })
    expect(denied).toMatchObject({ actor: { kind: 'ANONYMOUS' }, details: { reason: 'expired', count: 1 } })
  })

  it('has the use of a retired secret as such', async () => {
    const key = await namedKey('retired')
    await app.owner.run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT0S' } })
    for (const _ of [1, 2]) expect((await requestToken(app, key)).status).toBe(401)
    await app.app.parts.denials.flush()
    const used = await eventsOf(app, { types: ['RETIRED_SECRET_USED'], targetId: key.id })
    expect(used.map(({ details }) => details)).toEqual([
      { kind: 'API_KEY', revoked: false, count: 1 },
      { kind: 'API_KEY', revoked: false, count: 1 },
    ])
  })

  it('distinguishes attempts by kind and by caller, and starts again each minute', async () => {
    const key = await namedKey('apart')
    await requestToken(app, key, { scope: 'audit:viewer' })
    await requestToken(app, key, { scope: 'members:viewer' })
    await requestToken(app, { id: key.id, secret: newSecret('kt', 'ak') })
    clock.advance(61)
    await requestToken(app, key, { scope: 'audit:viewer' })
    const denied = await eventsOf(app, { types: ['ACCESS_DENIED'], targetId: key.id })
    expect(denied.map(({ details }) => details.count)).toEqual([1, 1, 1, 1])
  })
})

describe.each(ON_SQLITE)('what the service stores', () => {
  let person: Person
  const app = useApp({ env: { KEYTURN_LOG_LEVEL: 'trace' } })
  beforeAll(async () => {
    person = await app.person('Ada', [{ module: '*', role: 'MANAGER' }])
  })

  it('contains no secret and no token, neither in the log nor in the database, after any success or failure', async () => {
    const key = await app.apiKey()
    const tokens = [await tokenOf(app, key), String((await exchange(app, person.secret)).body.access_token)]
    const [token = ''] = tokens
    const wrong = newSecret('kt', 'ak')
    const forged = `${token.slice(0, -8)}AAAAAAAA`
    for (const text of [key.secret, wrong, token, forged, person.secret]) {
      await introspect(app, text)
      await exchange(app, text, { scope: `${text}:viewer` })
      await post(app, '/oauth/token', {
        grant_type: text,
        client_id: text,
        client_secret: text,
        scope: text,
        resource: text,
      })
      await post(app, '/oauth/token', {
        grant_type: 'client_credentials',
        client_id: text,
        client_secret: text,
        audience: text,
      })
      await post(app, '/auth/v1/api-key/token', { name: text, secret: text })
      await post(app, '/auth/v2/token', { pat: text, subOrganization: text })
      await fetch(`${app.url}/oauth/token?client_secret=${text}`, { method: 'POST' })
      await fetch(`${app.url}/${text}`, { headers: { 'x-request-id': text, 'user-agent': 'a browser' } })
      await app.anonymous.with(text).send('query ($id: ID!) { key(id: $id) { id } }', { id: text })
      await app.anonymous.send(ExchangeKeyDocument.toString(), { input: { secret: text, scope: text, audience: text } })
      await app.anonymous.send('mutation { nonsense }', { input: text })
    }
    await post(app, '/oauth/revoke', { token })
    await post(app, '/oauth/revoke', { token: key.secret })
    await app.app.parts.denials.flush()
    const { database, logged } = app
    const files = readdirSync(database.directory).map((name) => readFileSync(join(database.directory, name), 'latin1'))
    const written = [...logged, ...files].join('\n')
    expect(written).toContain(claimsOf(token).jti)
    for (const text of [key.secret, wrong, person.secret, app.ownerSecret]) expect(written).not.toContain(text)
    for (const text of [...tokens, forged]) expect(written).not.toContain(text.slice(text.lastIndexOf('.') + 1, -8))
  })
})
