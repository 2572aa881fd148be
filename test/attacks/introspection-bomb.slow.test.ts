import { getIntrospectionQuery } from 'graphql'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'
import type { Result } from '../support/client.ts'
import { createDatabase } from '../support/engines.ts'
import { openSocket, type RawSocket } from '../support/raw-socket.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

const times = (count: number, selection: string) =>
  Array.from({ length: count }, (_, index) => `a${index}: ${selection}`).join(' ')

/** Aliases below `__schema`, multiplied through fragments: 40 of them in the text, thousands in the operation. */
const BOMB = `{ ...A } fragment A on Query { ${times(10, '__schema { ...B }')} }
fragment B on __Schema { ${times(10, 'types { ...C }')} }
fragment C on __Type { ${times(10, 'fields { ...D }')} }
fragment D on __Field { ${times(10, 'description')} name args { description name } }`

const FULL = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
})

let app: TestApp
beforeAll(async () => {
  app = await boot()
})
afterAll(() => app.close())

type Ask = (query: string, credential: string | null) => Promise<Result<unknown>>

const overEvents: Ask = async (query, credential) => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      ...app.owner.with(credential).headers,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: JSON.stringify({ query }),
  })
  return JSON.parse((await response.text()).match(/\{.*\}/)?.[0] ?? 'null')
}
const byGet: Ask = async (query, credential) => {
  const response = await fetch(`${app.url}/graphql?query=${encodeURIComponent(query)}`, {
    headers: { ...app.owner.with(credential).headers, accept: 'application/json' },
  })
  return (await response.json()) as Result<unknown>
}
let sockets: RawSocket[] = []
beforeEach(() => {
  sockets = []
})
afterEach(() => {
  for (const socket of sockets) socket.close()
})
const overSocket: Ask = async (query, credential) => {
  const socket = await openSocket(app.url)
  sockets.push(socket)
  await socket.init(app.owner.with(credential).headers)
  return socket.ask(query)
}

const WAYS: { way: string; ask: Ask }[] = [
  { way: 'POST', ask: (query, credential) => app.owner.with(credential).send(query) },
  { way: 'GET', ask: byGet },
  { way: 'server-sent events', ask: overEvents },
  { way: 'WebSocket', ask: overSocket },
]

describe.each(WAYS)('introspection over $way', ({ ask }) => {
  it.each([
    ['the whole schema', FULL],
    ['a type', '{ __type(name: "Query") { name } }'],
    ['the schema in a fragment', '{ ...F } fragment F on Query { a: __schema { queryType { name } } }'],
    ['a bomb', BOMB],
  ])('without a credential is UNAUTHENTICATED: %s', async (_what, query) => {
    const { data, errors } = await ask(query, null)
    expect(data ?? null).toBeNull()
    expect(errors).toHaveLength(1)
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    expect(errors?.[0]?.message).toContain('credential')
  })

  it('without a credential allows __typename', async () => {
    expect(await ask('{ __typename }', null)).toMatchObject({ data: { __typename: 'Query' } })
  })

  it('with a credential returns the full introspection query', async () => {
    expect(await ask(FULL, app.ownerSecret)).toMatchObject({ data: { __schema: { queryType: { name: 'Query' } } } })
  })

  it('with a credential rejects aliases that fragments multiply', async () => {
    const { data, errors } = await ask(BOMB, app.ownerSecret)
    expect(data ?? null).toBeNull()
    expect(errors?.[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
  })
})

describe('introspection with a credential', () => {
  it('is rejected by its cost if it selects every field 49 times', async () => {
    const types = 'types { fields { description args { description type { ofType { name description } } } } }'
    const query = `{ __schema { ${times(49, types)} } }`
    const { errors } = await app.owner.send(query)
    expect(errors?.[0]?.message).toContain('may cost more than 50000')
  })
})

describe('a server with a heap of 128 MB', () => {
  let server: ServerProcess
  let remove: () => Promise<void>
  beforeAll(async () => {
    const database = await createDatabase('sqlite')
    remove = () => database.remove()
    server = await startServer(database, { NODE_OPTIONS: '--max-old-space-size=128' })
  }, 120_000)
  afterAll(async () => {
    await server?.kill()
    await remove?.()
  })

  it('survives introspection bombs of anonymous callers and of the owner', async () => {
    const send = async (query: string, headers: Record<string, string>) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      })
      return response.text()
    }
    const owner = { authorization: `Bearer ${server.first?.secret}` }
    for (const headers of [{}, owner])
      for (const text of await Promise.all(Array.from({ length: 10 }, () => send(BOMB, headers))))
        expect(text.length).toBeLessThan(1_000)
    expect(await send('{ __typename }', {})).toContain('"Query"')
  })
})
