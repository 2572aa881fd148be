import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type AuditEvent, decodeEvent } from '../../src/audit/audit-event.ts'
import {
  MembersDocument,
  RemoveMemberDocument,
  ResumeKeyDocument,
  RevokeAccessTokenDocument,
  RevokeKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import type { KeyFacts } from '../../src/keys/verification/key-facts.ts'
import { KeyFactsCache } from '../../src/keys/verification/key-facts-cache.ts'
import { AuditFeed } from '../../src/live/audit-feed.ts'
import { OrganizationDirectory } from '../../src/organizations/organization-directory.ts'
import type { Database } from '../../src/persistence/database.ts'
import { PolicyDirectory } from '../../src/policies/policy-directory.ts'
import { RevokedTokens } from '../../src/tokens/revoked-tokens.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { deferred } from '../support/open-database.ts'
import { HeldDatabase, ManualTransport } from '../support/other-instance.ts'
import { PATIENCE } from '../support/patience.ts'
import { claimsOf, tokenOf } from '../support/tokens.ts'
import { CHANGES, verdictOf } from './changes.ts'

const failing = (error: unknown) => {
  throw error
}

const cacheOf = (database: Database, feed: AuditFeed): KeyFactsCache => {
  const directory = new OrganizationDirectory(database)
  return new KeyFactsCache({ database, directory, policies: new PolicyDirectory(directory), feed })
}

describe.each(ENGINES)('the cache of key facts on %s', (engine) => {
  const app = useApp({ engine })

  describe('on the instance of the change', () => {
    let database: HeldDatabase
    let keyFacts: KeyFactsCache
    beforeEach(() => {
      database = new HeldDatabase(app.app.parts.sources)
      keyFacts = cacheOf(database, app.app.parts.feed)
    })

    it.runIf(engine === 'sqlite')('needs no database while nothing changes', async () => {
      const { id } = await app.apiKey()
      const first = await keyFacts.find(id)
      const { reads } = database
      expect(await keyFacts.find(id)).toBe(first)
      await app.owner.run(UpdateKeyDocument, { input: { id: (await app.apiKey()).id, name: 'of another key' } })
      expect(await keyFacts.find(id)).toBe(first)
      expect(database.reads).toBe(reads)
    })

    it.each(CHANGES)('drops an entry before the change is acknowledged, when the key is $what', async ({ prepare }) => {
      const { id, change } = await prepare(app)
      const before = verdictOf(await keyFacts.find(id))
      await change()
      const after = verdictOf(await keyFacts.find(id))
      expect(after).not.toEqual(before)
      expect(after).toEqual(verdictOf(await freshFacts(database, app, id)))
    })

    it.each(CHANGES)('does not store facts that were read before the key is $what', async ({ prepare }) => {
      const { id, change } = await prepare(app)
      const before = verdictOf(await freshFacts(database, app, id))
      const { reads } = database
      const release = database.hold()
      const asked = keyFacts.find(id)
      await vi.waitFor(() => expect(database.reads).toBeGreaterThan(reads), PATIENCE)
      await change()
      release()
      const answered = verdictOf(await asked)
      const kept = verdictOf(await keyFacts.find(id))
      const now = verdictOf(await freshFacts(database, app, id))
      expect(now).not.toEqual(before)
      expect([answered, kept]).toEqual([now, now])
    })
  })

  describe('on another instance', () => {
    let database: HeldDatabase
    let transport: ManualTransport
    let feed: AuditFeed
    let keyFacts: KeyFactsCache
    let revoked: RevokedTokens
    beforeEach(async () => {
      database = new HeldDatabase(app.app.parts.sources)
      transport = new ManualTransport()
      // Its clocks stand still, so that it does not poll: it knows what the transport delivers, and nothing else.
      feed = new AuditFeed(database, new ManualClock(), transport, failing, () => 0)
      keyFacts = cacheOf(database, feed)
      revoked = new RevokedTokens(database, systemClock, feed, failing)
      await feed.start()
      await revoked.start()
      return async () => {
        await revoked.stop()
        await feed.close()
      }
    })

    const revokedElsewhere = async () => {
      const token = await tokenOf(app, await app.apiKey())
      await app.anonymous.run(RevokeAccessTokenDocument, { input: { token } })
      return String(claimsOf(token).jti)
    }

    it('drops an entry when the change of the key is announced', async () => {
      const { id } = await app.apiKey()
      expect(verdictOf(await keyFacts.find(id))?.status).toBe('ACTIVE')
      const heard = deferred<AuditEvent>()
      app.app.parts.feed.on(['KEY_REVOKED'], (event) => event.targetId === id && heard.resolve(event))
      await app.owner.run(RevokeKeyDocument, { input: { id } })
      transport.deliver([await heard.promise])
      expect(verdictOf(await keyFacts.find(id))?.status).toBe('REVOKED')
    })

    it('drops everything when a change of a member is announced whose details cannot be decoded', async () => {
      const person = await app.person('Ada', [{ module: 'keys', role: 'OPERATOR' }])
      const before = verdictOf(await keyFacts.find(person.keyId))
      const heard = deferred<AuditEvent>()
      app.app.parts.feed.on(['MEMBER_REMOVED'], heard.resolve)
      const { organization } = await app.owner.run(MembersDocument, { organizationId: app.organizationId, last: 1 })
      await app.owner.run(RemoveMemberDocument, { memberId: organization?.members?.edges[0]?.node.id ?? '' })
      expect(verdictOf(await keyFacts.find(person.keyId))).toEqual(before)
      transport.deliver([decodeEvent({ ...(await heard.promise), storedDetails: { unreadable: '' } })])
      expect(verdictOf(await keyFacts.find(person.keyId))).not.toEqual(before)
    })

    it.runIf(engine === 'sqlite')(
      'reads the revoked tokens again when such an announcement cannot be decoded',
      async () => {
        const heard = deferred<AuditEvent>()
        app.app.parts.feed.on(['TOKEN_REVOKED'], heard.resolve)
        const tokenId = await revokedElsewhere()
        expect(await revoked.has(tokenId)).toBe(false)
        transport.deliver([decodeEvent({ ...(await heard.promise), storedDetails: { tokenId } })])
        expect(await revoked.has(tokenId)).toBe(true)
      },
    )

    it('is neither used nor filled while the transport is down', async () => {
      const { id } = await app.apiKey()
      await keyFacts.find(id)
      transport.connected = false
      await app.owner.run(SuspendKeyDocument, { id })
      expect(verdictOf(await keyFacts.find(id))?.status).toBe('SUSPENDED')
      await app.owner.run(ResumeKeyDocument, { id })
      expect(verdictOf(await keyFacts.find(id))?.status).toBe('ACTIVE')
    })

    it.runIf(engine === 'sqlite')('reads the database for each request while the transport is down', async () => {
      const { id } = await app.apiKey()
      transport.connected = false
      await keyFacts.find(id)
      const { reads } = database
      await keyFacts.find(id)
      expect(database.reads).toBeGreaterThan(reads)
    })

    it('drops everything when the transport is back', async () => {
      const keys = [await app.apiKey(), await app.apiKey()]
      for (const { id } of keys) await keyFacts.find(id)
      transport.connected = false
      for (const { id } of keys) await app.owner.run(RevokeKeyDocument, { input: { id } })
      transport.reconnect()
      for (const { id } of keys) expect(verdictOf(await keyFacts.find(id))?.status).toBe('REVOKED')
    })

    it('does not store facts that were read before a gap', async () => {
      const { id } = await app.apiKey()
      transport.connected = false
      const { reads } = database
      const release = database.hold()
      const asked = keyFacts.find(id)
      await vi.waitFor(() => expect(database.reads).toBeGreaterThan(reads), PATIENCE)
      await app.owner.run(RevokeKeyDocument, { input: { id } })
      transport.reconnect()
      release()
      expect(verdictOf(await asked)?.status).toBe('REVOKED')
      expect(verdictOf(await keyFacts.find(id))?.status).toBe('REVOKED')
    })

    it('asks the database about a revoked token while the transport is down', async () => {
      transport.connected = false
      expect(await revoked.has(await revokedElsewhere())).toBe(true)
    })

    it('knows a token that was revoked meanwhile once the transport is back, even before it was read', async () => {
      transport.connected = false
      const tokenId = await revokedElsewhere()
      const { reads } = database
      const release = database.hold()
      transport.reconnect()
      const asked = revoked.has(tokenId)
      // Both the question and the reading of what was missed are on their way; neither may be taken for an answer.
      await vi.waitFor(() => expect(database.reads).toBeGreaterThan(reads + 1), PATIENCE)
      release()
      expect(await asked).toBe(true)
      await vi.waitFor(async () => {
        const before = database.reads
        expect(await revoked.has(tokenId)).toBe(true)
        expect(database.reads).toBe(before)
      }, PATIENCE)
    })
  })
})

/** The facts as they are in the database, with nothing remembered. */
const freshFacts = async (database: Database, app: TestApp, id: string): Promise<KeyFacts | null> =>
  cacheOf(database, app.app.parts.feed).find(id)
