import { eventsAfter } from '../audit/audit.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { Reader } from '../persistence/database.ts'
import type { EventHandlers } from './event-handlers.ts'
import { type Growth, HeadWatch } from './head-watch.ts'

const PAGE = 1_000
/** Largest number of missed events that are read. If there are more, all caches are dropped instead. */
const MAX_MISSED = 10_000

/** Reads the events of all organizations that were committed and not received, and notifies the handlers of them. */
export class MissedEvents {
  private readonly handlers: EventHandlers
  private readonly heads = new HeadWatch()
  /** By organization, the sequence of the last event that was received in order since the last poll. */
  private readonly received = new Map<string, number>()

  constructor(handlers: EventHandlers) {
    this.handlers = handlers
  }

  /** The sequence of a log as of the last poll. */
  sequenceOf(organizationId: string): number {
    return this.heads.sequenceOf(organizationId)
  }

  /** Notes a received event, so that a poll does not read events that were received in order. */
  note({ organizationId, sequence }: AuditEvent): void {
    const known = Math.max(this.received.get(organizationId) ?? 0, this.heads.sequenceOf(organizationId))
    if (sequence === known + 1) this.received.set(organizationId, sequence)
  }

  /**
   * When it resolves, the handlers were notified of every event that was committed before the call.
   *
   * @param mayBeArchived whether missed events may no longer be in the database, so that all caches must be dropped
   */
  async poll(reader: Reader, now: Date, mayBeArchived = false): Promise<void> {
    const growths = await this.heads.poll(reader, now)
    if (mayBeArchived || growths === null || this.countMissed(growths) > MAX_MISSED) return this.restart(reader, now)
    for (const growth of growths) await this.read(reader, growth)
  }

  /** Starts again at the current heads, and has all caches dropped. */
  private async restart(reader: Reader, now: Date): Promise<void> {
    this.heads.reset()
    this.received.clear()
    await this.heads.poll(reader, now)
    this.handlers.notifyGap()
  }

  private async read(reader: Reader, growth: Growth): Promise<void> {
    const { organizationId, after, upTo } = growth
    const received = this.received.get(organizationId) ?? 0
    if (received < upTo) await this.notify(reader, organizationId, Math.max(after, received), upTo)
    this.heads.grown(growth)
    if ((this.received.get(organizationId) ?? 0) <= upTo) this.received.delete(organizationId)
  }

  private async notify(reader: Reader, organizationId: string, from: number, upTo: number): Promise<void> {
    const { types } = this.handlers
    for (let after = from; ; ) {
      const events = await eventsAfter(reader, organizationId, { after, upTo, types }, PAGE)
      // Skip events that were announced while the page was read.
      const received = this.received.get(organizationId) ?? 0
      this.handlers.notify(events.filter(({ sequence }) => sequence > received))
      const last = events.at(-1)
      if (last === undefined || events.length < PAGE) return
      after = last.sequence
    }
  }

  private countMissed(growths: readonly Growth[]): number {
    let missed = 0
    for (const { organizationId, after, upTo } of growths)
      missed += Math.max(0, upTo - Math.max(after, this.received.get(organizationId) ?? 0))
    return missed
  }
}
