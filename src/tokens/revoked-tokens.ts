import type { Clock } from '../kernel/clock.ts'
import { Unavailable } from '../kernel/errors.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import { Periodic } from '../kernel/periodic.ts'
import { type AuditFeed, LONGEST_BLINDNESS_MS } from '../live/audit-feed.ts'
import type { Database } from '../persistence/database.ts'
import { MAX_TOKEN_LIFETIME_SECONDS } from '../policies/check-policy.ts'
import { deleteTokenOrganizations } from './token-organizations.store.ts'
import { deleteExpiredTokens, isTokenRevoked, listRevokedTokens } from './tokens.store.ts'

const PURGE_INTERVAL_MS = 600_000
/** Largest tolerated difference of the clocks of instances. */
const CLOCK_SKEW_MS = 3_600_000
/** How long a revocation is kept after its token expired. A clock that jumps ahead by less, and back, reactivates no token. */
const KEPT_AFTER_EXPIRY_MS = MAX_TOKEN_LIFETIME_SECONDS * 1_000
/** Revoked tokens that are cached, some 20 MB. Where more are revoked at a time, the database is read for the others. */
const MOST_CACHED = 100_000
/** Attempts to read quickly enough for the answer to be true. */
const READ_ATTEMPTS = 2

/**
 * A cache of the revoked tokens that have not expired, which each verification reads.
 *
 * Bounds: it holds `MOST_CACHED` at most, and what is missing is looked up. It reports a token as not revoked only if the
 * cache is complete and the feed connected, or if a read of the database said so that began at most two seconds ago. So a
 * revocation is never unknown for longer than that, however late a read arrives.
 */
export class RevokedTokens {
  private readonly database: Database
  private readonly clock: Clock
  private readonly feed: AuditFeed
  private readonly onFault: (error: unknown) => void
  private readonly mostCached: number
  private readonly expiries = new Map<string, Date>()
  /** Gaps in the feed, and tokens that had no room. The cache is complete if it was loaded after the last one. */
  private gaps = 0
  private loaded = -1
  private readonly purges: Periodic

  constructor(
    database: Database,
    clock: Clock,
    feed: AuditFeed,
    onFault: (error: unknown) => void,
    mostCached = MOST_CACHED,
  ) {
    this.database = database
    this.clock = clock
    this.feed = feed
    this.onFault = onFault
    this.mostCached = mostCached
    this.purges = new Periodic({ clock, intervalMs: PURGE_INTERVAL_MS, task: () => this.purge(), onFault })
    feed.on(['TOKEN_REVOKED'], ({ details }) => {
      if (details === null) this.loadAfterGap()
      else this.keep(details.tokenId, new Date(details.expiresAt))
    })
    feed.onGap(() => this.loadAfterGap())
  }

  /** Number of cached tokens. */
  get size(): number {
    return this.expiries.size
  }

  async start(): Promise<void> {
    await this.load()
    this.purges.start()
  }

  stop(): Promise<void> {
    return this.purges.stop()
  }

  /**
   * Whether a token was revoked. Reads the database while the feed is disconnected or the cache is incomplete. Throws
   * UNAVAILABLE if the database answers too late.
   */
  has(tokenId: string): MaybePromise<boolean> {
    if (this.expiries.has(tokenId)) return true
    return this.feed.connected && this.loaded === this.gaps ? false : this.lookUp(tokenId)
  }

  private async lookUp(tokenId: string): Promise<boolean> {
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt += 1) {
      const age = this.feed.stopwatch()
      const isRevoked = await this.database.read((reader) => isTokenRevoked(reader, tokenId))
      if (isRevoked || age() <= LONGEST_BLINDNESS_MS) return isRevoked || this.expiries.has(tokenId)
    }
    throw new Unavailable('The database is too slow to verify a credential: try again.', null)
  }

  private keep(tokenId: string, expiresAt: Date): void {
    if (this.expiries.size < this.mostCached || this.expiries.has(tokenId)) this.expiries.set(tokenId, expiresAt)
    else this.gaps += 1
  }

  private loadAfterGap(): void {
    this.gaps += 1
    this.load().catch(this.onFault)
  }

  private async load(): Promise<void> {
    const { gaps, clock } = this
    const rows = await this.database.read((reader) => listRevokedTokens(reader, clock.now(), this.mostCached + 1))
    for (const { id, expiresAt } of rows) this.keep(id, expiresAt)
    this.loaded = Math.max(this.loaded, gaps)
  }

  private async purge(): Promise<void> {
    const now = this.clock.now()
    const over = new Date(now.getTime() - KEPT_AFTER_EXPIRY_MS)
    for (const [id, expiresAt] of this.expiries) if (expiresAt <= over) this.expiries.delete(id)
    await this.database.write(async (writer) => {
      await deleteExpiredTokens(writer, over)
      await deleteTokenOrganizations(writer, new Date(now.getTime() - CLOCK_SKEW_MS))
    })
    // Until now, every check read the database if the load after a gap failed or found too many.
    if (this.loaded !== this.gaps) await this.load()
  }
}
