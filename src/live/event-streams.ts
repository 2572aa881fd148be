import { setTimeout } from 'node:timers/promises'
import { eventsAfter } from '../audit/audit.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import { Unavailable } from '../kernel/errors.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { behindArchive } from './behind-archive.ts'
import { FairScheduler } from './fair-scheduler.ts'
import { LiveStream, type StreamEnd } from './live-stream.ts'
import { type Follower, OrganizationFeed } from './organization-feed.ts'

export interface FollowOptions<Type extends AuditEventType = AuditEventType> {
  readonly organizationId: string
  /** Replay every event with a greater sequence first; without it the stream begins with what comes. */
  readonly after?: number | undefined
  readonly types?: readonly Type[] | undefined
  /** Events that were archived have no effect any more: a reader that asks for them begins behind them. */
  readonly skipsArchived?: boolean | undefined
  readonly onEnd?: (reason: StreamEnd) => void
}

/** Events that wait in memory for one slow reader; from there on it reads the database, at its own pace. */
const STREAM_CAPACITY = 1_000
/** Events that one stream reads at once, for itself. */
const REPLAY_PAGE = 100
/** Pause of a stream before it reads again from a database that was away. */
const RETRY_MS = 1_000

export interface EventStreamsParts {
  readonly database: Database
  /** Receives events that were read because nobody announced them in time, before any follower does. */
  readonly onMissed: (events: readonly AuditEvent[]) => void
  /** Receives the error of a read of missed events. The next one reads the same rows again. */
  readonly onFault: (error: unknown) => void
}

/** The streams of those who follow organizations: each event once and in order, whatever the transport loses. */
export class EventStreams {
  private readonly parts: EventStreamsParts
  private readonly organizations = new Map<string, OrganizationFeed>()
  private readonly streams = new Set<LiveStream<AuditEvent>>()
  private readonly deliveries = new FairScheduler()
  private closed = false

  constructor(parts: EventStreamsParts) {
    this.parts = parts
  }

  /** How many streams are open. */
  get size(): number {
    return this.streams.size
  }

  /** Deliveries that wait for their turn. */
  get waiting(): number {
    return this.deliveries.size
  }

  /** How many organizations they follow. */
  get followedOrganizations(): number {
    return this.organizations.size
  }

  async follow(options: FollowOptions): Promise<LiveStream<AuditEvent>> {
    const { organizationId, after, types, skipsArchived = false, onEnd } = options
    const feed = await this.enter(organizationId)
    // Everything that was committed before this call counts as past, received or not.
    const request = { organizationId, types, skipsArchived }
    const begin = async () => {
      await feed.catchUp()
      if (after === undefined) return feed.cursor
      return this.parts.database.read((reader) => behindArchive(reader, request, after))
    }
    let position = await begin().catch((error: unknown) => {
      this.leave(feed)
      throw error
    })
    const replay = async (goLive: () => void): Promise<readonly AuditEvent[]> => {
      const upTo = feed.cursor
      if (position >= upTo) {
        // No await between this comparison and joining: nothing can come in between.
        goLive()
        feed.followers.add(follower)
        return []
      }
      const events = await this.readPatiently(
        async (reader) => {
          const page = await eventsAfter(reader, organizationId, { after: position, upTo, types }, REPLAY_PAGE)
          // Afterwards: what was archived while the page was read may be missing in it.
          if (position > 0) await behindArchive(reader, request, position)
          return page
        },
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
    return stream
  }

  /** Hands on what was committed to one organization. */
  offer(organizationId: string, events: readonly AuditEvent[]): void {
    this.organizations.get(organizationId)?.offer(events)?.catch(this.parts.onFault)
  }

  /** Reads what was not received, of every organization that is followed. */
  catchUp(): void {
    for (const feed of this.organizations.values()) feed.catchUp().catch(this.parts.onFault)
  }

  /** Reads what was not received, of organizations whose log is known to be longer. */
  catchUpTo(sequenceOf: (organizationId: string) => number): void {
    for (const feed of this.organizations.values())
      if (feed.cursor < sequenceOf(feed.organizationId)) feed.catchUp().catch(this.parts.onFault)
  }

  /** Ends every stream that is open. Its reader subscribes again where it was. */
  restart(): void {
    for (const stream of [...this.streams]) stream.end('stopped')
  }

  /** Ends every stream, and those that are opened from here on. */
  end(): void {
    this.closed = true
    this.restart()
  }

  /** Reads for a stream. While the database is away it tries again, as long as the stream is open. */
  private async readPatiently<T>(read: (reader: Reader) => Promise<T>, isWanted: () => boolean): Promise<T> {
    for (;;)
      try {
        return await this.parts.database.read(read)
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
      const made = new OrganizationFeed(this.parts.database, organizationId, this.parts.onMissed)
      await made.begin()
      feed = this.organizations.get(organizationId) ?? made
      this.organizations.set(organizationId, feed)
    }
    feed.users += 1
    return feed
  }
}
