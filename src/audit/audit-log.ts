import type { Clock } from '../kernel/clock.ts'
import { neighborIds } from '../kernel/ids.ts'
import type { Writer } from '../persistence/database.ts'
import { insertEvents } from './audit.store.ts'
import { type AuditEvent, type Cause, decodeEvent } from './audit-event.ts'
import { type AuditHead, lockHeads } from './audit-heads.store.ts'
import { boundedCause, boundedDraft } from './bounded-text.ts'
import type { EventDraft } from './events/event-types.ts'
import { hashOf } from './hash-chain.ts'

/** An event before its append, and who caused it. */
export interface LogEntry {
  readonly cause: Cause
  readonly draft: EventDraft
}

/** Receives events after their commit. */
export interface EventPublisher {
  announce(events: readonly AuditEvent[]): void
}

/**
 * Appends to the audit logs. An append belongs to the transaction of the change that it records: both are committed or
 * neither is. The feed receives the events after the commit.
 */
export class AuditLog {
  private readonly clock: Clock
  private readonly feed: EventPublisher
  private readonly commitHandlers: ((events: readonly AuditEvent[]) => void)[] = []

  private readonly appendHandlers: ((writer: Writer, events: readonly AuditEvent[]) => void)[] = []

  private readonly onAppended: (events: number, seconds: number) => void

  /** @param onAppended receives the size of each append, and its time until the commit */
  constructor(
    clock: Clock,
    feed: EventPublisher,
    onAppended: (events: number, seconds: number) => void = () => undefined,
  ) {
    this.clock = clock
    this.feed = feed
    this.onAppended = onAppended
  }

  /** Calls back with the events that this instance committed, after the feed has published them. */
  onCommit(handler: (events: readonly AuditEvent[]) => void): void {
    this.commitHandlers.push(handler)
  }

  /** Calls back inside the transaction of every append. */
  onAppend(handler: (writer: Writer, events: readonly AuditEvent[]) => void): void {
    this.appendHandlers.push(handler)
  }

  async append(writer: Writer, organizationId: string, cause: Cause, draft: EventDraft): Promise<AuditEvent> {
    const [event] = await this.appendAll(writer, organizationId, [{ cause, draft }])
    if (event === undefined) throw new Error('An append of one event must give one event.')
    return event
  }

  /**
   * Appends in the given order. The organization's head stays locked until the transaction ends, so append last, and append
   * to several organizations in the order of their ids.
   */
  appendAll(writer: Writer, organizationId: string, entries: readonly LogEntry[]): Promise<AuditEvent[]> {
    return this.appendToEach(writer, new Map([[organizationId, entries]]))
  }

  /** Appends to the logs of several organizations, to each in the given order. Locks their heads as `appendAll` says. */
  async appendToEach(writer: Writer, entries: ReadonlyMap<string, readonly LogEntry[]>): Promise<AuditEvent[]> {
    const organizationIds = [...entries].flatMap(([id, own]) => (own.length === 0 ? [] : [id])).sort()
    if (organizationIds.length === 0) return []
    const begunAt = performance.now()
    const heads = await lockHeads(writer, organizationIds)
    const byLog = [...heads].map(([id, head]) => this.eventsAfter(id, head, entries.get(id) ?? []))
    const events = byLog.flat()
    await insertEvents(writer, events)
    for (const handler of this.appendHandlers) handler(writer, events)
    writer.afterCommit(() => {
      this.onAppended(events.length, (performance.now() - begunAt) / 1000)
      for (const own of byLog) {
        this.feed.announce(own)
        for (const handler of this.commitHandlers) handler(own)
      }
    })
    return events
  }

  /** The next events of a log. */
  private eventsAfter(organizationId: string, head: AuditHead, entries: readonly LogEntry[]): AuditEvent[] {
    // The clocks of instances differ a little. Times must not decrease along an audit log.
    const now = this.clock.now()
    const occurredAt = head.occurredAt !== null && head.occurredAt > now ? head.occurredAt : now
    let { sequence, hash: previousHash } = head
    const newEventId = neighborIds('event')
    return entries.map((entry) => {
      // The only place that bounds the size of events, whatever the caller sends.
      const [cause, draft] = [boundedCause(entry.cause), boundedDraft(entry.draft)]
      sequence += 1
      const unhashed = {
        id: newEventId(),
        organizationId,
        sequence,
        type: draft.type,
        occurredAt,
        actor: cause.actor,
        credentialId: cause.credentialId,
        tokenId: cause.tokenId,
        targetId: draft.target?.id ?? null,
        targetName: draft.target?.name ?? null,
        storedDetails: draft.details,
        requestId: cause.requestId,
        ipAddress: cause.ipAddress,
        userAgent: cause.userAgent,
        previousHash,
      }
      const event = decodeEvent({ ...unhashed, hash: hashOf(unhashed) })
      previousHash = event.hash
      return event
    })
  }
}
