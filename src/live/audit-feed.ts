import { setTimeout } from 'node:timers/promises'
import { eventsAfter } from '../audit/audit.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import { findHead } from '../audit/audit-heads.store.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { Clock } from '../kernel/clock.ts'
import { Unavailable } from '../kernel/errors.ts'
import { Periodic } from '../kernel/periodic.ts'
import { type Monotonic, startStopwatch } from '../kernel/stopwatch.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { FairScheduler } from './fair-scheduler.ts'
import type { FeedTransport } from './feed-transport.ts'
import { type Growth, HeadWatch } from './head-watch.ts'
import { LiveStream, type StreamEnd } from './live-stream.ts'

export interface FollowOptions<Type extends AuditEventType = AuditEventType> {
  readonly organizationId: string
  /** Replay every event with a greater sequence first; without it the stream begins with what comes. */
  readonly after?: number | undefined
  readonly types?: readonly Type[] | undefined
  readonly onEnd?: (reason: StreamEnd) => void
}

/** Events that wait in memory for one slow reader; from there on it reads the database, at its own pace. */
const STREAM_CAPACITY = 1_000
/** Events that one stream reads at once, for itself. */
const REPLAY_PAGE = 100
/** Events that are read at once for all who follow an organization. */
const CATCH_UP_PAGE = 500
/** Pause of a stream before it reads again from a database that was away. */
const RETRY_MS = 1_000
const REPAIR_INTERVAL_MS = 1_000
/** Without a look at what other instances committed for so long, what is in memory is not relied on. */
export const LONGEST_BLINDNESS_MS = 2_000
/** Pause between two looks while the transport is disconnected. */
const LOOK_ALONE_INTERVAL_MS = 100
const LOOK_PAGE = 1_000
/** Missed events that are read one by one. Where there are more, everything that is cached is dropped instead. */
const MOST_MISSED = 10_000

type Handler = (event: AuditEvent) => void

interface Follower {
  readonly types: ReadonlySet<AuditEventType> | null
  readonly after: number
  readonly stream: LiveStream<AuditEvent>
  /** Takes it out of the live part, until its replay has given it everything behind the position. */
  readonly fallBehind: (position: number) => void
}

/** One organization's live events, in order and without gaps, for all who follow it on this instance. */
class OrganizationFeed {
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

  /** @param onMissed hears, before any follower does, of events that had to be read because nobody announced them in time */
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

  /** Reads what was committed and not heard of. Resolves when everything committed before the call was handed out. */
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
      // In the same step as the last look at `stale`: whoever finds it set later must begin anew.
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

/**
 * Committed events, live. `on` is for the parts of this process that cache something; `follow` is for subscribers, who
 * receive every event of one organization once and in order, whatever the transport loses.
 */
export class AuditFeed {
  private readonly database: Database
  private readonly clock: Clock
  private readonly transport: FeedTransport
  private readonly onFault: (error: unknown) => void
  /** By type: the types that have a handler are those that a look at the database reads. */
  private readonly handlers = new Map<AuditEventType, Handler[]>()
  private readonly gapHandlers = new Set<() => void>()
  private readonly organizations = new Map<string, OrganizationFeed>()
  private readonly streams = new Set<LiveStream<AuditEvent>>()
  private readonly shared: boolean
  private readonly deliveries = new FairScheduler()
  private readonly heads = new HeadWatch()
  /** Events that were received in order since the last look, by the sequence of the last one. */
  private readonly received = new Map<string, number>()
  /** Milliseconds since the begin of the last look that was completed. */
  private sinceLook: () => number = () => Number.POSITIVE_INFINITY
  private readonly monotonic: Monotonic | undefined
  private lookAlone: NodeJS.Timeout | null = null
  private readonly repairs: Periodic
  private closed = false

  /** @param onFault hears of a repair that failed; the next one reads the same rows again */
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
    this.onFault = onFault
    // An embedded database is this process' alone: nobody else commits.
    this.shared = database.engine === 'postgres'
    const task = () => this.look()
    this.repairs = new Periodic({ clock, intervalMs: REPAIR_INTERVAL_MS, task, onFault })
  }

