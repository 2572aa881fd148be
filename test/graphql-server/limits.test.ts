import { randomUUID } from 'node:crypto'
import { getIntrospectionQuery, Lexer, Source } from 'graphql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { useApp } from '../support/boot.ts'
import type { Result } from '../support/client.ts'
import { openSocket, type RawSocket } from '../support/raw-socket.ts'

let socket: RawSocket
const app = useApp()
beforeEach(async () => {
  socket = await openSocket(app.url)
  await socket.init(app.owner.headers)
})
afterEach(() => socket.close())

const tokensOf = (document: string): number => {
  const lexer = new Lexer(new Source(document))
  let count = 0
  while (lexer.advance().kind !== '<EOF>') count += 1
  return count
}

const TYPENAME = '__typename '

/** A mutation with one effect, that also asks for this. */
const creating = (project: string, beside = '') => `mutation {
  createProject(input: { organizationId: "${app.organizationId}", name: "${randomUUID()}" }) { project { ${project} } }
  ${beside}
}`

/** Four levels are above the first `parent`, and one is below the last. */
const ofDepth = (depth: number) =>
  creating(`organization { ${'parent { '.repeat(depth - 4)} id ${'} '.repeat(depth - 4)} }`)

const ofAliases = (count: number) =>
  creating('id', Array.from({ length: count }, (_, index) => `alias${index}: __typename`).join(' '))

const ofDirectives = (count: number) => creating('id '.concat('name @include(if: true) '.repeat(count)))

/** Tokens of which a quarter are fields: so many fields alone would be too many. */
const ofTokens = (count: number) => {
  const missing = count - tokensOf(creating('id'))
  return creating('id', `${'... { __typename } '.repeat(Math.floor(missing / 4))} ${TYPENAME.repeat(missing % 4)}`)
}

/** In groups: of one name in one place there must not be that many. */
const ofBreadth = (count: number) => {
  const groups = Array.from({ length: 40 }, (_, index) => `group${index}: organization { ${'id '.repeat(20)} }`)
  const rest = count - 2 - 40 * 21
  return creating(groups.join(' '), TYPENAME.repeat(rest))
}

/** A page of a hundred in each of a hundred, and fields of weight one up to the exact sum. */
const ofCost = (cost: number) => {
  const inner = 4 + 100 * 4
  const above = 4 + 100 * inner
  const hundreds = Math.floor((cost - above) / 100)
  return creating(
    `organization { apiKeys(first: 100) { edges { node { ${'kind '.repeat(hundreds)}
      organization { apiKeys(first: 100) { edges { node { id name } } } } } } } }`,
    TYPENAME.repeat(cost - above - hundreds * 100),
  )
}

const LIMITS = [
  ['levels of nesting', 20, ofDepth, 'The operation is nested deeper than 20 levels: request less in one operation.'],
  ['aliases', 50, ofAliases, 'The operation has more than 50 aliases: request less in one operation.'],
  ['directives', 50, ofDirectives, 'The document has 51 directives. The limit is 50.'],
  ['tokens', 2_000, ofTokens, 'The document has more than 2000 tokens: request less in one operation.'],
  ['fields', 1_000, ofBreadth, 'The operation has more than 1000 fields: request less in one operation.'],
  [
    'points of cost',
    50_000,
    ofCost,
    'The operation may cost more than 50000, counting each field as often as its lists can repeat it: request less in one operation.',
  ],
] as const

const historyLength = async (): Promise<number> => {
  const { data } = await app.owner.send<{ organization: { auditVerification: { checkedEvents: number } } }>(
    'query ($id: ID!) { organization(id: $id) { auditVerification { checkedEvents } } }',
    { id: app.organizationId },
  )
  return data?.organization.auditVerification.checkedEvents ?? 0
}

const WAYS = [
  { way: 'HTTP', ask: (document: string): Promise<Result<unknown>> => app.owner.send(document) },
  { way: 'WebSocket', ask: (document: string): Promise<Result<unknown>> => socket.ask(document) },
] as const

