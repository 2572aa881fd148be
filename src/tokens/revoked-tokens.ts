import type { Clock } from '../kernel/clock.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { AuditFeed } from '../live/audit-feed.ts'
import type { Database } from '../persistence/database.ts'
import { deleteTokenOrganizations } from './token-organizations.store.ts'
import { deleteExpiredTokens, isTokenRevoked, listRevokedTokens } from './tokens.store.ts'

const PURGE_INTERVAL_MS = 600_000
/** Largest tolerated difference of the clocks of instances. */
const CLOCK_SKEW_MS = 3_600_000

/** A cache of all revoked tokens that have not expired: there are few, and each verification reads it. */
export class RevokedTokens {
  private readonly database: Database
  private readonly clock: Clock
  private readonly feed: AuditFeed
  private readonly onFault: (error: unknown) => void
  private readonly expiries = new Map<string, Date>()
  /** Number of gaps in the feed. The cache is complete if it was loaded after the last one. */
  private gaps = 0
  private loaded = -1
  private readonly purges: Periodic

  constructor(database: Database, clock: Clock, feed: AuditFeed, onFault: (error: unknown) => void) {
    this.database = database
    this.clock = clock
    this.feed = feed
    this.onFault = onFault
    this.purges = new Periodic({ clock, intervalMs: PURGE_INTERVAL_MS, task: () => this.purge(), onFault })
    feed.on(['TOKEN_REVOKED'], ({ details }) => {
      if (details === null) this.loadAfterGap()
      else this.expiries.set(details.tokenId, new Date(details.expiresAt))
    })
    feed.onGap(() => this.loadAfterGap())
  }

  async start(): Promise<void> {
    await this.load()
    this.purges.start()
  }

  stop(): Promise<void> {
    return this.purges.stop()
  }

  /** Whether a token was revoked. Reads the database while the feed is disconnected or the cache is incomplete. */
  async has(tokenId: string): Promise<boolean> {
    if (this.expiries.has(tokenId)) return true
    return this.feed.connected && this.loaded === this.gaps
      ? false
      : this.database.read((reader) => isTokenRevoked(reader, tokenId))
  }

  private loadAfterGap(): void {
    this.gaps += 1
    this.load().catch(this.onFault)
  }

  private async load(): Promise<void> {
    const { gaps } = this
    for (const { id, expiresAt } of await this.database.read((reader) => listRevokedTokens(reader, this.clock.now())))
      this.expiries.set(id, expiresAt)
    this.loaded = Math.max(this.loaded, gaps)
  }

  private async purge(): Promise<void> {
    const now = this.clock.now()
    for (const [id, expiresAt] of this.expiries) if (expiresAt <= now) this.expiries.delete(id)
    await this.database.write(async (writer) => {
      await deleteExpiredTokens(writer, now)
      await deleteTokenOrganizations(writer, new Date(now.getTime() - CLOCK_SKEW_MS))
    })
    // Until now, every check read the database if the load after a gap failed.
    if (this.loaded !== this.gaps) await this.load()
  }
}