  /**
   * Whether everything that was committed two seconds ago was received. Bounds for how long this process can be wrong,
   * whatever happened to the transport, to the database, to clocks or to this process.
   */
  get current(): boolean {
    return !this.shared || this.sinceLook() < LONGEST_BLINDNESS_MS
  }

  /** Whether it is current, and receives what is committed at once. Otherwise what is cached must not be used. */
  get connected(): boolean {
    return this.transport.connected && this.current
  }

  /** Starts to measure how old something is that is read now, as `current` does. */
  stopwatch(): () => number {
    return startStopwatch(this.clock, this.monotonic)
  }

  /** How many streams are open. */
  get size(): number {
    return this.streams.size
  }

  /** How many organizations they follow. */
  get followedOrganizations(): number {
    return this.organizations.size
  }

  async start(): Promise<void> {
    await this.transport.start(
      (events) => this.deliver(events),
      () => this.missed(),
    )
    await this.look()
    if (this.closed) return
    this.repairs.start()
    // Real time on purpose, like the transport.
    this.lookAlone = setInterval(() => {
      if (!this.transport.connected) this.repairs.wakeAt(this.clock.now())
    }, LOOK_ALONE_INTERVAL_MS).unref()
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
    // It is called for events of these types alone, which the compiler cannot follow through the map.
    for (const type of types) this.handlers.set(type, [...(this.handlers.get(type) ?? []), handler as Handler])
  }

  /** Calls back when events of other instances may have been missed: whatever was built on events must be built anew. */
  onGap(handler: () => void): void {
    this.gapHandlers.add(handler)
  }

  async follow<Type extends AuditEventType>({
    organizationId,
    after,
    types,
    onEnd,
  }: FollowOptions<Type>): Promise<LiveStream<AuditEvent<Type>>> {
    const feed = await this.enter(organizationId)
    // Everything that was committed before this call counts as past, heard of or not.
    await feed.catchUp().catch((error: unknown) => {
      this.leave(feed)
      throw error
    })
    let position = after ?? feed.cursor
    const replay = async (goLive: () => void): Promise<readonly AuditEvent[]> => {
      const upTo = feed.cursor
      if (position >= upTo) {
        // No await between this comparison and joining: nothing can come in between.
        goLive()
        feed.followers.add(follower)
        return []
      }
      const events = await this.readPatiently(
        (reader) => eventsAfter(reader, organizationId, { after: position, upTo, types }, REPLAY_PAGE),
        () => this.streams.has(stream),
      )
      position = events.length < REPLAY_PAGE ? upTo : (events.at(-1)?.sequence ?? upTo)
      return events
    }
    const stream = new LiveStream<AuditEvent>({
      capacity: STREAM_CAPACITY,
      live: after === undefined,
      replay,
      schedule: (task) => this.deliveries.run(organizationId, task),
      onEnd: (reason) => {
        this.streams.delete(stream)
        feed.followers.delete(follower)
        this.leave(feed)
        onEnd?.(reason)
      },
    })
    const follower: Follower = {
      types: types === undefined ? null : new Set(types),
      after: position,
      stream,
      fallBehind: (from) => {
        position = from
        feed.followers.delete(follower)
      },
    }
    if (after === undefined) feed.followers.add(follower)
    this.streams.add(stream)
    if (this.closed) stream.end('stopped')
    // The types were asked for: the stream holds no others.
    return stream as LiveStream<AuditEvent<Type>>
  }

  /** Ends every stream, and those that are opened from here on. */
  endStreams(): void {
    this.closed = true
    for (const stream of [...this.streams]) stream.end('stopped')
  }

  /** Ends every stream; nothing is delivered from here on. */
  async close(): Promise<void> {
    this.endStreams()
    if (this.lookAlone !== null) clearInterval(this.lookAlone)
    await Promise.all([this.repairs.stop(), this.transport.close()])
  }

