import { eventsAfter } from '../audit/audit.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { Reader } from '../persistence/database.ts'
import type { EventHandlers } from './event-handlers.ts'
import { type Growth, HeadWatch } from './head-watch.ts'

const PAGE = 1_000
/** Missed events that are read one by one. Where there are more, everything that is cached is dropped instead. */
const MOST_MISSED = 10_000

/** Finds in the database what was committed and not received, of all organizations, and notifies the handlers of it. */
export class MissedEvents {
  private readonly handlers: EventHandlers
  private readonly heads = new HeadWatch()
  /** By organization, the last event that was received in order since the last poll. */
  private readonly received = new Map<string, number>()

  constructor(handlers: EventHandlers) {
    this.handlers = handlers
  }

  /** The sequence of a log as of the last poll. */
  sequenceOf(organizationId: string): number {
    return this.heads.sequenceOf(organizationId)
  }

  /** Notes an event that the handlers have: a poll need not read what was received in order. */
  note({ organizationId, sequence }: AuditEvent): void {
    const known = Math.max(this.received.get(organizationId) ?? 0, this.heads.sequenceOf(organizationId))
    if (sequence === known + 1) this.received.set(organizationId, sequence)
  }

  /**
   * When it resolves, the handlers were notified of everything that was committed before the call.
   *
   * @param anew whether what was missed may not be there any more
   */
  async poll(reader: Reader, now: Date, anew = false): Promise<void> {
    const growths = await this.heads.poll(reader, now)
    if (anew || growths === null || this.countMissed(growths) > MOST_MISSED) return this.startAnew(reader, now)
    for (const growth of growths) await this.read(reader, growth)
  }

  /** Begins again at the heads of now. Whatever was cached before may be outdated. */
  private async startAnew(reader: Reader, now: Date): Promise<void> {
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
      // Those that were announced while they were read are not repeated.
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
