import { eventsAfter } from '../audit/audit.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import { findHead } from '../audit/audit-heads.store.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { Database, Reader } from '../persistence/database.ts'
import type { LiveStream } from './live-stream.ts'

/** Events that are read at once for all who follow an organization. */
const CATCH_UP_PAGE = 500

export interface Follower {
  readonly types: ReadonlySet<AuditEventType> | null
  readonly after: number
  readonly stream: LiveStream<AuditEvent>
  /** Takes it out of the live part, until its replay has given it everything behind the position. */
  readonly fallBehind: (position: number) => void
}

/** One organization's live events, in order and without gaps, for all who follow it on this instance. */
export class OrganizationFeed {
  readonly organizationId: string
  readonly followers = new Set<Follower>()
  /** Every event up to here has been handed to the followers. */
  cursor = 0
  /** Streams that read from it, those still replaying included; the last one out removes it. */
  users = 0
  private readonly database: Database
  private readonly onMissed: (events: readonly AuditEvent[]) => void
  private catching: Promise<void> | null = null
  private stale = false

  /** @param onMissed receives, before any follower does, events that had to be read because they were not announced in time */
  constructor(database: Database, organizationId: string, onMissed: (events: readonly AuditEvent[]) => void) {
    this.database = database
    this.organizationId = organizationId
    this.onMissed = onMissed
  }

  async begin(): Promise<void> {
    this.cursor = (await this.database.read((reader) => findHead(reader, this.organizationId))).sequence
  }

  /** Hands on what was committed; where something is missing before it, reads that first. */
  offer(events: readonly AuditEvent[]): Promise<void> | null {
    const [first] = events
    if (first === undefined) return null
    // While missing rows are being read, whatever arrives is among them or is read next.
    if (this.catching !== null || first.sequence > this.cursor + 1) return this.catchUp()
    for (const event of events) if (event.sequence === this.cursor + 1) this.hand(event)
    // A transport may put what it carries together into any order.
    return events.some((event) => event.sequence > this.cursor) ? this.catchUp() : null
  }

  /** Reads what was committed and not received. Resolves when everything committed before the call was handed out. */
  catchUp(): Promise<void> {
    this.stale = true
    this.catching ??= this.readMissing()
    return this.catching
  }

  private async readMissing(): Promise<void> {
    try {
      while (this.stale) {
        this.stale = false
        const range = { after: this.cursor }
        const read = (reader: Reader) => eventsAfter(reader, this.organizationId, range, CATCH_UP_PAGE)
        const events = await this.database.read(read)
        if (events.length > 0) this.onMissed(events)
        for (const event of events) this.hand(event)
        if (events.length === CATCH_UP_PAGE) this.stale = true
      }
    } finally {
      // In the same step as the last check of `stale`: whoever finds it set later must begin anew.
      this.catching = null
    }
  }

  private hand(event: AuditEvent): void {
    this.cursor = event.sequence
    for (const { types, after, stream, fallBehind } of this.followers)
      if (event.sequence > after && (types === null || types.has(event.type)) && !stream.push(event))
        fallBehind(event.sequence - 1)
  }
}
