import { request as rawRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { useApp } from '../support/boot.ts'

const app = useApp()

const JSON_TYPE = { 'content-type': 'application/json' }
const TYPENAME = JSON.stringify({ query: '{ __typename }' })

const post = (body: string | FormData, headers: Record<string, string> = JSON_TYPE) =>
  fetch(`${app.url}/graphql`, { method: 'POST', headers: { ...app.owner.headers, ...headers }, body })

/** A request in any method, and without the rules that fetch has. */
const raw = (method: string, path: string, headers: Record<string, string> = {}, body = '') =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const request = rawRequest(app.url + path, { method, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    request.on('error', reject)
    request.end(body)
  })

describe('an operation', () => {
  const form = new FormData()
  form.set('operations', TYPENAME)
  form.set('map', '{}')

  it.each<[string, string | FormData, Record<string, string>]>([
    ['a form', 'query=%7B__typename%7D', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', TYPENAME, { 'content-type': 'text/plain' }],
    ['bare GraphQL', '{ __typename }', { 'content-type': 'application/graphql' }],
    ['a multipart form', form, {}],
    ['XML', '<query/>', { 'content-type': 'application/xml' }],
    ['JSON that names another type', TYPENAME, { 'content-type': 'text/json' }],
  ])('is rejected with 415 as %s', async (_what, body, headers) => {
    const response = await post(body, headers)
    expect(response.status).toBe(415)
    const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] }
    expect(errors[0]?.message).toContain('send application/json')
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })

  it.each([
    ['a batch', `[${TYPENAME},${TYPENAME}]`],
    ['a batch of one', `[${TYPENAME}]`],
    ['no JSON', '{"query": '],
    ['an empty body', ''],
    ['an empty object', '{}'],
    ['a text', '"{ __typename }"'],
    ['null', 'null'],
    ['a number', '1'],
    ['a query that is no text', '{"query":{"a":1}}'],
    ['variables that are a list', '{"query":"{ __typename }","variables":[1]}'],
    ['an own prototype', '{"query":"{ __typename }","__proto__":{"a":1}}'],
  ])('is rejected with 400 as %s', async (_what, body) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) })],
    })
  })

  const CREATE = 'mutation { createOrganization(input: { name: "By GET" }) { organization { id } } }'

  it('with a mutation is rejected by GET with 405', async () => {
    const query = new URLSearchParams({ query: CREATE })
    const accept = { accept: 'application/json', ...app.owner.headers }
    const response = await fetch(`${app.url}/graphql?${query}`, { headers: accept })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
    const { data } = await app.owner.send<{ viewer: { organizations: { name: string }[] } }>(
      '{ viewer { organizations { name } } }',
    )
    expect(data?.viewer.organizations.map(({ name }) => name)).not.toContain('By GET')
  })

  it.each(['variables={', 'variables={}&variables={}', 'extensions=x', 'extensions={}&extensions=1'])(
    'is rejected with 400 if %s is not a JSON object',
    async (parameters) => {
      const response = await fetch(`${app.url}/graphql?query=%7B__typename%7D&${parameters}`, {
        headers: app.owner.headers,
      })
      expect(response.status).toBe(400)
      const path = parameters.split('=')[0]
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT', issues: [{ path }] } }],
      })
    },
  )

  it('with a query is accepted by GET', async () => {
    const response = await fetch(`${app.url}/graphql?query=%7Bviewer%7Bkind%7D%7D`, { headers: app.owner.headers })
    expect(await response.json()).toEqual({ data: { viewer: { kind: 'USER' } } })
  })
})

