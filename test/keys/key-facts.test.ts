import { describe, expect, it } from 'vitest'
import {
  MembersDocument,
  RevokeKeyDocument,
  SuspendKeyDocument,
  UpdateKeyPolicyDocument,
  UpdateMemberDocument,
} from '../../src/generated/graphql.ts'
import { currentGrants, type KeyFacts, loadKeyFacts } from '../../src/keys/verification/key-facts.ts'
import { KeyFactsCache } from '../../src/keys/verification/key-facts-cache.ts'
import { OrganizationDirectory } from '../../src/organizations/organization-directory.ts'
import { type Database, Reader } from '../../src/persistence/database.ts'
import { PolicyDirectory } from '../../src/policies/policy-directory.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'

/** Reads that are answered late: each waits, with what it read, until the test lets it go. */
class LateReads {
  reads = 0
  private readonly inner: Database
  private waiting: (() => void)[] = []
  private arrived: (() => void)[] = []
  late = false

  constructor(inner: Database) {
    this.inner = inner
  }

  async read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    this.reads += 1
    const result = await this.inner.read(work)
    if (!this.late) return result
    const released = new Promise<void>((resolve) => this.waiting.push(resolve))
    for (const tell of this.arrived.splice(0)) tell()
    await released
    return result
  }

  /** Resolves when a read has its rows, and waits. */
  get waits(): Promise<void> {
    return this.waiting.length > 0 ? Promise.resolve() : new Promise((resolve) => this.arrived.push(resolve))
  }

  release(): void {
    this.late = false
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}

/** Does something after one of the queries of a read, as another instance may. */
class InterruptedReader extends Reader {
  private queriesBefore: number
  private readonly interrupt: () => Promise<unknown>

  constructor({ engine, manager }: Reader, queriesBefore: number, interrupt: () => Promise<unknown>) {
    super(engine, manager)
    this.queriesBefore = queriesBefore
    this.interrupt = interrupt
  }

  override async query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    const rows = await super.query<Row>(sql, parameters)
    this.queriesBefore -= 1
    if (this.queriesBefore === 0) await this.interrupt()
    return rows
  }
}

describe.each(ENGINES)('the cache of key facts on %s', (engine) => {
  const app = useApp({ engine })

  const remember = (connected = true) => {
    const { services, feed } = app.app.parts
    const database = new LateReads(services.database)
    const directory = new OrganizationDirectory(services.database)
    const [on, onGap, stopwatch] = [feed.on.bind(feed), feed.onGap.bind(feed), feed.stopwatch.bind(feed)]
    const listening = { connected, on, onGap, stopwatch }
    const keyFacts = new KeyFactsCache({
      database,
      directory,
      policies: new PolicyDirectory(directory),
      feed: listening,
    })
    return { database, keyFacts, listening }
  }
  const setGrants = async (userId: string, role: 'VIEWER' | 'MANAGER') => {
    const { organization } = await app.owner.run(MembersDocument, { organizationId: app.organizationId, first: 100 })
    const member = organization?.members?.edges.find(({ node }) => node.user.id === userId)?.node
    await app.owner.run(UpdateMemberDocument, {
      input: { memberId: member?.id ?? '', grants: [{ module: 'keys', role }] },
    })
  }

  it('reads a key once, and drops it when it is changed', async () => {
    const { id } = await app.apiKey()
    const { database, keyFacts } = remember()
    await keyFacts.find(id)
    await keyFacts.find(id)
    expect(database.reads).toBe(1)
    await app.owner.run(SuspendKeyDocument, { id })
    expect((await keyFacts.find(id))?.key.suspendedAt).not.toBeNull()
    expect(database.reads).toBe(2)
  })

  it.each<[string, (key: { id: string; userId: string }) => Promise<unknown>, (facts: KeyFacts) => unknown, unknown]>([
    [
      'the key was revoked',
      ({ id }) => app.owner.run(RevokeKeyDocument, { input: { id } }),
      ({ key }) => key.revokedAt === null,
      false,
    ],
    [
      "its owner's grants were changed",
      ({ userId }) => setGrants(userId, 'VIEWER'),
      (facts) => currentGrants(facts),
      [{ module: 'keys', role: 'VIEWER' }],
    ],
    [
      'the policy was changed',
      () =>
        app.owner.run(UpdateKeyPolicyDocument, {
          input: { organizationId: app.organizationId, policy: { onRetiredSecretUse: 'REVOKE' } },
        }),
      ({ policy }) => policy.onRetiredSecretUse,
      'REVOKE',
    ],
  ])('neither returns nor stores facts that were read before %s', async (_, change, see, seen) => {
    const { keyId: id, userId } = await app.person('Ann', [{ module: 'keys', role: 'MANAGER' }])
    const { database, keyFacts } = remember()
    database.late = true
    const asked = keyFacts.find(id)
    await database.waits
    await change({ id, userId })
    database.release()
    const facts = await asked
    expect(facts && see(facts)).toEqual(seen)
    const kept = await keyFacts.find(id)
    expect(kept && see(kept)).toEqual(seen)
  })

  it.each([1, 2, 3])('reads no secret of a key as retired that is revoked after %i queries', async (queries) => {
    const { id } = await app.apiKey()
    const { database, policies, directory } = app.app.parts.services
    const revoke = () => app.owner.run(RevokeKeyDocument, { input: { id } })
    const facts = await database.read((reader) =>
      loadKeyFacts(new InterruptedReader(reader, queries, revoke), { directory, policies }, id),
    )
    expect(facts?.key.revokedAt instanceof Date || facts?.secrets.length === 1).toBe(true)
  })

  it('keeps a key when another key is changed', async () => {
    const { id } = await app.apiKey()
    const other = await app.apiKey()
    const { database, keyFacts } = remember()
    database.late = true
    const asked = keyFacts.find(id)
    await database.waits
    await app.owner.run(SuspendKeyDocument, { id: other.id })
    database.release()
    await asked
    await keyFacts.find(id)
    expect(database.reads).toBe(1)
  })

  it('is not used or filled while the feed is disconnected', async () => {
    const { id } = await app.apiKey()
    const { database, keyFacts, listening } = remember(false)
    await keyFacts.find(id)
    await keyFacts.find(id)
    expect(database.reads).toBe(2)
    listening.connected = true
    await keyFacts.find(id)
    await keyFacts.find(id)
    expect(database.reads).toBe(3)
    listening.connected = false
    await keyFacts.find(id)
    expect(database.reads).toBe(4)
  })

  it('stores the key of a secret, and nothing for unknown secrets', async () => {
    const { database, keyFacts } = remember()
    expect(await keyFacts.identify('0'.repeat(64))).toBeNull()
    expect(await keyFacts.identify('0'.repeat(64))).toBeNull()
    expect(database.reads).toBe(2)
    expect(await keyFacts.find('key_00000000000040008000000000000000')).toBeNull()
  })
})
