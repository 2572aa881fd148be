import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ApiKeysDocument,
  AuditEventsDocument,
  CreateApiKeyDocument,
  CreateOrganizationDocument,
  CreateProjectDocument,
  DefineModuleDocument,
  ExchangeKeyDocument,
  InviteMemberDocument,
  KeyByIdDocument,
  KeyEventsDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  UpdateKeyPolicyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { STRICTEST_ENGINE } from '../support/engines.ts'
import {
  bombard,
  FEWER_REQUESTS,
  FUZZ_TIMEOUT_MS,
  LONGEST_ANSWER_MS,
  REQUESTS,
  tellsOfABug,
  watchOver,
} from '../support/fuzzing.ts'
import { mutateHeaders, mutateText, mutateValue, Random } from '../support/mutations.ts'
import { openSocket } from '../support/raw-socket.ts'

interface Operation {
  readonly query: string
  readonly variables: Record<string, unknown>
}

let app: TestApp
let operations: Operation[] = []
let headers: Record<string, string> = {}
beforeAll(async () => {
  // GraphiQL's page is nine megabytes, the same each time, and of other tests.
  app = await boot({ engine: STRICTEST_ENGINE, env: { KEYTURN_GRAPHIQL: 'off' } })
  const { organizationId } = app
  const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
  const operation = (document: { toString(): string }, variables: Record<string, unknown>): Operation => ({
    query: document.toString(),
    variables,
  })
  operations = [
    operation(ViewerDocument, {}),
    operation(KeyByIdDocument, { id: key.id }),
    operation(ApiKeysDocument, {
      organizationId,
      first: 10,
      filter: { search: 'a', status: ['ACTIVE'], createdAfter: '2026-01-01T00:00:00Z', neverExpires: false },
      orderBy: { field: 'NAME', direction: 'ASC' },
    }),
    operation(AuditEventsDocument, { organizationId, first: 10, filter: { types: ['KEY_CREATED'], targetId: key.id } }),
    operation(CreateApiKeyDocument, {
      input: {
        organizationId,
        name: 'fuzzed',
        description: 'd',
        grants: [{ module: 'keys', role: 'VIEWER' }],
        expiresIn: 'P90D',
        warnBefore: ['P7D'],
        allowedIps: ['10.0.0.0/8'],
        metadata: { team: 'build', nested: { a: [1] } },
      },
    }),
    operation(UpdateKeyDocument, { input: { id: key.id, name: 'renamed', metadata: { a: 1 }, allowedIps: ['::/0'] } }),
    operation(RotateKeyDocument, { input: { id: key.id, overlap: 'PT1H', expiresIn: 'P30D' } }),
    operation(SuspendKeyDocument, { input: { id: key.id } }),
    operation(RevokeKeyDocument, {
      input: { id: 'key_00000000000040008000000000000000', reason: 'COMPROMISED', note: 'n' },
    }),
    operation(ExchangeKeyDocument, {
      input: { secret: key.secret, scope: 'keys:viewer', audience: 'https://a.example' },
    }),
    operation(UpdateKeyPolicyDocument, {
      input: { organizationId, policy: { defaultLifetime: 'P90D', warnBefore: ['P7D'], maximumActiveKeys: 1000 } },
    }),
    operation(InviteMemberDocument, {
      input: { organizationId, email: 'a@example.com', grants: [{ module: 'keys', role: 'VIEWER' }] },
    }),
    operation(CreateOrganizationDocument, { input: { name: 'Sub', slug: 'sub', parentId: organizationId } }),
    operation(CreateProjectDocument, { input: { organizationId, name: 'Project', slug: 'project' } }),
    operation(DefineModuleDocument, { input: { organizationId, name: 'build', description: 'Builds' } }),
    operation(KeyEventsDocument, { organizationId, after: 0, types: ['KEY_CREATED'] }),
  ]
  headers = { ...app.owner.headers, 'content-type': 'application/json', accept: 'application/json' }
})
afterAll(() => app.close())

const mutateOperation = (random: Random): Record<string, unknown> => {
  const { query, variables } = random.pick(operations)
  const way = random.below(10)
  if (way < 3) return { query: mutateText(query, random), variables }
  if (way < 9) return { query, variables: mutateValue(variables, random) }
  const mutated = mutateValue({ query, variables, operationName: null, extensions: {} }, random)
  return typeof mutated === 'object' && mutated !== null ? (mutated as Record<string, unknown>) : { query: mutated }
}

