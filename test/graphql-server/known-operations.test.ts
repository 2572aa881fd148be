import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as documents from '../../src/generated/graphql.ts'
import type { HttpSource } from '../../src/graphql-server/http-context.ts'
import { createGraphQL, type GraphQLEngine } from '../../src/graphql-server/yoga.ts'
import { forbidden } from '../../src/kernel/errors.ts'
import { NO_TRACER } from '../../src/kernel/tracer.ts'
import { boot, type TestApp } from '../support/boot.ts'

let app: TestApp
let engine: GraphQLEngine
let closed: GraphQLEngine
let credentials: Record<string, string | undefined>
let keyId: string
const reported: (string | null)[] = []

const engineOf = (introspection: boolean): GraphQLEngine => {
  const { services, authenticator, limits } = app.app.parts
  const { organizations } = services
  const broken: typeof organizations = Object.create(organizations, {
    find: {
      value: (...[caller, id]: Parameters<typeof organizations.find>) => {
        if (id === 'broken') throw new Error('relation "keys" does not exist')
        return organizations.find(caller, id)
      },
    },
  })
  return createGraphQL({
    services: { ...services, organizations: broken },
    authenticator,
    report: (_error, requestId) => void reported.push(requestId),
    introspection,
    limits,
    tracer: NO_TRACER,
  })
}

beforeAll(async () => {
  app = await boot()
  const viewer = await app.apiKey({ name: 'viewer', grants: [{ module: 'keys', role: 'VIEWER' }] })
  const revoked = await app.apiKey({ name: 'revoked' })
  const stranger = await app.stranger()
  await app.owner.send('mutation ($input: RevokeKeyInput!) { revokeKey(input: $input) { key { id } } }', {
    input: { id: revoked.id, reason: 'NO_LONGER_NEEDED' },
  })
  keyId = viewer.id
  credentials = {
    owner: `Bearer ${app.ownerSecret}`,
    viewer: `Bearer ${viewer.secret}`,
    stranger: `Bearer ${stranger.owner.secret}`,
    revoked: `Bearer ${revoked.secret}`,
    malformed: 'Bearer kt_ak_nothing',
    basic: 'Basic a2V5OnNlY3JldA==',
    nobody: undefined,
  }
  engine = engineOf(true)
  closed = engineOf(false)
  // A document is known once it was executed.
  for (const [what] of cases)
    for (const chosen of [engine, closed]) await throughYoga(chosen, caseNamed(what), sourceOf(credentials.owner))
  // Every key was used before the first comparison.
  for (const name of MEMBERS) await throughYoga(engine, caseNamed('a field'), sourceOf(credentials[name]))
  await app.app.parts.usage.flush()
})
afterAll(() => app.close())

interface Given {
  readonly query: string
  readonly variables?: unknown
  readonly operationName?: unknown
  readonly extensions?: unknown
}

const sourceOf = (authorization: string | undefined, session: HttpSource['session'] = null): HttpSource => ({
  kind: 'http',
  origin: { requestId: 'request-1', ipAddress: '192.0.2.1', userAgent: 'test' },
  authorization,
  session,
  stream: { exempt: () => () => undefined, end: () => undefined, onGone: () => () => undefined },
})

const lowercased = (headers: Iterable<readonly [string, string]>) => {
  const named = [...headers].map(([name, value]) => [name.toLowerCase(), value] as const)
  return Object.fromEntries(named.filter(([name]) => name !== 'content-length'))
}

/** The requests of the test are uses of a key, which are stored at times of their own. */
const timeless = (body: string): string => body.replaceAll(/"lastUsedAt":"[^"]*"/g, '"lastUsedAt":"then"')

const throughYoga = async ({ yoga }: GraphQLEngine, given: unknown, source: HttpSource, accept = '*/*') => {
  const response = await yoga.fetch(
    'http://keyturn.test/graphql',
    { method: 'POST', headers: { 'content-type': 'application/json', accept }, body: JSON.stringify(given) },
    { source },
  )
  return { status: response.status, headers: lowercased(response.headers), body: timeless(await response.text()) }
}

