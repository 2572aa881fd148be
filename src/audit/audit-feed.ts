import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import { eventsAfter, findHead } from './audit.store.ts'
import type { AuditEvent, AuditEventType } from './audit-event.ts'
import type { FeedTransport } from './feed-transport.ts'
import { LiveStream, type StreamEnd } from './live-stream.ts'

export interface FollowOptions {
  readonly organizationId: string
  /** Replay every event with a greater sequence first; without it the stream begins with what comes. */
  readonly after?: number | undefined
  readonly types?: readonly AuditEventType[] | undefined
  readonly onEnd?: (reason: StreamEnd) => void
}

/** Events that wait for one slow reader before it is cut off. */
const STREAM_CAPACITY = 1_000
const REPLAY_PAGE = 500
const REPAIR_INTERVAL_MS = 2_000

interface Follower {
  readonly types: ReadonlySet<AuditEventType> | null
  readonly after: number
  readonly stream: LiveStream<AuditEvent>
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
  private catching: Promise<void> | null = null
  private stale = false

  constructor(database: Database, organizationId: string) {
    this.database = database
    this.organizationId = organizationId
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
    this.catching ??= this.readMissing().finally(() => {
      this.catching = null
      // Whoever called between the last look and here relies on another one.
      return this.stale ? this.catchUp() : undefined
    })
    return this.catching
  }

  private async readMissing(): Promise<void> {
    while (this.stale) {
      this.stale = false
      const range = { after: this.cursor }
      const events = await this.database.read((reader) => eventsAfter(reader, this.organizationId, range, REPLAY_PAGE))
      for (const event of events) this.hand(event)
      if (events.length === REPLAY_PAGE) this.stale = true
    }
  }

  private hand(event: AuditEvent): void {
    this.cursor = event.sequence
    for (const { types, after, stream } of this.followers)
      if (event.sequence > after && (types === null || types.has(event.type))) stream.push(event)
  }
}

/**
 * Committed events, live. `listen` is for the parts of this process that keep something in memory; `follow` is for
 * subscribers, who get every event of one organization once and in order, whatever the transport loses.
 */
export class AuditFeed {
  private readonly database: Database
  private readonly clock: Clock
  private readonly transport: FeedTransport
  private readonly onFault: (error: unknown) => void
  private readonly listeners = new Set<(events: readonly AuditEvent[]) => void>()
  private readonly gapListeners = new Set<() => void>()
  private readonly organizations = new Map<string, OrganizationFeed>()
  private readonly streams = new Set<LiveStream<AuditEvent>>()
  private cancelRepair: (() => void) | null = null
  private closed = false

  /** @param onFault hears of a repair that failed; the next one reads the same rows again */
  constructor(database: Database, clock: Clock, transport: FeedTransport, onFault: (error: unknown) => void) {
    this.database = database
    this.clock = clock
    this.transport = transport
    this.onFault = onFault
  }

  /** False while what this process remembers may be behind what other instances committed. */
  get connected(): boolean {
    return this.transport.connected
  }

  async start(): Promise<void> {
    await this.transport.start(
      (events) => this.deliver(events),
      () => this.missed(),
    )
    this.scheduleRepair()
  }

  /** Called once an append has been committed, before its caller is answered. */
  announce(events: readonly AuditEvent[]): void {
    this.deliver(events)
    this.transport.publish(events)
  }

  /** @param onGap called when events of other instances may have been missed: forget what was built on them */
  listen(onEvents: (events: readonly AuditEvent[]) => void, onGap: () => void = () => undefined): void {
    this.listeners.add(onEvents)
    this.gapListeners.add(onGap)
  }

  async follow({ organizationId, after, types, onEnd }: FollowOptions): Promise<LiveStream<AuditEvent>> {
    const feed = await this.enter(organizationId)
    try {
      // Everything that was committed before this call counts as past, heard of or not.
      await feed.catchUp()
    } catch (error) {
      this.leave(feed)
      throw error
    }
    let position = after ?? feed.cursor
    const replay = async () => {
      const upTo = feed.cursor
      if (position >= upTo) {
        // No await between this comparison and joining: nothing can come in between.
        feed.followers.add(follower)
        return null
      }
      const events = await this.database.read((reader) =>
        eventsAfter(reader, organizationId, { after: position, upTo, types }, REPLAY_PAGE),
      )
      position = events.length < REPLAY_PAGE ? upTo : (events.at(-1)?.sequence ?? upTo)
      return events
    }
    const stream = new LiveStream<AuditEvent>({
      capacity: STREAM_CAPACITY,
      replay: after === undefined ? undefined : replay,
      onEnd: (reason) => {
        this.streams.delete(stream)
        feed.followers.delete(follower)
        this.leave(feed)
        onEnd?.(reason)
      },
    })
    const follower: Follower = { types: types === undefined ? null : new Set(types), after: position, stream }
    if (after === undefined) feed.followers.add(follower)
    this.streams.add(stream)
    if (this.closed) stream.end()
    return stream
  }

  /** Ends every stream; nothing is delivered from here on. */
  async close(): Promise<void> {
    this.closed = true
    this.cancelRepair?.()
    for (const stream of [...this.streams]) stream.end()
    await this.transport.close()
  }

  private leave(feed: OrganizationFeed): void {
    feed.users -= 1
    if (feed.users === 0) this.organizations.delete(feed.organizationId)
  }

  private async enter(organizationId: string): Promise<OrganizationFeed> {
    let feed = this.organizations.get(organizationId)
    if (feed === undefined) {
      const made = new OrganizationFeed(this.database, organizationId)
      await made.begin()
      feed = this.organizations.get(organizationId) ?? made
      this.organizations.set(organizationId, feed)
    }
    feed.users += 1
    return feed
  }

  private deliver(events: readonly AuditEvent[]): void {
    for (const listener of this.listeners) listener(events)
    const [first] = events
    if (first !== undefined) this.organizations.get(first.organizationId)?.offer(events)?.catch(this.onFault)
  }

  private missed(): void {
    for (const listener of this.gapListeners) listener()
    this.repair()
  }

  private repair(): void {
    for (const feed of this.organizations.values()) feed.catchUp().catch(this.onFault)
  }

  private scheduleRepair(): void {
    if (this.closed) return
    const next = new Date(this.clock.now().getTime() + REPAIR_INTERVAL_MS)
    this.cancelRepair = this.clock.wakeAt(next, () => {
      this.repair()
      this.scheduleRepair()
    })
  }
}
