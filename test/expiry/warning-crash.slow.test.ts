import { afterEach, describe, expect, it } from 'vitest'
import { AuditVerificationDocument, CreateApiKeyDocument, ExpiryWarningsDocument } from '../../src/generated/graphql.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, ENGINES, type TestDatabase } from '../support/engines.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

/** More than the sweeper takes in one transaction, so that a kill can fall between two. */
const KEYS = 150
const KILLS = 4
const AT_ONCE = 10
const DAY = 86_400

interface Edge {
  readonly cursor: string
  readonly node: { id: string; sequence: number; key: { id: string }; targetId: string; details: { warningId: string } }
}

/** Every node of a list of the organization. */
const everyNode = async (owner: TestClient, id: string, list: string): Promise<Edge['node'][]> => {
  const nodes: Edge['node'][] = []
  for (let after: string | null = null; ; ) {
    const query = `query ($id: ID!, $after: String) { organization(id: $id) { list: ${list} } }`
    const { data, errors } = await owner.send<{ organization: { list: { edges: Edge[] } } }>(query, { id, after })
    expect(errors).toBeUndefined()
    const edges: Edge[] = data?.organization.list.edges ?? []
    nodes.push(...edges.map((edge) => edge.node))
    const last = edges.at(-1)
    if (last === undefined) return nodes
    after = last.cursor
  }
}
const WARNINGS = 'expiryWarnings(first: 100, after: $after) { edges { cursor node { id sequence key { id } } } }'
const EVENTS = `auditEvents(first: 100, after: $after, filter: { types: [KEY_EXPIRY_WARNING] }) {
  edges { cursor node { sequence targetId details } } }`

describe.each(ENGINES)('a server on %s that is killed while warnings fall due', (engine) => {
  let database: TestDatabase
  let server: ServerProcess | undefined
  afterEach(async () => {
    await server?.kill()
    await database.remove()
  })

  it('finally has each warning and its event once, and has delivered it once', async () => {
    database = await createDatabase(engine)
    server = await startServer(database)
    const { secret = '', organizationId = '' } = server.first ?? {}
    let owner = new TestClient(server.url, secret)

    const due = new Map<string, string>()
    const make = async (index: number) => {
      const threshold = `PT${DAY - 3 - (index % 5)}S`
      const input = { organizationId, name: `key ${index}`, grants: [], expiresIn: 'P1D', warnBefore: [threshold] }
      const { createApiKey } = await owner.run(CreateApiKeyDocument, { input })
      due.set(createApiKey.apiKey.id, createApiKey.apiKey.warnBefore[0] ?? '')
    }
    for (let made = 0; made < KEYS; made += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => make(made + index)))
    const seen: { sequence: number; key: string; threshold: string }[] = []
    /** Goes on behind what was seen last; resolves when so many more have come. */
    const listen = async (count: number) => {
      const after = seen.at(-1)?.sequence ?? 0
      const { results } = await owner.subscribe(ExpiryWarningsDocument, { organizationId, after })
      const take = async () => {
        const { data } = await results.take(40_000)
        if (data == null) throw new Error('A warning came without data.')
        const { sequence, key, threshold } = data.expiryWarnings
        seen.push({ sequence, key: key.id, threshold })
      }
      for (let taken = 0; taken < count; taken += 1) await take()
      return results
    }

    for (let kills = 0; kills < KILLS; kills += 1) {
      await listen(1 + kills * 11)
      await server.kill()
      owner.close()
      server = await startServer(database)
      owner = new TestClient(server.url, secret)
    }
    const results = await listen(KEYS - seen.length)
    expect(results.pending).toEqual([])

    const byKey = (entries: readonly (readonly [string, string])[]) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
    expect(byKey(seen.map(({ key, threshold }) => [key, threshold]))).toEqual(byKey([...due]))
    expect(seen.map(({ sequence }) => sequence)).toEqual(seen.map(({ sequence }) => sequence).sort((a, b) => a - b))

    const replay = await owner.subscribe(ExpiryWarningsDocument, { organizationId, after: 0 })
    const replayed = (await replay.results.takeMany(KEYS)).map(({ data }) => data?.expiryWarnings.sequence)
    expect(replayed).toEqual(seen.map(({ sequence }) => sequence))

    const written = await everyNode(owner, organizationId, WARNINGS)
    const told = await everyNode(owner, organizationId, EVENTS)
    expect(written).toHaveLength(KEYS)
    expect(told.map(({ details, sequence, targetId }) => [details.warningId, sequence, targetId])).toEqual(
      written.map(({ id, sequence, key }) => [id, sequence, key.id]),
    )
    const { organization: verified } = await owner.run(AuditVerificationDocument, { organizationId })
    expect(verified?.auditVerification?.intact).toBe(true)
    owner.close()
  }, 400_000)
})
