import { LRUCache } from 'lru-cache'
import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import type { Database } from '../persistence/database.ts'
import { listOrganizationsOf, saveTokenOrganization, shareKey } from './token-organizations.store.ts'

const PAIRS_KEPT = 50_000
/** The end of a key's tokens is announced in each of them. */
const MOST_ORGANIZATIONS_OF_A_KEY = 1_000

/** Notes for which organizations tokens are made, so that their end is announced there. */
export class TokenOrganizations {
  private readonly database: Database
  private readonly clock: Clock
  /** Until when a pair of key and organization is noted, in milliseconds. */
  private readonly noted = new LRUCache<string, number>({ max: PAIRS_KEPT })

  constructor(database: Database, clock: Clock) {
    this.database = database
    this.clock = clock
  }

  /**
   * Notes that a token of a key, made for another organization than the key's own, lives until an instant. Committed when
   * it resolves, and before the token is handed out. One write covers the tokens of the next lifetime, too.
   * Throws LIMIT_REACHED for a key that has tokens in too many organizations.
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
      if (isNew && known.length >= MOST_ORGANIZATIONS_OF_A_KEY)
        throw new KeyturnError(
          'LIMIT_REACHED',
          `A key has tokens for at most ${MOST_ORGANIZATIONS_OF_A_KEY} organizations at once.`,
        )
      await saveTokenOrganization(writer, { keyId, organizationId, expiresAt: until })
    })
    this.noted.set(pair, until.getTime())
  }
}
