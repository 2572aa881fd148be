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

/** An event that was committed by an instance that then died is found within this time. */
const POLL_INTERVAL_MS = 500
/** Pause between two polls while the transport carries nothing. */
const POLL_ALONE_INTERVAL_MS = 100
/** Without a poll of what other instances committed for so long, what is in memory is not relied on. */
export const LONGEST_BLINDNESS_MS = 2_000

/** After a longer blindness, what was missed may have been archived. Retention keeps events for 30 days at least. */
const LONGEST_RESUMABLE_MS = 24 * 3_600_000

/**
 * Committed events, live. `on` is for the parts of this process that cache something; `follow` is for subscribers, who
 * receive every event of one organization once and in order, whatever the transport loses.
 */
export class AuditFeed {
  private readonly database: Database
  private readonly clock: Clock
  private readonly transport: FeedTransport
  private readonly handlers = new EventHandlers()
  private readonly missed = new MissedEvents(this.handlers)
  private readonly streams: EventStreams
  private readonly shared: boolean
  /** Milliseconds since the begin of the last poll that was completed. */
  private sincePoll: () => number = () => Number.POSITIVE_INFINITY
  private pollsBegun = 0
  private pollsCompleted = 0
  /** The poll that must be completed before the transport is relied on. */
  private pollNeeded = 0
  private readonly monotonic: Monotonic | undefined
  private pollAlone: NodeJS.Timeout | null = null
  private readonly polls: Periodic
  private closed = false

  /** @param onFault receives the error of a poll that failed; the next one reads the same rows again */
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
    // An embedded database is this process' alone: nobody else commits.
    this.shared = database.engine === 'postgres'
    this.streams = new EventStreams({ database, onMissed: (events) => this.handlers.notify(events), onFault })
    this.polls = new Periodic({ clock, intervalMs: POLL_INTERVAL_MS, task: () => this.poll(), onFault })
  }

  /**
   * Whether everything that was committed two seconds ago was received. Bounds for how long this process can be wrong,
   * whatever happened to the transport, to the database, to clocks or to this process.
   */
  get current(): boolean {
    return !this.shared || this.sincePoll() < LONGEST_BLINDNESS_MS
  }

  /** Whether it is current, and receives what is committed at once. Otherwise what is cached must not be used. */
  get connected(): boolean {
    return this.transport.connected && this.current && this.pollsCompleted >= this.pollNeeded
  }

  /** Starts to measure how old something is that is read now, as `current` does. */
  stopwatch(): () => number {
    return startStopwatch(this.clock, this.monotonic)
  }

  /** How many streams are open. */
  get size(): number {
    return this.streams.size
  }

  /** Deliveries that wait for their turn. */
  get waitingDeliveries(): number {
    return this.streams.waiting
  }

  /** Seconds since everything that was committed was last known to be received. */
  get lagSeconds(): number {
    return this.shared ? this.sincePoll() / 1000 : 0
  }

  /** How many organizations they follow. */
  get followedOrganizations(): number {
    return this.streams.followedOrganizations
  }

  async start(): Promise<void> {
    await this.transport.start({
      onEvents: (events) => this.deliver(events),
      onGap: () => this.bridgeGap(),
      onSilence: () => this.pollNow(),
      onResumed: () => this.bridgeSilence(),
    })
    await this.poll()
    if (this.closed) return
    this.polls.start()
    // Real time on purpose, like the transport.
    this.pollAlone = setInterval(() => {
      if (!this.transport.connected) this.pollNow()
    }, POLL_ALONE_INTERVAL_MS).unref()
  }

  /** Called once an append has been committed, before its caller is answered. */
  announce(events: readonly AuditEvent[]): void {
    this.deliver(events)
    this.transport.publish(events)
  }

  /**
   * Calls back for every committed event of these types, of all organizations. The same event may come more than once,
   * and events that get lost on the way come late, after a gap.
   */
  on<Type extends AuditEventType>(types: readonly Type[], handler: (event: AuditEvent<Type>) => void): void {
    this.handlers.add(types, handler)
  }

  /** Calls back when events of other instances may have been missed: whatever was built on events must be built anew. */
  onGap(handler: () => void): void {
    this.handlers.addForGaps(handler)
  }

  /**
   * Follows an organization's events. Throws UNAVAILABLE if the database is away, and BAD_USER_INPUT where events of these
   * types after the position were archived; the stream may throw it too.
   */
  async follow<Type extends AuditEventType>(options: FollowOptions<Type>): Promise<LiveStream<Type>> {
    // The types were asked for: the stream holds no others.
    return (await this.streams.follow(options)) as unknown as LiveStream<Type>
  }

  /** Ends every stream, and those that are opened from here on. */
  endStreams(): void {
    this.closed = true
    this.streams.end()
  }

  /** Ends every stream; nothing is delivered from here on. */
  async close(): Promise<void> {
    this.endStreams()
    if (this.pollAlone !== null) clearInterval(this.pollAlone)
    await Promise.all([this.polls.stop(), this.transport.close()])
  }

  /** What is cached is dropped before followers receive the event, whose rights are checked then. */
  private deliver(events: readonly AuditEvent[]): void {
    this.handlers.notify(events)
    for (const event of events) this.missed.note(event)
    const [first] = events
    if (first !== undefined) this.streams.offer(first.organizationId, events)
  }

  private bridgeGap(): void {
    this.handlers.notifyGap()
    this.pollNow()
    this.streams.catchUp()
  }

  /** What was committed during the silence is found by the next poll. Until it is completed, nothing cached is relied on. */
  private bridgeSilence(): void {
    this.pollNeeded = this.pollsBegun + 1
    this.pollNow()
  }

  private pollNow(): void {
    this.polls.wakeAt(this.clock.now())
  }

  /**
   * Reads what was committed and not received, and notifies the handlers and the followers of it. The transport is faster;
   * this is what bounds the time for which this process can be wrong.
   */
  private async poll(): Promise<void> {
    this.pollsBegun += 1
    const [number, sinceBegin] = [this.pollsBegun, this.stopwatch()]
    const blindMs = this.sincePoll()
    const isForgotten = Number.isFinite(blindMs) && blindMs > LONGEST_RESUMABLE_MS
    if (isForgotten) this.streams.restart()
    await this.database.read((reader) => this.missed.poll(reader, this.clock.now(), isForgotten))
    this.sincePoll = sinceBegin
    this.pollsCompleted = number
    this.streams.catchUpTo((organizationId) => this.missed.sequenceOf(organizationId))
  }
}
