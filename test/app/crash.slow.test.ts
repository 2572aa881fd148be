import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AuditVerificationDocument,
  CreateApiKeyDocument,
  KeyByIdDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { faultsOf, historyOf, type PublicEvent } from '../support/audit-chain.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, ENGINES, type TestDatabase } from '../support/engines.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

const CLIENTS = 16
const CRASHES = 2
const ACKNOWLEDGED_BEFORE_A_CRASH = 120

/** What a client was told of one key; null is what it asked for and was not answered. */
interface Told {
  readonly name: string
  id: string
  readonly secrets: string[]
  rotated: 'no' | 'asked' | 'told'
  revoked: 'no' | 'asked' | 'told'
}

describe.each(ENGINES)('a server that is killed during work, on %s', (engine) => {
  let database: TestDatabase
  let server: ServerProcess
  let owner: TestClient
  let secret = ''
  let organizationId = ''
  const told: Told[] = []
  let history: readonly PublicEvent[] = []
  let restarts = ''

  /** One client: makes keys, rotates all of them and revokes some, until nobody answers any more. */
  const work = async (client: number, acknowledged: () => void): Promise<void> => {
    for (let number = 0; ; number += 1) {
      const name = `key ${told.length} of client ${client}, its ${number}`
      const { createApiKey } = await owner.run(CreateApiKeyDocument, { input: { organizationId, name, grants: [] } })
      const { id } = createApiKey.apiKey
      const one: Told = { name, id, secrets: [createApiKey.secret], rotated: 'asked', revoked: 'no' }
      told.push(one)
      acknowledged()
      const { rotateKey } = await owner.run(RotateKeyDocument, { input: { id } })
      one.secrets.push(rotateKey.secret)
      one.rotated = 'told'
      acknowledged()
      if (number % 3 !== 0) continue
      one.revoked = 'asked'
      await owner.run(RevokeKeyDocument, { input: { id } })
      one.revoked = 'told'
      acknowledged()
    }
  }

  const workUntilKilled = async (): Promise<void> => {
    let count = 0
    const acknowledged = () => {
      count += 1
      if (count === ACKNOWLEDGED_BEFORE_A_CRASH) server.signal('SIGKILL')
    }
    const clients = await Promise.allSettled(Array.from({ length: CLIENTS }, (_, client) => work(client, acknowledged)))
    // A refusal in so many words would be a fault of another kind: all of them lost their connection.
    for (const client of clients)
      expect(client).toMatchObject({ status: 'rejected', reason: expect.objectContaining({ name: 'TypeError' }) })
    expect(await server.exited).toBeNull()
  }

  beforeAll(async () => {
    database = await createDatabase(engine)
    server = await startServer(database)
    secret = server.first?.secret ?? ''
    organizationId = server.first?.organizationId ?? ''
    for (let crash = 0; crash < CRASHES; crash += 1) {
      owner = new TestClient(server.url, secret)
      await workUntilKilled()
      server = await startServer(database)
      restarts += server.output()
    }
    owner = new TestClient(server.url, secret)
    history = await historyOf(owner, organizationId)
  }, 300_000)
  afterAll(async () => {
    await server.kill()
    await database.remove()
  })

  const eventsOf = (id: string, type: string) =>
    history.filter((event) => event.targetId === id && event.type === type).length

  it('has every mutation that it acknowledged, each with exactly one event', () => {
    expect(told.length).toBeGreaterThan(50)
    for (const { id, name, rotated, revoked } of told) {
      expect(eventsOf(id, 'KEY_CREATED'), name).toBe(1)
      if (rotated === 'told') expect(eventsOf(id, 'KEY_ROTATED'), name).toBe(1)
      if (revoked === 'told') expect(eventsOf(id, 'KEY_REVOKED'), name).toBe(1)
    }
  })

  it('has no partial change: each key has one creation, one current secret, and an event for each change', async () => {
    const created = history.filter(({ type, details }) => type === 'KEY_CREATED' && details.kind === 'API_KEY')
    expect(new Set(created.map(({ targetId }) => targetId)).size).toBe(created.length)
    // Not told of, but kept: what was committed and could not be answered any more.
    expect(created.length).toBeGreaterThanOrEqual(told.length)
    for (const { targetId, targetName } of created) {
      const { key } = await owner.run(KeyByIdDocument, { id: targetId ?? '' })
      const states = key?.secrets.map(({ state }) => state).sort()
      const [rotations, revocations] = [eventsOf(key?.id ?? '', 'KEY_ROTATED'), eventsOf(key?.id ?? '', 'KEY_REVOKED')]
      const expected =
        revocations === 1
          ? Array(1 + rotations).fill('RETIRED')
          : rotations === 1
            ? ['CURRENT', 'RETIRING']
            : ['CURRENT']
      expect({ name: key?.name, status: key?.status, states }, targetName ?? '').toEqual({
        name: targetName,
        status: revocations === 1 ? 'REVOKED' : 'ACTIVE',
        states: expected,
      })
    }
  })

  it('still accepts every secret that it returned', async () => {
    for (const { id, secrets, revoked } of told) {
      const isRevoked = revoked === 'told' || (revoked === 'asked' && eventsOf(id, 'KEY_REVOKED') === 1)
      for (const given of secrets) {
        const { data, errors } = await owner.with(given).try(ViewerDocument, {})
        if (isRevoked) expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
        else expect(data?.viewer.key?.id).toBe(id)
      }
    }
  })

  it('has an audit log without a gap, chained in order', async () => {
    expect(faultsOf(history, organizationId)).toEqual([])
    const { organization } = await owner.run(AuditVerificationDocument, { organizationId })
    expect(organization?.auditVerification).toMatchObject({ intact: true, firstBrokenSequence: null })
  })

  it('prints no secret at the next start, and creates nothing again', async () => {
    expect(restarts).not.toMatch(/kt_[ap]k_/)
    expect(history.filter(({ type }) => type === 'ORGANIZATION_CREATED').length).toBe(1)
    const { viewer } = await owner.run(ViewerDocument, {})
    expect(viewer.organizations.map(({ id }) => id)).toEqual([organizationId])
  })
})