  /** Reads for a stream. While the database is away it tries again, as long as the stream is open. */
  private async readPatiently<T>(read: (reader: Reader) => Promise<T>, isWanted: () => boolean): Promise<T> {
    for (;;)
      try {
        return await this.database.read(read)
      } catch (error) {
        if (!(error instanceof Unavailable) || !isWanted()) throw error
        await setTimeout(RETRY_MS)
      }
  }

  private leave(feed: OrganizationFeed): void {
    feed.users -= 1
    if (feed.users === 0) this.organizations.delete(feed.organizationId)
  }

  private async enter(organizationId: string): Promise<OrganizationFeed> {
    let feed = this.organizations.get(organizationId)
    if (feed === undefined) {
      const made = new OrganizationFeed(this.database, organizationId, (events) => this.tell(events))
      await made.begin()
      feed = this.organizations.get(organizationId) ?? made
      this.organizations.set(organizationId, feed)
    }
    feed.users += 1
    return feed
  }

  private deliver(events: readonly AuditEvent[]): void {
    this.tell(events)
    for (const event of events) this.receive(event)
    const [first] = events
    if (first !== undefined) this.organizations.get(first.organizationId)?.offer(events)?.catch(this.onFault)
  }

  /** What is kept in memory hears of a change before its followers do, who are asked for their rights then. */
  private tell(events: readonly AuditEvent[]): void {
    for (const event of events) for (const handler of this.handlers.get(event.type) ?? []) handler(event)
  }

  /** A look need not read what was received in order. */
  private receive({ organizationId, sequence }: AuditEvent): void {
    const known = Math.max(this.received.get(organizationId) ?? 0, this.heads.sequenceOf(organizationId))
    if (sequence === known + 1) this.received.set(organizationId, sequence)
  }

  private missed(): void {
    for (const handler of this.gapHandlers) handler()
    this.repairs.wakeAt(this.clock.now())
    for (const feed of this.organizations.values()) feed.catchUp().catch(this.onFault)
  }

  /**
   * Looks in the database for what was committed, and calls the handlers and the followers with what was not received. The
   * transport is faster; this is what bounds the time for which this process can be wrong.
   */
  private async look(): Promise<void> {
    const sinceBegin = this.stopwatch()
    await this.database.read(async (reader) => {
      const growths = await this.heads.look(reader, this.clock.now())
      if (growths === null || missedOf(growths, this.received) > MOST_MISSED) return this.startAnew(reader)
      for (const growth of growths) await this.read(reader, growth)
    })
    this.sinceLook = sinceBegin
    for (const feed of this.organizations.values())
      if (feed.cursor < this.heads.sequenceOf(feed.organizationId)) feed.catchUp().catch(this.onFault)
  }

  /** Begins again at the heads of now. Whatever was cached before may be outdated. */
  private async startAnew(reader: Reader): Promise<void> {
    this.heads.reset()
    this.received.clear()
    await this.heads.look(reader, this.clock.now())
    for (const handler of this.gapHandlers) handler()
  }

  private async read(reader: Reader, growth: Growth): Promise<void> {
    const { organizationId, after, upTo } = growth
    const received = this.received.get(organizationId) ?? 0
    if (received < upTo) await this.tellHandlers(reader, organizationId, Math.max(after, received), upTo)
    this.heads.grown(growth)
    if ((this.received.get(organizationId) ?? 0) <= upTo) this.received.delete(organizationId)
  }

  private async tellHandlers(reader: Reader, organizationId: string, from: number, upTo: number): Promise<void> {
    const types = [...this.handlers.keys()]
    for (let after = from; ; ) {
      const events = await eventsAfter(reader, organizationId, { after, upTo, types }, LOOK_PAGE)
      this.tell(events)
      const last = events.at(-1)
      if (last === undefined || events.length < LOOK_PAGE) return
      after = last.sequence
    }
  }
}

/** How many of the events that were committed have not been received. */
const missedOf = (growths: readonly Growth[], received: ReadonlyMap<string, number>): number =>
  growths.reduce(
    (total, { organizationId, after, upTo }) =>
      total + Math.max(0, upTo - Math.max(after, received.get(organizationId) ?? 0)),
    0,
  )
