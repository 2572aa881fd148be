import { LRUCache } from 'lru-cache'
import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import type { Database } from '../persistence/database.ts'
import { listOrganizationsOf, saveTokenOrganization, shareKey } from './token-organizations.store.ts'

const MAX_CACHED = 50_000
/** Organizations for which a key has tokens. The end of its tokens is announced in each. */
const MAX_ORGANIZATIONS_PER_KEY = 1_000

/** Records for which organizations a key's tokens are issued, so that their end is announced there. */
export class TokenOrganizations {
  private readonly database: Database
  private readonly clock: Clock
  /** Until when a pair of key and organization is recorded, in milliseconds since the epoch. */
  private readonly noted = new LRUCache<string, number>({ max: MAX_CACHED })

  constructor(database: Database, clock: Clock) {
    this.database = database
    this.clock = clock
  }

  /**
   * Records that a key has a token for another organization than its own until an instant. Must be awaited before the token
   * is returned. One write covers the tokens of the next lifetime as well. Throws LIMIT_REACHED if the key has tokens for
   * too many organizations.
   */
  async note(keyId: string, organizationId: string, expiresAt: Date): Promise<void> {
    const pair = `${keyId} ${organizationId}`
    const end = expiresAt.getTime()
    if ((this.noted.get(pair) ?? 0) >= end) return
    const now = this.clock.now()
    const until = new Date(end + Math.max(0, end - now.getTime()))
    await this.database.write(async (writer) => {
      await shareKey(writer, keyId)
      const known = await listOrganizationsOf(writer, keyId, now)
      const isNew = known.every((row) => row.organizationId !== organizationId)
      if (isNew && known.length >= MAX_ORGANIZATIONS_PER_KEY)
        throw new KeyturnError(
          'LIMIT_REACHED',
          `A key has tokens for at most ${MAX_ORGANIZATIONS_PER_KEY} organizations at once.`,
        )
      await saveTokenOrganization(writer, { keyId, organizationId, expiresAt: until })
    })
    this.noted.set(pair, until.getTime())
  }
}
