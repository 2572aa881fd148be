import { getIntrospectionQuery } from 'graphql'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'
import type { Result } from '../support/client.ts'
import { openSocket, type RawSocket } from '../support/raw-socket.ts'

let app: TestApp
let telling: TestApp
let socket: RawSocket
beforeAll(async () => {
  app = await boot({ env: { KEYTURN_INTROSPECTION: 'off', KEYTURN_GRAPHIQL: 'off' } })
  telling = await boot()
})
afterAll(async () => {
  await app.close()
  await telling.close()
})
beforeEach(async () => {
  socket = await openSocket(app.url)
  await socket.init(app.owner.headers)
})
afterEach(() => socket.close())

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Result<unknown>>
const WAYS: { way: string; ask: Ask }[] = [
  { way: 'HTTP', ask: (query, variables) => app.owner.send(query, variables) },
  { way: 'WebSocket', ask: (query, variables) => socket.ask(query, variables) },
]

const BY_VARIABLE = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }'
const input = { organizationId: 'org_', name: 'n', grants: [] }

/** Mistakes that a server which tells its names answers with a suggestion. */
const MISTAKES: [string, string, Record<string, unknown>?][] = [
  ['a field', '{ viewr { kind } }'],
  ['a field of a type', '{ viewer { kinds } }'],
  ['an argument', '{ organization(idd: "a") { id } }'],
  ['a type', '{ node(id: "a") { ... on Organisation { id } } }'],
  ['a type of a variable', 'query ($id: IDD) { __typename }'],
  ['a fragment on an interface', '{ node(id: "a") { name } }'],
  ['a directive argument', '{ __typename @include(iff: true) }'],
  ['an enum value', '{ viewer { organizations { apiKeys(filter: { status: [ACTIV] }) { totalCount } } } }'],
  ['an input field', '{ viewer { organizations { apiKeys(filter: { stats: ACTIVE }) { totalCount } } } }'],
  [
    'an enum value as a text',
    '{ viewer { organizations { apiKeys(filter: { status: ["ACTIVE"] }) { totalCount } } } }',
  ],
  ['an input field in a variable', BY_VARIABLE, { input: { ...input, descripton: '' } }],
  ['an enum value in a variable', BY_VARIABLE, { input: { ...input, grants: [{ module: 'keys', role: 'VIEWR' }] } }],
]

describe.each(WAYS)('a server without introspection, over $way', ({ ask }) => {
  it.each([
    ['the whole schema', getIntrospectionQuery()],
    ['a type', '{ __type(name: "Query") { name } }'],
    ['the schema in an alias', '{ a: __schema { queryType { name } } }'],
    ['the schema in a fragment', '{ ...F } fragment F on Query { __schema { queryType { name } } }'],
  ])('rejects %s', async (_what, query) => {
    const { data, errors } = await ask(query)
    expect(data ?? null).toBeNull()
    expect(errors?.[0]?.message).toMatch(/introspection/i)
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })

  it('allows __typename', async () => {
    expect(await ask('{ __typename viewer { __typename } }')).toMatchObject({
      data: { __typename: 'Query', viewer: { __typename: 'Viewer' } },
    })
  })

  it.each(MISTAKES)('suggests nothing for a misspelt %s', async (_what, query, variables) => {
    const { errors } = await ask(query, variables)
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(JSON.stringify(errors)).not.toMatch(/did you mean/i)
  })
})

describe('a subscription to a server without introspection', () => {
  const query =
    'subscription ($id: ID!, $types: [AuditEventType!]) { keyEvents(organizationId: $id, types: $types) { id } }'
  const MISTAKEN: [string, string, Record<string, unknown>][] = [
    ['an enum value in a variable', query, { types: ['KEY_CREATE'] }],
    ['a field', query.replace('{ id }', '{ sequense }'), {}],
    ['an argument', query.replace('types: $types', 'typs: $types'), {}],
  ]
  const overEvents: Ask = async (text, variables) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...app.owner.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: text, variables }),
    })
    return JSON.parse((await response.text()).match(/\{.*\}/)?.[0] ?? 'null')
  }
  const ASKING: { way: string; ask: Ask }[] = [...WAYS.slice(1), { way: 'server-sent events', ask: overEvents }]

  describe.each(ASKING)('over $way', ({ ask }) => {
    it.each(MISTAKEN)('gets no suggestion for a misspelt %s', async (_what, text, variables) => {
      const { errors } = await ask(text, { id: app.organizationId, ...variables })
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
      expect(JSON.stringify(errors)).not.toMatch(/did you mean/i)
    })
  })
})

describe('a server with introspection', () => {
  it.each(MISTAKES.slice(0, 3).concat(MISTAKES.slice(7)))('suggests names for %s', async (_what, query, variables) => {
    expect(JSON.stringify(await telling.owner.send(query, variables))).toMatch(/did you mean/i)
  })
})

describe('GraphiQL', () => {
  const inBrowser = (of: TestApp) => fetch(`${of.url}/graphql`, { headers: { accept: 'text/html' } })

  it('is served by default', async () => {
    const response = await inBrowser(telling)
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  })

  it('is not served if it is disabled', async () => {
    const response = await inBrowser(app)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    expect(await response.text()).not.toMatch(/graphiql|<html/i)
  })
})