describe('every response', () => {
  const ADDRESSES: [string, string, number][] = [
    ['POST', '/graphql', 200],
    ['GET', '/graphql?query=%7B__typename%7D', 200],
    ['POST', '/oauth/token', 400],
    ['POST', '/oauth/introspect', 401],
    ['POST', '/oauth/revoke', 400],
    ['POST', '/auth/v1/token', 400],
    ['POST', '/auth/v1/api-key/token', 400],
    ['GET', '/identity/v1/organizations', 401],
    ['GET', '/auth/realms/appcircle/protocol/openid-connect/userinfo', 401],
    ['GET', '/healthz', 200],
    ['GET', '/readyz', 200],
    ['GET', '/elsewhere', 404],
    ['PUT', '/oauth/token', 405],
    ['GET', '/.well-known/jwks.json', 200],
    ['GET', '/.well-known/keyturn/checkpoint-keys', 200],
  ]
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    fetch(app.url + path, {
      method,
      headers: {
        ...(method === 'POST' && path === '/graphql' ? JSON_TYPE : {}),
        ...(method === 'POST' && path !== '/graphql' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      ...(method === 'POST' ? { body: path === '/graphql' ? TYPENAME : 'a=b' } : {}),
    })

  it.each(ADDRESSES)('to %s %s has security headers', async (method, path, status) => {
    const response = await ask(method, path)
    expect(response.status).toBe(status)
    const headers = Object.fromEntries(response.headers)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(headers).not.toHaveProperty('referrer-policy')
    expect(headers).not.toHaveProperty('x-powered-by')
    expect(headers).not.toHaveProperty('server')
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  })

  it.each(ADDRESSES.filter(([, path]) => !path.startsWith('/.well-known')))(
    'to %s %s is not cached',
    async (method, path) => {
      expect((await ask(method, path)).headers.get('cache-control')).toBe('no-store')
    },
  )

  it.each(['a', 'request-1', '0af7651916cd43dd8448eb211c80319c', 'A:b_c.d-e', 'x'.repeat(128)])(
    'has the request id %s of its caller',
    async (id) => {
      for (const [method, path] of ADDRESSES)
        expect((await ask(method, path, { 'x-request-id': id })).headers.get('x-request-id')).toBe(id)
    },
  )

  it.each([
    '-a',
    'a b',
    'a"b',
    '<script>',
    'a/b',
    'é',
    'x'.repeat(129),
    newSecret('kt', 'ak'),
    newSecret('acme', 'pk'),
  ])('has its own id instead of %s', async (id) => {
    const response = await ask('POST', '/graphql', { 'x-request-id': id })
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('an unknown path', () => {
  it.each([
    ['GET', '/graphql/'],
    ['POST', '/graphql/x'],
    ['DELETE', '/identity/v1/organizations'],
    ['GET', '/..%2f..%2fetc/passwd'],
    ['GET', '/%00'],
    ['PUT', '/healthz'],
  ])('is 404 with JSON: %s %s', async (method, path) => {
    const response = await raw(method, path)
    expect(response.status).toBe(404)
    expect(response.headers['content-type']).toMatch(/^application\/json/)
    expect(JSON.parse(response.body)).toEqual({
      error: 'not_found',
      error_description: 'There is nothing at this address.',
    })
  })

  it.each(['/%', '/%zz', '/identity/v1/organizations/%E0%A4%A'])(
    'is 400 or 404 with JSON if it is malformed: %s',
    async (path) => {
      const response = await raw('GET', path)
      expect([400, 404]).toContain(response.status)
      expect(JSON.parse(response.body)).toMatchObject({ error: expect.any(String) })
    },
  )
})

describe('an unsupported method', () => {
  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'])(
    'is rejected: %s /graphql',
    async (method) => {
      const response = await raw(method, '/graphql', JSON_TYPE)
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.status).toBeLessThan(500)
      expect(response.body).not.toContain('data')
    },
  )

  it('TRACE does not return a credential', async () => {
    const response = await raw('TRACE', '/graphql', { authorization: `Bearer ${app.ownerSecret}` })
    expect(response.body).not.toContain(app.ownerSecret)
  })

  it('CONNECT is rejected', async () => {
    await expect(raw('CONNECT', '/graphql')).rejects.toThrow()
  })
})

it.each(['a:99999', '[', 'a b', 'a/b@c:x'])('an invalid Host header is rejected with 400: %s', async (host) => {
  expect((await raw('GET', '/graphql?query=%7B__typename%7D', { host })).status).toBe(400)
})

it('HEAD is GET without the body', async () => {
  const response = await raw('HEAD', '/healthz')
  expect([response.status, response.body]).toEqual([200, ''])
  expect((await raw('HEAD', '/elsewhere')).status).toBe(404)
})
