import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  KeyEventsDocument,
  RevokeKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { faultsOf, historyOf } from '../support/audit-chain.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, postgresRuns, REDIS_URL, redisRuns, type TestDatabase } from '../support/engines.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

const INSTANCES = 3
const KEYS_PER_WORKER = 12
/** Two seconds by promise; the rest is for a client of a machine that is busy. */
const LONGEST_ACCEPTANCE_MS = 2_500
const USES_AFTER_REVOCATION = 4

interface Use {
  readonly keyId: string
  /** When the answer came, and whether the key was accepted. */
  readonly answeredAt: number
  readonly startedAt: number
  readonly accepted: boolean
}

describe.skipIf(!postgresRuns || !redisRuns)('three instances, one of which is killed at a time', () => {
  let database: TestDatabase
  let servers: ServerProcess[]
  let secret: string
  let organizationId: string
  const revokedAt = new Map<string, number>()
  const uses: Use[] = []
  const env = { KEYTURN_REDIS_URL: REDIS_URL }

  beforeAll(async () => {
    database = await createDatabase('postgres')
    const first = await startServer(database, env)
    secret = first.first?.secret ?? ''
    organizationId = first.first?.organizationId ?? ''
    servers = [first, ...(await Promise.all(Array.from({ length: INSTANCES - 1 }, () => startServer(database, env))))]
  }, 180_000)
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.kill()))
    await database.remove()
  })

  /** Asks the instances in turn until one answers, as a client behind a load balancer does. */
  const attempt = async <T>(
    from: number,
    work: (client: TestClient) => Promise<T>,
    credential = secret,
  ): Promise<T> => {
    for (let turn = 0; ; turn += 1) {
      const server = servers[(from + turn) % INSTANCES]
      try {
        return await work(new TestClient(server?.url ?? '', credential))
      } catch (error) {
        if (!(error instanceof TypeError) || turn > 100) throw error
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }

  const use = async (from: number, keyId: string, keySecret: string): Promise<void> => {
    const startedAt = performance.now()
    const { errors } = await attempt(from, (client) => client.try(ViewerDocument, {}), keySecret)
    uses.push({ keyId, startedAt, answeredAt: performance.now(), accepted: errors === undefined })
  }

  const worker = async (number: number): Promise<void> => {
    for (let count = 0; count < KEYS_PER_WORKER; count += 1) {
      const name = `key ${number} ${count} ${Math.random()}`
      const { createApiKey } = await attempt(number, (client) =>
        client.run(CreateApiKeyDocument, { input: { organizationId, name, grants: [] } }),
      )
      const { id } = createApiKey.apiKey
      // Every instance has it in its cache.
      for (let instance = 0; instance < INSTANCES; instance += 1) await use(instance, id, createApiKey.secret)
      const revoked = await attempt(number + count, (client) => client.try(RevokeKeyDocument, { input: { id } }))
      if (revoked.errors === undefined) revokedAt.set(id, performance.now())
      for (let later = 0; later < USES_AFTER_REVOCATION; later += 1) await use(later, id, createApiKey.secret)
    }
  }

  it('never accept a revoked key later than the bound, and have a log that is whole and that a subscriber saw', async () => {
    let isWorking = true
    const working = Promise.all(Array.from({ length: 4 }, (_, number) => worker(number))).finally(() => {
      isWorking = false
    })
    for (let victim = 1; isWorking && victim < INSTANCES; victim += 1) {
      await servers[victim]?.kill()
      servers[victim] = await startServer(database, env)
    }
    await working
    const owner = new TestClient(servers[0]?.url ?? '', secret)
    const history = await historyOf(owner, organizationId)
    expect(faultsOf(history, organizationId)).toEqual([])
    const late = uses.filter(({ keyId, startedAt, accepted }) => {
      const end = revokedAt.get(keyId)
      return accepted && end !== undefined && startedAt > end + LONGEST_ACCEPTANCE_MS
    })
    expect(late).toEqual([])
    expect(revokedAt.size).toBeGreaterThan(20)
    for (const keyId of revokedAt.keys())
      expect(history.filter(({ type, targetId }) => type === 'KEY_REVOKED' && targetId === keyId)).toHaveLength(1)
    const { results, stop } = await owner.subscribe(KeyEventsDocument, { organizationId, after: 0 })
    const expected = history.filter(({ type }) => type.startsWith('KEY_') || type === 'ACCESS_DENIED')
    const seen = await results.takeMany(expected.length)
    stop()
    owner.close()
    expect(seen.map(({ data }) => data?.keyEvents.sequence)).toEqual(expected.map(({ sequence }) => sequence))
  }, 180_000)
})
