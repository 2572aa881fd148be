import { setTimeout } from 'node:timers/promises'
import { eventsAfter } from '../audit/audit.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import { Unavailable } from '../kernel/errors.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { type ArchiveRequest, behindArchive } from './behind-archive.ts'
import { FairScheduler } from './fair-scheduler.ts'
import { type FollowOptions, LiveStream, type Page, type StreamParts } from './live-stream.ts'
import { OrganizationFeed } from './organization-feed.ts'

/** Page size of a replay. */
const REPLAY_PAGE = 100
/** Delay before a stream reads again from a database that was unavailable. */
const RETRY_MS = 1_000

export interface EventStreamsParts {
  readonly database: Database
  /** Receives events that had to be read because they were not announced in time, before any follower does. */
  readonly onMissed: (events: readonly AuditEvent[]) => void
  /** Receives the error of a failed read of missed events. The next read covers the same events. */
  readonly onFault: (error: unknown) => void
}

/** The streams of subscribers: each delivers every event of its organization once and in order. */
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

  /** Number of open streams. */
  get size(): number {
    return this.streams.size
  }

  /** Number of queued deliveries. */
  get waiting(): number {
    return this.deliveries.size
  }

  /** Number of organizations with an open stream. */
  get followedOrganizations(): number {
    return this.organizations.size
  }

  async follow(options: FollowOptions): Promise<LiveStream> {
    const feed = await this.enter(options.organizationId)
    const position = await this.startOf(feed, options).catch((error: unknown) => {
      this.leave(feed)
      throw error
    })
    const stream = new LiveStream(this.streamParts, feed, options, position)
    if (options.after === undefined) stream.goLive()
    this.streams.add(stream)
    if (this.closed) stream.end('stopped')
    return stream
  }

  /** Delivers committed events of one organization. */
  offer(organizationId: string, events: readonly AuditEvent[]): void {
    this.organizations.get(organizationId)?.offer(events)?.catch(this.parts.onFault)
  }

  /** Reads the missed events of every followed organization. */
  catchUp(): void {
    for (const feed of this.organizations.values()) feed.catchUp().catch(this.parts.onFault)
  }

  /** Reads the missed events of followed organizations whose log is known to be longer than what was delivered. */
  catchUpTo(sequenceOf: (organizationId: string) => number): void {
    for (const feed of this.organizations.values())
      if (feed.cursor < sequenceOf(feed.organizationId)) feed.catchUp().catch(this.parts.onFault)
  }

  /** Ends every open stream. Its reader subscribes again after its last event. */
  restart(): void {
    for (const stream of [...this.streams]) stream.end('stopped')
  }

  /** Ends every open stream, and each stream that is opened later. */
  end(): void {
    this.closed = true
    this.restart()
  }

  /** The position at which a stream starts. Everything that was committed before this call counts as past. */
  private async startOf(feed: OrganizationFeed, options: FollowOptions): Promise<number> {
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
    const events = await this.readWithRetry(stream, async (reader) => {
      const page = await eventsAfter(reader, organizationId, { after, upTo, types }, REPLAY_PAGE)
      // Checked after the page, because events that were archived meanwhile are missing from it.
      if (after > 0) await behindArchive(reader, archiveRequestOf(stream.options), after)
      return page
    })
    return { events, isLast: events.length < REPLAY_PAGE }
  }

  /** Reads for a stream. Retries while the database is unavailable and the stream is open. */
  private async readWithRetry<T>(stream: LiveStream, read: (reader: Reader) => Promise<T>): Promise<T> {
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
      const created = new OrganizationFeed({ database, organizationId, onMissed, schedule })
      await created.begin()
      // Another call may have added one meanwhile.
      feed = this.organizations.get(organizationId) ?? created
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
