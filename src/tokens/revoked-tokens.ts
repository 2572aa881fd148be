import type { Clock } from '../kernel/clock.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { AuditFeed } from '../live/audit-feed.ts'
import type { Database } from '../persistence/database.ts'
import { deleteTokenOrganizations } from './token-organizations.store.ts'
import { deleteExpiredTokens, isTokenRevoked, listRevokedTokens } from './tokens.store.ts'

const PURGE_EVERY_MS = 600_000
/** How far the clocks of instances may differ. */
const CLOCK_DIFFERENCE_MS = 3_600_000

/** The tokens that were ended before their time and have not expired yet, in memory: they are few, and asked for often. */
export class RevokedTokens {
  private readonly database: Database
  private readonly clock: Clock
  private readonly feed: AuditFeed
  private readonly onFault: (error: unknown) => void
  private readonly expiries = new Map<string, Date>()
  /** How often something may have been missed; what is in memory is of the last time that it equalled `loaded`. */
  private gaps = 0
  private loaded = -1
  private readonly purges: Periodic

  constructor(database: Database, clock: Clock, feed: AuditFeed, onFault: (error: unknown) => void) {
    this.database = database
    this.clock = clock
    this.feed = feed
    this.onFault = onFault
    this.purges = new Periodic({ clock, intervalMs: PURGE_EVERY_MS, task: () => this.purge(), onFault })
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

  /** Whether a token was ended; asks the database while other instances cannot be heard, or were not for a while. */
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
      await deleteTokenOrganizations(writer, new Date(now.getTime() - CLOCK_DIFFERENCE_MS))
    })
    // Where they could not be read after a gap, the database was asked for each until now.
    if (this.loaded !== this.gaps) await this.load()
  }
}
