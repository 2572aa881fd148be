import { beforeAll, describe, expect, it } from 'vitest'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { useApp } from '../support/boot.ts'
import {
  ACCESS_TOKEN_TYPE,
  type Answer,
  type Asking,
  answerOf,
  EXCHANGE_GRANT,
  exchange,
  type Fields,
  KEY_TYPE,
  post,
  tokenOf,
} from '../support/tokens.ts'

const ENDPOINTS = ['/oauth/token', '/oauth/introspect', '/oauth/revoke'] as const
const GRANT = { grant_type: 'client_credentials' }
const UNKNOWN_KEY = 'key_00000000000040008000000000000000'

let key: { id: string; secret: string }
let other: { id: string; secret: string }
const app = useApp()
beforeAll(async () => {
  key = await app.apiKey({ grants: [{ module: 'tokens', role: 'VIEWER' }] })
  other = await app.apiKey()
})

/** The form that every error has (RFC 6749 section 5.2), and that no cache keeps it. */
const expectError = ({ status, headers, body }: Answer, expectedStatus: number, error: string) => {
  expect({ status, error: body.error }).toEqual({ status: expectedStatus, error })
  const { reason, ...standard } = body
  expect(Object.keys(standard).sort()).toEqual(['error', 'error_description'])
  if (status === 401) expect(reason).toEqual(expect.any(String))
  expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
  expect(headers.get('content-type')).toMatch(/^application\/json/)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-request-id')).toMatch(/./)
}

const send = async (path: string, init: RequestInit): Promise<Answer> =>
  answerOf(await fetch(`${app.url}${path}`, init))
const raw = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

describe('the token endpoint', () => {
  it.each<[string, Fields, string]>([
    ['no grant type', {}, 'invalid_request'],
    ['an empty grant type', { grant_type: '' }, 'invalid_request'],
    ['two grant types', { grant_type: ['client_credentials', 'client_credentials'] }, 'invalid_request'],
    ['two scopes', { ...GRANT, scope: ['tokens:viewer', 'tokens:viewer'] }, 'invalid_request'],
    ['two client ids', { ...GRANT, client_id: ['a', 'b'] }, 'invalid_request'],
    ['the password grant', { grant_type: 'password', username: 'a', password: 'b' }, 'unsupported_grant_type'],
    ['the authorization code grant', { grant_type: 'authorization_code', code: 'x' }, 'unsupported_grant_type'],
    ['a grant in upper case', { grant_type: 'CLIENT_CREDENTIALS' }, 'unsupported_grant_type'],
    ['a scope that is none', { ...GRANT, scope: 'everything' }, 'invalid_scope'],
    ['a scope beyond the key', { ...GRANT, scope: 'audit:viewer' }, 'invalid_scope'],
    ['a resource with a fragment', { ...GRANT, resource: 'https://b.example/#part' }, 'invalid_target'],
    ['a resource with an empty fragment', { ...GRANT, resource: 'https://b.example/#' }, 'invalid_target'],
    ['a resource that is no absolute URI', { ...GRANT, resource: '/builds' }, 'invalid_target'],
    ['two resources', { ...GRANT, resource: ['https://b.example/', 'https://c.example/'] }, 'invalid_target'],
    ['a resource and another audience', { ...GRANT, resource: 'https://b.example/', audience: 'c' }, 'invalid_target'],
    ['an audience with spaces', { ...GRANT, audience: 'a b' }, 'invalid_target'],
    ['an endless audience', { ...GRANT, audience: 'a'.repeat(513) }, 'invalid_target'],
  ])('answers %s with the error of its RFC', async (_what, fields, error) => {
    expectError(await post(app, '/oauth/token', fields, { basic: key }), 400, error)
  })

  it.each<[string, () => { fields?: Fields; asking?: Asking }]>([
    ['nobody', () => ({})],
    ['a client without a secret', () => ({ fields: { client_id: key.id } })],
    ['a client with an empty secret', () => ({ asking: { headers: raw(`${key.id}:`) } })],
    ['a secret without a client', () => ({ fields: { client_secret: key.secret } })],
    ['an unknown client', () => ({ asking: { basic: { id: UNKNOWN_KEY, secret: key.secret } } })],
    ['a client that is no id', () => ({ asking: { basic: { id: 'me', secret: key.secret } } })],
    ["another key's secret", () => ({ asking: { basic: { id: key.id, secret: other.secret } } })],
    ["another key's secret in the body", () => ({ fields: { client_id: key.id, client_secret: other.secret } })],
    ['a secret that nobody issued', () => ({ asking: { basic: { id: key.id, secret: newSecret('kt', 'ak') } } })],
    ['a secret that is cut off', () => ({ asking: { basic: { id: key.id, secret: key.secret.slice(0, -1) } } })],
    ['Basic without a colon', () => ({ asking: { headers: raw(key.id) } })],
    ['Basic without a client', () => ({ asking: { headers: raw(`:${key.secret}`) } })],
    ['Basic with a percent sign that encodes nothing', () => ({ asking: { headers: raw(`${key.id}:%zz`) } })],
    ['Basic that is no base64', () => ({ asking: { headers: { authorization: 'Basic {}' } } })],
    ['Basic with nothing behind it', () => ({ asking: { headers: { authorization: 'Basic' } } })],
    ['a bearer', () => ({ asking: { bearer: key.secret } })],
  ])('answers %s with invalid_client and a challenge', async (_what, ask) => {
    const { fields = {}, asking = {} } = ask()
    const answer = await post(app, '/oauth/token', { ...GRANT, ...fields }, asking)
    expectError(answer, 401, 'invalid_client')
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="keyturn", charset="UTF-8"')
  })

  it.each(['client_secret', 'subject_token', 'requested_token_type', 'organization_id', 'token_type_hint'])(
    'rejects a repeated %s, even if it is not used',
    async (name) => {
      const twice = await post(app, '/oauth/token', { ...GRANT, [name]: ['x', 'x'] }, { basic: key })
      expectError(twice, 400, 'invalid_request')
      expect(twice.body.error_description).toContain(`${name}: is given more than once`)
    },
  )

  it('accepts one authentication method at a time', async () => {
    const both = { ...GRANT, client_id: key.id, client_secret: key.secret }
    expectError(await post(app, '/oauth/token', both, { basic: key }), 400, 'invalid_request')
    const another = { ...GRANT, client_id: other.id }
    expectError(await post(app, '/oauth/token', another, { basic: key }), 400, 'invalid_request')
    expect((await post(app, '/oauth/token', { ...GRANT, client_id: key.id }, { basic: key })).status).toBe(200)
  })

  it('accepts no parameter in the URL, where logs would store it', async () => {
    const query = new URLSearchParams({ ...GRANT, client_id: key.id, client_secret: key.secret })
    expectError(await post(app, `/oauth/token?${query}`, {}), 400, 'invalid_request')
    expectError(await post(app, `/oauth/token?${query}`, GRANT), 401, 'invalid_client')
  })

  it('ignores unknown parameters, and treats an empty one as missing', async () => {
    const fields = { ...GRANT, scope: '', audience: '', resource: '', flavour: 'vanilla', constructor: 'x' }
    const { status, body } = await post(app, '/oauth/token', fields, { basic: key })
    expect(status).toBe(200)
    expect(body.scope).toBe('tokens:viewer')
  })
})