describe.each(WAYS)('the limits of an operation over $way', ({ ask }) => {
  it.each(LIMITS)('%s: %i are accepted', async (_what, most, document) => {
    const before = await historyLength()
    expect((await ask(document(most))).errors).toBeUndefined()
    expect(await historyLength()).toBe(before + 1)
  })

  it.each(LIMITS)('%s: one more than %i is rejected, and nothing of the operation is executed', async (...limit) => {
    const [, most, document, message] = limit
    const before = await historyLength()
    const { data, errors } = await ask(document(most + 1))
    expect(data ?? null).toBeNull()
    expect(errors).toHaveLength(1)
    expect(errors?.[0]).toMatchObject({ message, extensions: { code: 'QUERY_TOO_COMPLEX' } })
    expect(await historyLength()).toBe(before)
  })

  it('a page size in a variable counts with its value', async () => {
    const query = ofCost(50_001).replace('apiKeys(first: 100)', 'apiKeys(first: $first)')
    const asked = query.replace('mutation {', 'mutation ($first: Int = 100) {')
    expect((await ask(asked)).errors?.[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
    expect((await ask(asked.replace('= 100', '= 99'))).errors).toBeUndefined()
  })

  it("GraphiQL's introspection query is accepted with every option", async () => {
    const query = getIntrospectionQuery({
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    })
    expect(await ask(query)).toMatchObject({ data: { __schema: { queryType: { name: 'Query' } } } })
  })

  it('a circular introspection query is rejected', async () => {
    const inner = 'fields { type { fields { type { fields { type { fields { name } } } } } } }'
    const { data, errors } = await ask(`{ __schema { types { ${inner} } } }`)
    expect(data ?? null).toBeNull()
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
  })
})

describe('a field', () => {
  it('that is selected 1,500 times in one place is rejected for the number of fields', async () => {
    const { errors } = await app.owner.send(creating('id '.repeat(1_500)))
    expect(errors).toEqual([
      {
        message: 'The operation has more than 1000 fields: request less in one operation.',
        extensions: expect.objectContaining({ code: 'QUERY_TOO_COMPLEX' }),
      },
    ])
  })
})

describe('fragments', () => {
  it('that double thirty times are rejected immediately', async () => {
    const doubling = Array.from(
      { length: 30 },
      (_, index) =>
        `fragment F${index} on Organization { parent { ...F${index + 1} } suborganizations { ...F${index + 1} } }`,
    )
    const document = `query ($id: ID!) { organization(id: $id) { ...F0 } }
      ${doubling.join('\n')}
      fragment F30 on Organization { id }`
    // Expanded one by one, a billion fragments would never end.
    const { errors } = await app.owner.send(document, { id: app.organizationId })
    expect(errors?.[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
  })
})

describe('a subscription', () => {
  const subscribing = (key: string) =>
    `subscription { expiryWarnings(organizationId: "${app.organizationId}") { key { ${key} } } }`

  it('that is too expensive per event is rejected when it starts', async () => {
    const page = (inner: string) => `organization { apiKeys(first: 100) { edges { node { ${inner} } } } }`
    socket.send({ type: 'subscribe', id: '1', payload: { query: subscribing(page(page(page('id')))) } })
    const { type, payload } = await socket.messages.take()
    expect(type).toMatch(/^(?:error|next)$/)
    expect(JSON.stringify(payload)).toContain('"QUERY_TOO_COMPLEX"')
    expect(app.app.parts.live.size).toBe(0)
  })

  it.each(LIMITS.filter(([what]) => what !== 'points of cost'))(
    'by server-sent events with too many %s is rejected like any other operation: %i',
    async (_what, most, document, message) => {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { ...app.owner.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: document(most + 1) }),
      })
      const text = await response.text()
      expect(text).toContain('"QUERY_TOO_COMPLEX"')
      expect(text).toContain(message)
    },
  )
})

it('with invalid variables gets the errors of the contract, and its socket stays open', async () => {
  const query = 'subscription ($types: [AuditEventType!]) { keyEvents(organizationId: "a", types: $types) { id } }'
  const { errors } = await socket.ask(query, { types: ['KEY_CREATE'] })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'types.0' }] })
  expect(await socket.ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } })
})

describe('a page', () => {
  const asking = (paging: string) =>
    app.owner.send(`{ organization(id: "${app.organizationId}") { apiKeys(${paging}) { totalCount } } }`)

  it.each(['first: 1', 'first: 100', 'last: 1', 'last: 100'])('of %s is returned', async (paging) => {
    expect((await asking(paging)).errors).toBeUndefined()
  })

  it.each(['first: 0', 'first: 101', 'first: -1', 'last: 0', 'last: 101', 'first: 2147483647'])(
    'of %s is rejected',
    async (paging) => {
      const { errors } = await asking(paging)
      const [name] = paging.split(':')
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: name }] })
    },
  )
})
