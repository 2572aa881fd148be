import { eventsAfter } from '../audit/audit.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import { findHead } from '../audit/audit-heads.store.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { FollowerGroup } from './follower-group.ts'

/** Page size of the reads that serve all followers of an organization. */
const CATCH_UP_PAGE = 500

export interface OrganizationFeedParts {
  readonly database: Database
  readonly organizationId: string
  /** Receives events that had to be read because they were not announced in time, before any follower does. */
  readonly onMissed: (events: readonly AuditEvent[]) => void
  /** Runs a task when the organization has its turn. */
  readonly schedule: (task: () => void) => void
}

/** The live events of one organization, in order and without gaps, for all followers on this instance. */
export class OrganizationFeed {
  /** Every event up to this sequence was delivered to the groups. */
  cursor = 0
  /** Number of streams of the organization, including replaying ones. Without streams the feed is removed. */
  users = 0
  private readonly parts: OrganizationFeedParts
  /** The groups of followers, by the types that they request. */
  private readonly groups = new Map<string, FollowerGroup>()
  private catchingUp: Promise<void> | null = null
  private stale = false

  constructor(parts: OrganizationFeedParts) {
    this.parts = parts
  }

  get organizationId(): string {
    return this.parts.organizationId
  }

  /** Reads the position of the audit log. To be called once, before any other method. */
  async begin(): Promise<void> {
    const { database, organizationId } = this.parts
    this.cursor = (await database.read((reader) => findHead(reader, organizationId))).sequence
  }

  /** The group of followers that request these types; all types if undefined. */
  groupOf(types: readonly AuditEventType[] | undefined): FollowerGroup {
    const name = types === undefined ? '*' : [...new Set(types)].sort().join()
    let group = this.groups.get(name)
    if (group === undefined) {
      this.removeEmptyGroups()
      group = new FollowerGroup(types, this.parts.schedule)
      this.groups.set(name, group)
    }
    return group
  }

  /** Delivers committed events. If earlier events are missing, reads those first. */
  offer(events: readonly AuditEvent[]): Promise<void> | null {
    const [first] = events
    if (first === undefined) return null
    // A running read includes the event, or is repeated.
    if (this.catchingUp !== null || first.sequence > this.cursor + 1) return this.catchUp()
    for (const event of events) if (event.sequence === this.cursor + 1) this.hand(event)
    // A transport may deliver events in any order.
    return events.some((event) => event.sequence > this.cursor) ? this.catchUp() : null
  }

  /** Reads missed events. Resolves when every event that was committed before the call was delivered. */
  catchUp(): Promise<void> {
    this.stale = true
    this.catchingUp ??= this.readMissing()
    return this.catchingUp
  }

  private async readMissing(): Promise<void> {
    const { database, organizationId, onMissed } = this.parts
    try {
      while (this.stale) {
        this.stale = false
        const range = { after: this.cursor }
        const read = (reader: Reader) => eventsAfter(reader, organizationId, range, CATCH_UP_PAGE)
        const events = await database.read(read)
        if (events.length > 0) onMissed(events)
        for (const event of events) this.hand(event)
        if (events.length === CATCH_UP_PAGE) this.stale = true
      }
    } finally {
      // No await after the last check of `stale`: a later call must start another read.
      this.catchingUp = null
    }
  }

  private hand(event: AuditEvent): void {
    this.cursor = event.sequence
    for (const group of this.groups.values()) group.append(event)
  }

  /** Bounds the number of groups by the number of followers. */
  private removeEmptyGroups(): void {
    for (const [name, group] of this.groups) if (group.size === 0) this.groups.delete(name)
  }
}