describe('token exchange', () => {
  it.each<[string, () => Fields, string]>([
    ['no subject token', () => ({ subject_token: undefined }), 'invalid_request'],
    ['an empty subject token', () => ({ subject_token: '' }), 'invalid_request'],
    ['two subject tokens', () => ({ subject_token: [key.secret, key.secret] }), 'invalid_request'],
    ['no type of the subject token', () => ({ subject_token_type: undefined }), 'invalid_request'],
    ['a type that is not taken', () => ({ subject_token_type: `${KEY_TYPE}s` }), 'invalid_request'],
    [
      'a refresh token',
      () => ({ subject_token_type: ACCESS_TOKEN_TYPE.replace('access', 'refresh') }),
      'invalid_request',
    ],
    ['a secret as an access token', () => ({ subject_token_type: ACCESS_TOKEN_TYPE }), 'invalid_request'],
    ['a secret that nobody issued', () => ({ subject_token: newSecret('kt', 'ak') }), 'invalid_request'],
    ['an actor token', () => ({ actor_token: other.secret, actor_token_type: KEY_TYPE }), 'invalid_request'],
    ['the type of an actor token that is missing', () => ({ actor_token_type: KEY_TYPE }), 'invalid_request'],
    [
      'a wish for an id token',
      () => ({ requested_token_type: ACCESS_TOKEN_TYPE.replace('access', 'id') }),
      'invalid_request',
    ],
    ['an organization that is no id', () => ({ organization_id: 'here' }), 'invalid_request'],
    ['the id of something else', () => ({ organization_id: key.id }), 'invalid_request'],
    [
      'an organization that does not exist',
      () => ({ organization_id: `org_${UNKNOWN_KEY.slice(4)}` }),
      'invalid_request',
    ],
    ['a resource with a fragment', () => ({ resource: 'https://b.example/#x' }), 'invalid_target'],
    ['two audiences', () => ({ audience: ['a', 'b'] }), 'invalid_target'],
    ['a scope beyond the key', () => ({ scope: '*:viewer' }), 'invalid_scope'],
  ])('answers %s with the error of its RFC', async (_what, fields, error) => {
    expectError(await exchange(app, key.secret, fields()), 400, error)
  })

  it('answers an access token like any other invalid secret', async () => {
    const token = await tokenOf(app, key)
    expectError(await exchange(app, token, { subject_token_type: KEY_TYPE }), 400, 'invalid_request')
  })

  it('answers an invalid client with invalid_client, whatever the subject token', async () => {
    const fields = { grant_type: EXCHANGE_GRANT, subject_token: key.secret, subject_token_type: KEY_TYPE }
    const wrong = { id: other.id, secret: key.secret }
    expectError(await post(app, '/oauth/token', fields, { basic: wrong }), 401, 'invalid_client')
    expect((await post(app, '/oauth/token', fields, { basic: other })).status).toBe(200)
  })
})