/** The answer on the short path, which must have taken the request. */
const whenKnown = async ({ known }: GraphQLEngine, given: unknown, source: HttpSource, accept = '*/*') => {
  const operation = known.find(given, accept)
  if (operation === null) throw new Error(`The operation is not known: ${JSON.stringify(given)}`)
  const { status, headers, body } = await known.run(operation, source)
  const named = headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as const] : []))
  // The routes add it to what Yoga answers.
  const { 'cache-control': caching, ...others } = lowercased(named)
  expect(caching).toBe('no-store')
  return { status, headers: others, body: timeless(body) }
}

const KEY =
  'query Key($id: ID!) { key(id: $id) { id name status lastUsedFrom grants { module role } createdBy { id } } }'
const PAGE = `query Page($id: ID!, $first: Int, $keys: Int = 2) {
  organization(id: $id) {
    ...Names
    a: apiKeys(first: $first) { edges { cursor node { id name } } pageInfo { endCursor } totalCount }
    personalAccessKeys(first: $keys) { edges { node { owner { email } history(first: $keys) { edges { node { ipAddress } } } } } }
  }
}
fragment Names on Organization { __typename id name }`
const TWO = 'query First { viewer { kind } } query Second($x: Boolean!) { viewer { key @skip(if: $x) { id } kind } }'
const UPDATE = 'mutation Update($input: UpdateKeyInput!) { updateKey(input: $input) { key { id description } } }'
const REVOKE_NOTHING = 'mutation { revokeKey(input: { id: "key_00000000000000000000000000000000" }) { key { id } } }'
const SCHEMA = '{ __type(name: "Key") { name fields { name } } viewer { kind } }'

const KEY_ID = 'key_of_the_test'
const ORGANIZATION_ID = 'org_of_the_test'

/** The queries of `keyturn/documents`, with the ids of a key and of an organization. */
function queriesOfClients(): [string, Given][] {
  const queries = Object.values(documents)
    .map(String)
    // A checkpoint is signed anew.
    .filter((text) => text.trimStart().startsWith('query') && !text.includes('auditCheckpoint'))
  return [KEY_ID, ORGANIZATION_ID].flatMap((id) =>
    queries.map((query): [string, Given] => {
      const variables = { id, organizationId: ORGANIZATION_ID, usage: true, addresses: false, policy: {} }
      return [`${/\w+ (\w+)/.exec(query)?.[1]} of ${id.slice(0, 3)}`, { query, variables }]
    }),
  )
}

const cases: readonly [string, Given][] = [
  ['a field', { query: '{ viewer { kind } }' }],
  ['extensions of a client', { query: '{ viewer { kind } }', extensions: { clientLibrary: { name: 'a' } } }],
  ['null parameters', { query: '{ viewer { kind } }', variables: null, operationName: null, extensions: null }],
  ['a key', { query: KEY, variables: { id: KEY_ID } }],
  ['an unused variable', { query: KEY, variables: { id: KEY_ID, more: 1 } }],
  ['a malformed id', { query: KEY, variables: { id: 'key_1' } }],
  ['a missing variable', { query: KEY, variables: {} }],
  ['no variables', { query: KEY }],
  ['a variable of the wrong type', { query: KEY, variables: { id: { kt_ak_secret: 1 } } }],
  ['a page', { query: PAGE, variables: { id: ORGANIZATION_ID, first: 1 } }],
  ['a page that is too long', { query: PAGE, variables: { id: ORGANIZATION_ID, first: 101 } }],
  ['an operation that is too expensive', { query: PAGE, variables: { id: ORGANIZATION_ID, keys: 1_000_000 } }],
  ['the first of two operations', { query: TWO, operationName: 'First' }],
  ['the second of two operations', { query: TWO, operationName: 'Second', variables: { x: true } }],
  [
    'an object by its id',
    { query: `{ node(id: "${KEY_ID}") { id ... on ApiKey { name history { edges { node { type } } } } } }` },
  ],
  ['a bug of the server', { query: '{ organization(id: "broken") { id } }' }],
  ['a mutation', { query: UPDATE, variables: { input: { id: KEY_ID, description: 'the same' } } }],
  ['a mutation with wrong input', { query: UPDATE, variables: { input: { id: KEY_ID, allowedIps: 'x', more: 1 } } }],
  ['a mutation of nothing', { query: REVOKE_NOTHING }],
  ['introspection', { query: SCHEMA }],
  ...queriesOfClients(),
]

