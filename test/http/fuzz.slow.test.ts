import { beforeAll, describe, expect, it } from 'vitest'
import { CreateOrganizationDocument, ExchangeKeyDocument } from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { STRICTEST_ENGINE } from '../support/engines.ts'
import { bombard, FEWER_REQUESTS, FUZZ_TIMEOUT_MS, REQUESTS, watchOver } from '../support/fuzzing.ts'
import { mutateForm, mutateHeaders, mutateText, type Random } from '../support/mutations.ts'

type Fields = readonly (readonly [string, string])[]

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const KEY = 'urn:keyturn:params:oauth:token-type:key'

const guidOf = (id: string) => id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

let key: { id: string; secret: string; name: string }
let token: string
let guid: string
const forms = new Map<string, Fields[]>()

const app = useApp({ engine: STRICTEST_ENGINE })
beforeAll(async () => {
  const name = 'fuzzed'
  const made = await app.apiKey({
    name,
    grants: [
      { module: 'tokens', role: 'VIEWER' },
      { module: 'keys', role: 'VIEWER' },
    ],
  })
  key = { id: made.id, secret: made.secret, name }
  const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, {
    input: { secret: key.secret, audience: app.url },
  })
  token = exchangeKey.accessToken
  const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
    input: { name: 'Below', slug: 'below', parentId: app.organizationId },
  })
  guid = guidOf(createOrganization.organization.id)
  const client: Fields = [
    ['client_id', key.id],
    ['client_secret', key.secret],
  ]
  forms.set('/oauth/token', [
    [['grant_type', 'client_credentials'], ...client, ['scope', 'keys:viewer'], ['audience', 'https://a.example']],
    [['grant_type', 'client_credentials'], ...client, ['resource', 'https://a.example/b']],
    [
      ['grant_type', EXCHANGE],
      ['subject_token', key.secret],
      ['subject_token_type', KEY],
      ['scope', 'keys:viewer'],
    ],
    [
      ['grant_type', EXCHANGE],
      ['subject_token', token],
      ['subject_token_type', ACCESS_TOKEN],
      ['requested_token_type', ACCESS_TOKEN],
      ['organization_id', app.organizationId],
    ],
  ])
  forms.set('/oauth/introspect', [
    [...client, ['token', token], ['token_type_hint', 'access_token']],
    [...client, ['token', key.secret]],
  ])
  // What would end the key itself is spoilt, so that the others go on working.
  forms.set('/oauth/revoke', [
    [...client, ['token', `${token.slice(0, -4)}AAAA`], ['token_type_hint', 'access_token']],
    [['token', `${key.secret.slice(0, -1)}!`]],
  ])
  forms.set('/auth/v1/token', [[['pat', app.ownerSecret]], [['personal-access-key', app.ownerSecret]]])
  forms.set('/auth/v2/token', [
    [
      ['pat', app.ownerSecret],
      ['subOrganization', 'below'],
    ],
    [
      ['pat', app.ownerSecret],
      ['subOrganizationId', guid],
    ],
  ])
  forms.set('/auth/v3/token', [
    [
      ['personalAccessKey', app.ownerSecret],
      ['scope', 'a'],
      ['subOrganization', 'Below'],
    ],
  ])
  forms.set('/auth/v1/api-key/token', [
    [
      ['name', name],
      ['secret', key.secret],
    ],
    [
      ['name', name],
      ['secret', key.secret],
      ['organizationId', guid],
    ],
  ])
})

const HEADERS = { 'content-type': 'application/x-www-form-urlencoded' }

const posting = (path: string) => (random: Random) => {
  const basic = `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString('base64')}`
  const headers = random.chance(0.1) ? { ...HEADERS, authorization: basic } : HEADERS
  return {
    method: random.chance(0.98) ? 'POST' : random.pick(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']),
    path: random.chance(0.02) ? mutatePath(path, random) : path,
    headers: random.chance(0.1) ? mutateHeaders(headers, random) : headers,
    body: mutateForm(random.pick(forms.get(path) ?? []), random),
  }
}

// A path is printable ASCII: of anything else Node's parser hears before it knows that a HEAD wants no body.
const mutatePath = (path: string, random: Random) =>
  `/${mutateText(path.slice(1), random).replaceAll(/[^\x21-\x7e]/g, '%')}`

const IDENTITY = '/identity/v1/organizations'
const USER_INFO = '/auth/realms/appcircle/protocol/openid-connect/userinfo'

/** Requests to an address that is only read, by those who may and by others. */
const reading = (path: string) => (random: Random) => {
  const headers = { authorization: `Bearer ${random.pick([app.ownerSecret, token, key.secret])}` }
  return {
    method: random.chance(0.98) ? 'GET' : random.pick(['POST', 'HEAD', 'DELETE', 'OPTIONS']),
    path: random.chance(0.5) ? mutatePath(path, random) : path,
    headers: random.chance(0.5) ? mutateHeaders(headers, random) : headers,
    body: random.chance(0.05) ? mutateText('a=b', random) : '',
  }
}

describe('thousands of mutated requests', { timeout: FUZZ_TIMEOUT_MS }, () => {
  it.each([
    ['/oauth/token', REQUESTS, 0.05],
    ['/oauth/introspect', FEWER_REQUESTS, 0.05],
    ['/oauth/revoke', FEWER_REQUESTS, 0.05],
    ['/auth/v1/token', REQUESTS, 0.02],
    ['/auth/v2/token', FEWER_REQUESTS, 0.02],
    ['/auth/v3/token', FEWER_REQUESTS, 0.02],
    ['/auth/v1/api-key/token', FEWER_REQUESTS, 0.02],
  ] as const)('to %s are harmless', async (path, requests, served) => {
    const { expectUnharmed } = watchOver(app)
    const statuses = await bombard(app, 4, requests, posting(path))
    // Not all were refused at the door.
    expect(statuses[200]).toBeGreaterThan(requests * served)
    await expectUnharmed()
  })

  it.each<[string, () => string]>([
    [IDENTITY, () => IDENTITY],
    [`${IDENTITY}/{GUID}`, () => `${IDENTITY}/${guid}`],
    [USER_INFO, () => USER_INFO],
    ['/.well-known/oauth-authorization-server', () => '/.well-known/oauth-authorization-server'],
    ['/.well-known/jwks.json', () => '/.well-known/jwks.json'],
    ['/healthz', () => '/healthz'],
    ['/readyz', () => '/readyz'],
    ['/metrics', () => '/metrics'],
  ])('to %s are harmless', async (_, path) => {
    const { expectUnharmed } = watchOver(app)
    const statuses = await bombard(app, 5, FEWER_REQUESTS, reading(path()))
    expect(statuses[200]).toBeGreaterThan(FEWER_REQUESTS / 20)
    await expectUnharmed()
  })
})