describe('introspection', () => {
  it('requires exactly one token', async () => {
    for (const token of [undefined, '', ['a', 'b']])
      expectError(await post(app, '/oauth/introspect', { token }, { basic: key }), 400, 'invalid_request')
  })

  it.each<[string, () => Asking, RegExp]>([
    ['nobody', () => ({}), /^Basic realm="keyturn"/],
    ['a wrong secret', () => ({ basic: { id: key.id, secret: other.secret } }), /^Basic realm="keyturn"/],
    ['a bad bearer', () => ({ bearer: newSecret('kt', 'ak') }), /^Bearer realm="keyturn", error="invalid_token"$/],
    ['a bad token', () => ({ bearer: 'eyJhbGciOiJub25lIn0.e30.' }), /^Bearer realm="keyturn", error="invalid_token"$/],
    ['another scheme', () => ({ headers: { authorization: 'Digest x' } }), /^Basic realm="keyturn"/],
  ])('answers %s with 401 and a challenge in the same scheme', async (_who, asking, challenge) => {
    const answer = await post(app, '/oauth/introspect', { token: key.secret }, asking())
    expectError(answer, 401, 'invalid_client')
    expect(answer.headers.get('www-authenticate')).toMatch(challenge)
  })
})

describe.each(ENDPOINTS)('%s', (path) => {
  it.each([
    ['JSON', 'application/json', '{"grant_type":"client_credentials","token":"x"}'],
    ['JSON that is broken', 'application/json', '{'],
    ['plain text', 'text/plain', 'grant_type=client_credentials&token=x'],
    [
      'multipart',
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="token"\r\n\r\nx\r\n--x--\r\n',
    ],
    ['a media type that is none', 'form', 'token=x'],
  ])('rejects %s', async (_what, type, body) => {
    const headers = { 'content-type': type }
    expectError(await send(path, { method: 'POST', headers, body }), 400, 'invalid_request')
  })

  it('rejects a body without a content type, and no body', async () => {
    const asking = { authorization: `Bearer ${key.secret}` }
    const bytes = new TextEncoder().encode('grant_type=client_credentials&token=x')
    for (const body of [bytes, null])
      expectError(await send(path, { method: 'POST', headers: asking, body }), 400, 'invalid_request')
  })

  it.each(['token', 'token_type_hint', 'client_id', 'client_secret', 'grant_type'])(
    'rejects a repeated %s',
    async (name) => {
      const fields = { ...GRANT, token: 'x', [name]: ['x', 'x'] }
      expectError(await post(app, path, fields, { basic: key }), 400, 'invalid_request')
    },
  )

  it('accepts a form with a charset', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }
    const body = `token=x&grant_type=client_credentials&client_id=${key.id}&client_secret=${key.secret}`
    expect((await send(path, { method: 'POST', headers, body })).status).toBe(200)
  })

  it('rejects a body that is too large', async () => {
    const answer = await post(app, path, { ...GRANT, token: 'x'.repeat(140_000) }, { basic: key })
    expectError(answer, 413, 'invalid_request')
  })

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])('rejects %s, whatever its body', async (method) => {
    const bodies = ['GET', 'HEAD'].includes(method) ? [null] : [null, '{"a":1}', '{']
    for (const body of bodies) {
      const headers = body === null ? {} : { 'content-type': 'application/json' }
      const answer = await send(path, { method, headers, body })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
      if (method !== 'HEAD') expectError(answer, 405, 'invalid_request')
    }
  })
})
