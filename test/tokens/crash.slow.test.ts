import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditVerificationDocument, CreateApiKeyDocument } from '../../src/generated/graphql.ts'
import { faultsOf, historyOf, type PublicEvent } from '../support/audit-chain.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, ENGINES, type TestDatabase } from '../support/engines.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { basicOf, claimsOf } from '../support/tokens.ts'

const CONNECTIONS = 16
const TOKENS_BEFORE_THE_CRASH = 400

describe.each(ENGINES)('a server that is killed in the middle of a burst of token requests, on %s', (engine) => {
  let database: TestDatabase
  let server: ServerProcess
  let owner: TestClient
  let organizationId = ''
  const received: string[] = []
  let history: readonly PublicEvent[] = []

  /** One client: asks for tokens as fast as it gets them, until nobody answers any more. */
  const ask = async (key: { id: string; secret: string }): Promise<void> => {
    for (;;) {
      const response = await fetch(`${server.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
        headers: { authorization: basicOf(key) },
      })
      const { access_token: token } = (await response.json()) as { access_token: string }
      received.push(token)
      if (received.length === TOKENS_BEFORE_THE_CRASH) server.signal('SIGKILL')
    }
  }

  beforeAll(async () => {
    database = await createDatabase(engine)
    server = await startServer(database)
    const { secret = '', organizationId: id = '' } = server.first ?? {}
    organizationId = id
    owner = new TestClient(server.url, secret)
    const keys = await Promise.all(
      [1, 2].map(async (number) => {
        const input = { organizationId, name: `key ${number}`, grants: [] }
        const { createApiKey } = await owner.run(CreateApiKeyDocument, { input })
        return { id: createApiKey.apiKey.id, secret: createApiKey.secret }
      }),
    )
    const clients = Array.from({ length: CONNECTIONS }, (_, client) => ask(keys[client % 2] ?? { id: '', secret: '' }))
    for (const client of await Promise.allSettled(clients)) expect(client.status).toBe('rejected')
    expect(await server.exited).toBeNull()
    server = await startServer(database)
    owner = new TestClient(server.url, secret)
    history = await historyOf(owner, organizationId)
  }, 300_000)
  afterAll(async () => {
    await server.kill()
    await database.remove()
  })

  it('has exactly one event for each token that a client received', () => {
    expect(received.length).toBeGreaterThanOrEqual(TOKENS_BEFORE_THE_CRASH)
    const written = history.filter(({ type }) => type === 'TOKEN_ISSUED').map(({ details }) => details.tokenId)
    const ids = received.map((token) => claimsOf(token).jti)
    expect(ids.filter((id) => !written.includes(id))).toEqual([])
    expect(new Set(written).size).toBe(written.length)
    // What was committed and could not be answered any more: at most one for each connection.
    expect(written.length - received.length).toBeLessThanOrEqual(CONNECTIONS)
  })

  it('still accepts the tokens that it returned', async () => {
    for (const token of [received.at(0), received.at(-1)]) {
      const response = await fetch(`${server.url}/oauth/introspect`, {
        method: 'POST',
        body: new URLSearchParams({ token: token ?? '' }),
        headers: owner.headers,
      })
      expect(await response.json()).toMatchObject({ active: true, jti: claimsOf(token ?? '').jti })
    }
  })

  it('has an audit log without a gap, chained in order', async () => {
    expect(faultsOf(history, organizationId)).toEqual([])
    const { organization } = await owner.run(AuditVerificationDocument, { organizationId })
    expect(organization?.auditVerification).toMatchObject({ intact: true, firstBrokenSequence: null })
  })
})
