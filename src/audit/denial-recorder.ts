import type { Clock } from '../kernel/clock.ts'
import { Unavailable } from '../kernel/errors.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { Database } from '../persistence/database.ts'
import { BY_SYSTEM, type Cause } from './audit-event.ts'
import type { AuditLog } from './audit-log.ts'
import { type CountedDenial, type Denial, DenialMinute, type Overflow } from './denial-minute.ts'
import { denialsOmitted } from './events/access-events.ts'
import type { EventDraft } from './events/event-types.ts'

const MINUTE_MS = 60_000
/** Groups that count towards the limits, over all organizations. */
export const MAX_GROUPS = 20_000
const EVENTS_PER_TRANSACTION = 500

/**
 * Writes denials to the audit log, so that a flood of them cannot fill it. The first of a group is written at once; the
 * others of the organization's minute become one event with their count. If a minute has no room for another group, one
 * event contains the number of omitted denials. Each organization has its own minutes and its own limits.
 */
export class DenialRecorder {
  private readonly database: Database
  private readonly clock: Clock
  private readonly log: AuditLog
  /** Ordered by their ends. */
  private readonly minutes = new Map<string, DenialMinute>()
  private readonly flushes: Periodic
  private readonly onFault: (error: unknown) => void

  constructor(database: Database, clock: Clock, log: AuditLog, onFault: (error: unknown) => void) {
    this.database = database
    this.clock = clock
    this.log = log
    this.onFault = onFault
    this.flushes = new Periodic({ clock, task: () => this.flushEnded(), onFault })
  }

  /**
   * Resolves when the refusal is in the audit log, or counted towards an event that ends its minute. Where it cannot be
   * written now it is counted and written later: a refusal stays a refusal while the database is away.
   */
  async record(denial: Denial): Promise<void> {
    const now = this.clock.now()
    // Counted before anything is awaited: denials that arrive meanwhile belong to the new minute.
    const { minute, ended } = this.minuteOf(denial.organizationId, now)
    const isFirst = !minute.count(denial) && this.open(minute, denial, now)
    if (ended !== null) await this.writeRest(ended).catch(this.onFault)
    if (!isFirst) return
    try {
      const entry = entryOf({ denial, count: 1 })
      await this.database.writeFor(denial.organizationId, (writer) =>
        this.log.appendAll(writer, denial.organizationId, [entry]),
      )
    } catch (error) {
      this.keep([{ denial, count: 1 }], null, denial.organizationId)
      // The database reports its outages itself.
      if (!(error instanceof Unavailable)) this.onFault(error)
    }
  }

  /** Writes what was counted in the minutes that have ended; without a time, in all minutes. */
  async flush(now?: Date): Promise<void> {
    const ended = [...this.minutes.values()].filter((minute) => now === undefined || minute.endsAt <= now)
    for (const { organizationId } of ended) this.minutes.delete(organizationId)
    const faults: unknown[] = []
    // A failure for one organization does not hold up the others.
    for (const minute of ended) await this.writeRest(minute).catch((error: unknown) => faults.push(error))
    if (faults.length > 0) throw faults[0]
  }

  async stop(): Promise<void> {
    await this.flushes.stop()
    await this.flush()
  }

  /** The organization's current minute, and the one that ended because of it. */
  private minuteOf(organizationId: string, now: Date): { minute: DenialMinute; ended: DenialMinute | null } {
    const running = this.minutes.get(organizationId)
    if (running !== undefined && running.endsAt > now) return { minute: running, ended: null }
    const minute = new DenialMinute(organizationId, now, new Date(now.getTime() + MINUTE_MS))
    this.minutes.delete(organizationId)
    this.minutes.set(organizationId, minute)
    this.schedule()
    return { minute, ended: running ?? null }
  }

  /** Opens a new group; false if its denials are counted as omitted. */
  private open(minute: DenialMinute, denial: Denial, now: Date, times = 1): boolean {
    if (minute.openForSubject(denial)) return true
    if (this.makeRoomIn(minute, now) && minute.openLimited(denial)) return true
    minute.omit(times, now, now)
    return false
  }

  /**
   * If the limit over all organizations is reached, removes a group of the organization with the most groups, unless that
   * is this one.
   */
  private makeRoomIn(minute: DenialMinute, now: Date): boolean {
    let [total, largest] = [0, minute]
    for (const other of this.minutes.values()) {
      total += other.limitedGroups
      if (other.limitedGroups > largest.limitedGroups) largest = other
    }
    if (total < MAX_GROUPS) return true
    if (largest === minute) return false
    largest.removeOldest(now)
    return true
  }

  private async writeRest(minute: DenialMinute): Promise<void> {
    const { organizationId } = minute
    const { counted, overflow } = minute.rest()
    for (let start = 0; start < counted.length; start += EVENTS_PER_TRANSACTION) {
      const entries = counted.slice(start, start + EVENTS_PER_TRANSACTION).map(entryOf)
      try {
        await this.database.writeFor(organizationId, (writer) => this.log.appendAll(writer, organizationId, entries))
      } catch (error) {
        this.keep(counted.slice(start), overflow, organizationId)
        throw error
      }
    }
    if (overflow === null) return
    try {
      await this.database.writeFor(organizationId, (writer) =>
        this.log.appendAll(writer, organizationId, [overflowEntry(overflow)]),
      )
    } catch (error) {
      this.keep([], overflow, organizationId)
      throw error
    }
  }

  /** Adds counts that could not be written to the current minute. */
  private keep(counted: readonly CountedDenial[], overflow: Overflow | null, organizationId: string): void {
    const now = this.clock.now()
    const { minute, ended } = this.minuteOf(organizationId, now)
    if (ended !== null) this.writeRest(ended).catch(this.onFault)
    if (overflow !== null) minute.omit(overflow.omitted, overflow.since, overflow.until)
    for (const { denial, count } of counted) {
      if (minute.count(denial, count)) continue
      if (this.open(minute, denial, now, count)) minute.count(denial, count)
    }
  }

  private async flushEnded(): Promise<void> {
    try {
      await this.flush(this.clock.now())
    } finally {
      this.schedule()
    }
  }

  private schedule(): void {
    const [first] = this.minutes.values()
    if (first !== undefined) this.flushes.wakeAt(first.endsAt)
  }
}

interface Entry {
  readonly cause: Cause
  readonly draft: EventDraft
}

const entryOf = ({ denial: { cause, draft }, count }: CountedDenial): Entry => ({ cause, draft: counted(draft, count) })

const counted = (draft: Denial['draft'], count: number): Denial['draft'] =>
  draft.type === 'ACCESS_DENIED'
    ? { ...draft, details: { ...draft.details, count } }
    : { ...draft, details: { ...draft.details, count } }

const overflowEntry = ({ omitted, since, until }: Overflow): Entry => ({
  cause: BY_SYSTEM,
  draft: denialsOmitted(omitted, since, until),
})