const mutateJson = (value: unknown, random: Random): string => {
  const text = JSON.stringify(value) ?? ''
  return random.chance(0.1) ? mutateText(text, random) : text
}

describe('thousands of mutated requests', { timeout: FUZZ_TIMEOUT_MS }, () => {
  it('to POST /graphql do no harm', async () => {
    const { expectUnharmed } = watchOver(app)
    const statuses = await bombard(app, 1, REQUESTS, (random) => ({
      method: random.chance(0.98) ? 'POST' : random.pick(['PUT', 'DELETE', 'OPTIONS', 'PATCH']),
      path: '/graphql',
      headers: random.chance(0.1) ? mutateHeaders(headers, random) : headers,
      body: mutateJson(mutateOperation(random), random),
    }))
    // Not all were refused at the door.
    expect(statuses[200]).toBeGreaterThan(REQUESTS / 10)
    await expectUnharmed()
  })

  it('to POST /graphql for a stream of events do no harm', async () => {
    const { expectUnharmed } = watchOver(app)
    const events = { ...headers, accept: 'text/event-stream' }
    const statuses = await bombard(app, 6, FEWER_REQUESTS, (random) => ({
      method: random.chance(0.98) ? 'POST' : random.pick(['PUT', 'DELETE', 'OPTIONS', 'PATCH']),
      path: '/graphql',
      headers: random.chance(0.1) ? mutateHeaders(events, random) : events,
      body: mutateJson(mutateOperation(random), random),
    }))
    expect(statuses[200]).toBeGreaterThan(FEWER_REQUESTS / 10)
    await expectUnharmed()
  })

  it('to GET /graphql do no harm', async () => {
    const { expectUnharmed } = watchOver(app)
    const statuses = await bombard(app, 2, FEWER_REQUESTS, (random) => {
      const { query, variables = null } = mutateOperation(random)
      const search = new URLSearchParams({
        query: (typeof query === 'string' ? query : JSON.stringify(query ?? null)).toWellFormed().slice(0, 6_000),
        variables: mutateJson(variables, random).slice(0, 6_000),
      }).toString()
      return {
        method: 'GET',
        path: `/graphql?${random.chance(0.2) ? mutateText(search, random).replaceAll(/[^\x21-\xff]/g, '%') : search}`,
        headers: random.chance(0.1) ? mutateHeaders(headers, random) : headers,
        body: '',
      }
    })
    expect(statuses[200]).toBeGreaterThan(FEWER_REQUESTS / 20)
    await expectUnharmed()
  })

  it('as messages of WebSockets do no harm', async () => {
    const { expectUnharmed } = watchOver(app)
    const random = new Random(3)
    let left = REQUESTS
    const talk = async () => {
      let connected: Connected | null = null
      while (left > 0) {
        left -= 1
        connected ??= await connect()
        const { socket } = connected
        const message = { id: String(random.below(50)), type: 'subscribe', payload: mutateOperation(random) }
        const sent = mutateJson(random.chance(0.1) ? mutateValue(message, random) : message, random)
        socket.send(random.chance(0.02) ? Buffer.from(sent) : sent)
        const ping = left
        socket.send({ type: 'ping', payload: { ping } })
        if (!(await untilPong(connected, ping, sent))) connected = null
      }
      connected?.socket.close()
    }
    await Promise.all(Array.from({ length: 8 }, talk))
    await expectUnharmed()
  })
})

/** A socket that is ready, and the one promise of its end. */
const connect = async () => {
  const socket = await openSocket(app.url)
  await socket.init(app.owner.headers)
  const end = socket.ended.take(FUZZ_TIMEOUT_MS).then(({ code }) => ({ type: 'closed', payload: code }))
  return { socket, end }
}
type Connected = Awaited<ReturnType<typeof connect>>

/** Reads what the socket says until it answers the ping; false where it closes instead. */
const untilPong = async ({ socket, end }: Connected, ping: number, sent: string): Promise<boolean> => {
  for (;;) {
    const message = await Promise.race([socket.messages.take(LONGEST_ANSWER_MS), end])
    expect(tellsOfABug(JSON.stringify(message)), sent).toBe(false)
    if (message.type === 'closed') {
      expect([1009, 4400, 4401, 4409, 4429], sent).toContain(message.payload)
      return false
    }
    if (message.type === 'pong' && (message.payload as { ping?: number } | undefined)?.ping === ping) return true
  }
}