/** A case with the ids of the test. */
const caseNamed = (what: string): Given => {
  const text = JSON.stringify(cases.find(([name]) => name === what)?.[1])
  return JSON.parse(text.replaceAll(KEY_ID, keyId).replaceAll(ORGANIZATION_ID, app.organizationId))
}

const MEMBERS = ['owner', 'viewer', 'stranger']
const OTHERS = ['revoked', 'malformed', 'basic', 'nobody']
const ANY_CALLER = ['a field', 'a missing variable', 'introspection']

describe.each([
  ...MEMBERS.map((name) => [name, cases.map(([what]) => what)] as const),
  ...OTHERS.map((name) => [name, ANY_CALLER] as const),
])('to %s', (name, whats) => {
  it.each(whats)('%s is answered as Yoga answers it', async (what) => {
    const given = caseNamed(what)
    const source = sourceOf(credentials[name])
    for (const [chosen, accept] of [
      [engine, 'application/json'],
      [closed, 'application/graphql-response+json'],
    ] as const)
      expect(await whenKnown(chosen, given, source, accept)).toEqual(await throughYoga(chosen, given, source, accept))
  })
})

it('a mutation by a session cookie is refused as Yoga refuses it', async () => {
  const refusal = forbidden([], 'A change by session cookie needs a header.')
  const session = { token: { sessionToken: '' }, refusal: null, changeRefusal: refusal, originRefusal: null }
  const foreign = { ...session, refusal }
  for (const source of [
    sourceOf(credentials.owner, session),
    sourceOf(undefined, session),
    sourceOf(undefined, foreign),
  ])
    expect(await whenKnown(engine, caseNamed('a mutation'), source)).toEqual(
      await throughYoga(engine, caseNamed('a mutation'), source),
    )
})

it('a bug is reported with the id of the request', async () => {
  reported.length = 0
  await whenKnown(engine, caseNamed('a bug of the server'), sourceOf(credentials.owner))
  expect(reported).toEqual(['request-1'])
})

it.each([
  '*/*',
  '',
  'application/*',
  'application/json; q=0.9',
  'application/json, application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9, */*;q=0.1',
  'text/html, application/graphql-response+json;charset=utf-8, application/json',
  'application/json;charset=latin1, application/graphql-response+json',
  'TEXT/PLAIN, Application/JSON',
  'text/event-stream, multipart/mixed, application/graphql-response+json',
])('the type of a response to "%s" is the one that Yoga chooses', async (accept) => {
  const given = caseNamed('a field')
  const source = sourceOf(credentials.owner)
  expect(await whenKnown(engine, given, source, accept)).toEqual(await throughYoga(engine, given, source, accept))
})

describe('Yoga handles', () => {
  const query = '{ viewer { kind } }'
  it.each([
    ['a document that it has not executed', { query: '{ viewer { kind key { id } } }' }],
    ['a document that is not valid', { query: '{ viewer { nothing } }' }],
    ['a document with a syntax error', { query: '{ viewer {' }],
    ['a subscription', { query: 'subscription { keyEvents(organizationId: "org_1") { id } }' }],
    ['an operation that the document does not contain', { query, operationName: 'Other' }],
    ['one of several operations without a name', { query: TWO }],
    ['a body that is an array', [{ query }]],
    ['a body that is no object', query],
    ['no body', null],
    ['a query that is no text', { query: [query] }],
    ['an unknown parameter', { query, id: 1 }],
    ['a name that is no text', { query, operationName: 1 }],
    ['variables in an array', { query, variables: [] }],
    ['variables as text', { query, variables: '{}' }],
    ['extensions as text', { query, extensions: '{}' }],
  ])('%s', async (what, given) => {
    if (!what.startsWith('a document that it has not')) await throughYoga(engine, given, sourceOf(credentials.owner))
    expect(engine.known.find(given, '*/*')).toBeNull()
  })

  it.each(['text/event-stream', 'multipart/mixed', 'text/html', 'application/json;charset=latin1'])(
    'a client that accepts %s alone',
    (accept) => {
      expect(engine.known.find({ query }, accept)).toBeNull()
    },
  )
})
