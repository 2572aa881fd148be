import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { Clock } from '../kernel/clock.ts'
import { Periodic } from '../kernel/periodic.ts'
import { type Monotonic, startStopwatch } from '../kernel/stopwatch.ts'
import type { Database } from '../persistence/database.ts'
import { EventHandlers } from './event-handlers.ts'
import { EventStreams } from './event-streams.ts'
import type { FeedTransport } from './feed-transport.ts'
import type { FollowOptions, LiveStream } from './live-stream.ts'
import { MissedEvents } from './missed-events.ts'

/** Bounds the delay of an event whose instance ended between the commit and the announcement. */
const POLL_INTERVAL_MS = 500
/** Interval between polls while the transport is disconnected. */
const DISCONNECTED_POLL_INTERVAL_MS = 100
/** Without a completed poll for this time, cached facts are not used: other instances may have changed them. */
export const LONGEST_BLINDNESS_MS = 2_000

/** After a longer time without a poll, missed events may have been archived. Retention keeps events for at least 30 days. */
const MAX_RESUMABLE_MS = 24 * 3_600_000

/**
 * Delivers committed events. `on` is for caches of this process. `follow` is for subscribers, who receive every event of one
 * organization once and in order, even if the transport loses messages.
 */
export class AuditFeed {
  private readonly database: Database
  private readonly clock: Clock
  private readonly transport: FeedTransport
  private readonly handlers = new EventHandlers()
  private readonly missed = new MissedEvents(this.handlers)
  private readonly streams: EventStreams
  private readonly shared: boolean
  /** Milliseconds since the start of the last completed poll. */
  private sincePoll: () => number = () => Number.POSITIVE_INFINITY
  private pollsStarted = 0
  private pollsCompleted = 0
  /** Number of the poll that must be completed before cached facts are used again. */
  private requiredPoll = 0
  private readonly monotonic: Monotonic | undefined
  private disconnectedPolls: NodeJS.Timeout | null = null
  private readonly polls: Periodic
  private closed = false

  /** @param onFault receives the error of a failed poll; the next poll reads the same rows again */
  constructor(
    database: Database,
    clock: Clock,
    transport: FeedTransport,
    onFault: (error: unknown) => void,
    monotonic?: Monotonic,
  ) {
    this.monotonic = monotonic
    this.database = database
    this.clock = clock
    this.transport = transport
    // An SQLite database belongs to one process: no other instance commits.
    this.shared = database.engine === 'postgres'
    this.streams = new EventStreams({ database, onMissed: (events) => this.handlers.notify(events), onFault })
    this.polls = new Periodic({ clock, intervalMs: POLL_INTERVAL_MS, task: () => this.poll(), onFault })
  }

  /**
   * Whether every event that was committed two seconds ago was received. Holds whatever happens to the transport, the
   * database, the clocks or this process, so cached facts are never older than that.
   */
  get current(): boolean {
    return !this.shared || this.sincePoll() < LONGEST_BLINDNESS_MS
  }

  /** Whether the feed is current and the transport delivers. If false, cached facts must not be used. */
  get connected(): boolean {
    return this.transport.connected && this.current && this.pollsCompleted >= this.requiredPoll
  }

  /** Returns a function that measures the milliseconds from now, as `current` measures the age of a poll. */
  stopwatch(): () => number {
    return startStopwatch(this.clock, this.monotonic)
  }

  /** Number of open streams. */
  get size(): number {
    return this.streams.size
  }

  /** Number of queued deliveries. */
  get waitingDeliveries(): number {
    return this.streams.waiting
  }

  /** Seconds since the start of the last completed poll; 0 if no other instance can commit. */
  get lagSeconds(): number {
    return this.shared ? this.sincePoll() / 1000 : 0
  }

  /** Number of organizations with an open stream. */
  get followedOrganizations(): number {
    return this.streams.followedOrganizations
  }

  async start(): Promise<void> {
    await this.transport.start({
      onEvents: (events) => this.deliver(events),
      onGap: () => this.recoverFromGap(),
      onSilence: () => this.pollNow(),
      onResumed: () => this.recoverFromSilence(),
    })
    await this.poll()
    if (this.closed) return
    this.polls.start()
    // Real time, as for the transport: a test clock must not stop it.
    this.disconnectedPolls = setInterval(() => {
      if (!this.transport.connected) this.pollNow()
    }, DISCONNECTED_POLL_INTERVAL_MS).unref()
  }

  /** Called once an append has been committed, before its caller is answered. */
  announce(events: readonly AuditEvent[]): void {
    this.deliver(events)
    this.transport.publish(events)
  }

  /**
   * Calls back for every committed event of these types, of all organizations. An event may be delivered more than once, and
   * an event that the transport lost is delivered late, after a poll.
   */
  on<Type extends AuditEventType>(types: readonly Type[], handler: (event: AuditEvent<Type>) => void): void {
    this.handlers.add(types, handler)
  }

  /** Calls back when events of other instances may have been missed: everything that was cached must be dropped. */
  onGap(handler: () => void): void {
    this.handlers.addForGaps(handler)
  }

  /**
   * Follows an organization's events. Throws UNAVAILABLE if the database is unavailable, and BAD_USER_INPUT if events of
   * these types after the position were archived; the stream may throw that too.
   */
  async follow<Type extends AuditEventType>(options: FollowOptions<Type>): Promise<LiveStream<Type>> {
    // The stream delivers the requested types only.
    return (await this.streams.follow(options)) as unknown as LiveStream<Type>
  }

  /** Ends every open stream, and each stream that is opened later. */
  endStreams(): void {
    this.closed = true
    this.streams.end()
  }

  /** Ends every stream and stops polling. Nothing is delivered after it resolves. */
  async close(): Promise<void> {
    this.endStreams()
    if (this.disconnectedPolls !== null) clearInterval(this.disconnectedPolls)
    await Promise.all([this.polls.stop(), this.transport.close()])
  }

  /** Handlers first: rights are checked on delivery, so caches must have dropped what the event changes. */
  private deliver(events: readonly AuditEvent[]): void {
    this.handlers.notify(events)
    for (const event of events) this.missed.note(event)
    const [first] = events
    if (first !== undefined) this.streams.offer(first.organizationId, events)
  }

  private recoverFromGap(): void {
    this.handlers.notifyGap()
    this.pollNow()
    this.streams.catchUp()
  }

  /** The next poll finds what was committed during the silence. Until it completes, cached facts are not used. */
  private recoverFromSilence(): void {
    this.requiredPoll = this.pollsStarted + 1
    this.pollNow()
  }

  private pollNow(): void {
    this.polls.wakeAt(this.clock.now())
  }

  /**
   * Reads events that were committed and not received, and notifies handlers and followers. The transport is faster, but
   * only polls bound the age of cached facts.
   */
  private async poll(): Promise<void> {
    this.pollsStarted += 1
    const [number, sinceStart] = [this.pollsStarted, this.stopwatch()]
    const sinceLastMs = this.sincePoll()
    const mayBeArchived = Number.isFinite(sinceLastMs) && sinceLastMs > MAX_RESUMABLE_MS
    if (mayBeArchived) this.streams.restart()
    await this.database.read((reader) => this.missed.poll(reader, this.clock.now(), mayBeArchived))
    this.sincePoll = sinceStart
    this.pollsCompleted = number
    this.streams.catchUpTo((organizationId) => this.missed.sequenceOf(organizationId))
  }
}
