import { eventsAfter } from '../audit/audit.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import { findHead } from '../audit/audit-heads.store.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { FollowerGroup } from './follower-group.ts'

/** Events that are read at once for all who follow an organization. */
const CATCH_UP_PAGE = 500

export interface OrganizationFeedParts {
  readonly database: Database
  readonly organizationId: string
  /** Receives, before any follower does, events that had to be read because they were not announced in time. */
  readonly onMissed: (events: readonly AuditEvent[]) => void
  /** Runs a task when it is the organization's turn. */
  readonly schedule: (task: () => void) => void
}

/** One organization's live events, in order and without gaps, for all who follow it on this instance. */
export class OrganizationFeed {
  /** Every event up to here has been handed to the followers. */
  cursor = 0
  /** Streams that read from it, those still replaying included; the last one out removes it. */
  users = 0
  private readonly parts: OrganizationFeedParts
  /** The followers by the types that they want. */
  private readonly groups = new Map<string, FollowerGroup>()
  private catching: Promise<void> | null = null
  private stale = false

  constructor(parts: OrganizationFeedParts) {
    this.parts = parts
  }

  get organizationId(): string {
    return this.parts.organizationId
  }

  async begin(): Promise<void> {
    const { database, organizationId } = this.parts
    this.cursor = (await database.read((reader) => findHead(reader, organizationId))).sequence
  }

  /** The live followers that want these types; all types if undefined. */
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
      // In the same step as the last check of `stale`: whoever finds it set later must begin anew.
      this.catching = null
    }
  }

  private hand(event: AuditEvent): void {
    this.cursor = event.sequence
    for (const group of this.groups.values()) group.append(event)
  }

  /** So that there are never more groups than followers, and one that was just made. */
  private removeEmptyGroups(): void {
    for (const [name, group] of this.groups) if (group.size === 0) this.groups.delete(name)
  }
}
