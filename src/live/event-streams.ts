import { setTimeout } from 'node:timers/promises'
import { eventsAfter } from '../audit/audit.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import { Unavailable } from '../kernel/errors.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { type ArchiveRequest, behindArchive } from './behind-archive.ts'
import { FairScheduler } from './fair-scheduler.ts'
import { type FollowOptions, LiveStream, type Page, type StreamParts } from './live-stream.ts'
import { OrganizationFeed } from './organization-feed.ts'

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
  private readonly streams = new Set<LiveStream>()
  private readonly deliveries = new FairScheduler()
  private readonly streamParts: StreamParts = {
    readPage: (stream, range) => this.readPage(stream, range),
    schedule: (organizationId, task) => this.deliveries.run(organizationId, task),
    onEnd: (stream) => {
      this.streams.delete(stream)
      this.leave(stream.feed)
    },
  }
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

  async follow(options: FollowOptions): Promise<LiveStream> {
    const feed = await this.enter(options.organizationId)
    const position = await this.beginOf(feed, options).catch((error: unknown) => {
      this.leave(feed)
      throw error
    })
    const stream = new LiveStream(this.streamParts, feed, options, position)
    if (options.after === undefined) stream.goLive()
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

  /** Where a stream begins. Everything that was committed before this call counts as past, received or not. */
  private async beginOf(feed: OrganizationFeed, options: FollowOptions): Promise<number> {
    const { after } = options
    await feed.catchUp()
    if (after === undefined) return feed.cursor
    return this.parts.database.read((reader) => behindArchive(reader, archiveRequestOf(options), after))
  }

  private async readPage(
    stream: LiveStream,
    { after, upTo }: { readonly after: number; readonly upTo: number },
  ): Promise<Page> {
    const { organizationId, types } = stream.options
    const events = await this.readPatiently(stream, async (reader) => {
      const page = await eventsAfter(reader, organizationId, { after, upTo, types }, REPLAY_PAGE)
      // Afterwards: what was archived while the page was read may be missing in it.
      if (after > 0) await behindArchive(reader, archiveRequestOf(stream.options), after)
      return page
    })
    return { events, isLast: events.length < REPLAY_PAGE }
  }

  /** Reads for a stream. While the database is away it tries again, as long as the stream is open. */
  private async readPatiently<T>(stream: LiveStream, read: (reader: Reader) => Promise<T>): Promise<T> {
    for (;;)
      try {
        return await this.parts.database.read(read)
      } catch (error) {
        if (!(error instanceof Unavailable) || stream.ended) throw error
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
      const { database, onMissed } = this.parts
      const schedule = (task: () => void) => this.deliveries.run(organizationId, task)
      const made = new OrganizationFeed({ database, organizationId, onMissed, schedule })
      await made.begin()
      feed = this.organizations.get(organizationId) ?? made
      this.organizations.set(organizationId, feed)
    }
    feed.users += 1
    return feed
  }
}

const archiveRequestOf = ({ organizationId, types, skipsArchived = false }: FollowOptions): ArchiveRequest => ({
  organizationId,
  types,
  skipsArchived,
})
