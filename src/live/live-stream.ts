import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import { BUSY, type Follower, type FollowerGroup } from './follower-group.ts'
import type { OrganizationFeed } from './organization-feed.ts'
import { RequestedItems, type Taker } from './requested-items.ts'

/** Why a stream ended: its reader closed it, its reader stopped reading, or the service stops. */
export type StreamEnd = 'closed' | 'stalled' | 'stopped'

export interface FollowOptions<Type extends AuditEventType = AuditEventType> {
  readonly organizationId: string
  /** Replay every event with a greater sequence first; without it the stream begins with what comes. */
  readonly after?: number | undefined
  readonly types?: readonly Type[] | undefined
  /** Events that were archived have no effect any more: a reader that asks for them begins behind them. */
  readonly skipsArchived?: boolean | undefined
  readonly onEnd?: (reason: StreamEnd) => void
}

/** What a stream needs of those that it is one of. */
export interface StreamParts {
  /** Reads a page of events after a position. The last page is shorter, or empty. */
  readonly readPage: (stream: LiveStream, range: { readonly after: number; readonly upTo: number }) => Promise<Page>
  /** Runs a task when it is the organization's turn. */
  readonly schedule: (organizationId: string, task: () => void) => void
  /** The stream has ended. */
  readonly onEnd: (stream: LiveStream) => void
}

export interface Page {
  readonly events: AuditEvent[]
  readonly isLast: boolean
}

/** Longest time between two reads of a reader that has fallen behind, before the stream is ended. */
const MAX_STALL_MS = 5_000

/**
 * The events of an organization for one reader: first a replay, read as fast as the reader takes it, then what is handed
 * to its group. A reader that falls too far behind its group continues with the replay, and one that stops reading then is
 * ended.
 */
export class LiveStream<Type extends AuditEventType = AuditEventType>
  extends RequestedItems<AuditEvent<Type>>
  implements Follower
{
  readonly feed: OrganizationFeed
  readonly options: FollowOptions
  nextNumber = 0
  place = BUSY
  ended = false
  private readonly parts: StreamParts
  /** Every wanted event up to here was received or is in the queue, or the reader does not want it. */
  private position: number
  private group: FollowerGroup | null = null
  private queue: AuditEvent[] | null = null
  private queued = 0
  private taker: Taker<AuditEvent<Type>> | null = null
  private stall: NodeJS.Timeout | null = null

  constructor(parts: StreamParts, feed: OrganizationFeed, options: FollowOptions, position: number) {
    super()
    this.parts = parts
    this.feed = feed
    this.options = options
    this.position = position
  }

  /** Receives what is handed out from now on. */
  goLive(): void {
    this.group = this.feed.groupOf(this.options.types)
    this.group.join(this)
  }

  request(taker: Taker<AuditEvent<Type>>): void {
    this.stopStallTimer()
    if (this.ended) return void taker.finish(null)
    this.taker = taker
    this.requestMore()
  }

  receive(event: AuditEvent): void {
    // A position may be in the future.
    if (event.sequence <= this.position) this.group?.request(this)
    else this.hand(event)
  }

  fallBehind(events: AuditEvent[]): void {
    this.group = null
    this.queue = events.filter(({ sequence }) => sequence > this.position)
    this.queued = 0
    this.position = events.at(-1)?.sequence ?? this.position
    if (this.taker === null) this.startStallTimer()
    else this.requestMore()
  }

  /** Ends the stream; unread items are dropped. */
  end(reason: StreamEnd = 'closed'): void {
    if (this.ended) return
    this.ended = true
    this.stopStallTimer()
    this.queue = null
    this.group?.leave(this)
    this.parts.onEnd(this)
    this.options.onEnd?.(reason)
    this.takeTaker()?.finish(null)
  }

  async return(): Promise<IteratorResult<AuditEvent<Type>, undefined>> {
    this.end()
    return { done: true, value: undefined }
  }

  private requestMore(): void {
    if (this.queue !== null) this.parts.schedule(this.options.organizationId, () => this.handQueued())
    else if (this.group !== null) this.group.request(this)
    else this.replay()
  }

  private handQueued(): void {
    if (this.queue === null) return
    const event = this.queue[this.queued]
    this.queued += 1
    if (this.queued >= this.queue.length) this.queue = null
    if (event === undefined) return void this.requestMore()
    // Until the reader has caught up, it must go on reading.
    if (this.group === null) this.startStallTimer()
    this.hand(event)
  }

  private hand(event: AuditEvent): void {
    // The types were asked for: the stream holds no others.
    this.takeTaker()?.take(event as AuditEvent<Type>)
  }

  private replay(): void {
    const upTo = this.feed.cursor
    if (this.position >= upTo) {
      // No await between this comparison and joining: nothing can come in between.
      this.goLive()
      return void this.requestMore()
    }
    this.parts.readPage(this as LiveStream, { after: this.position, upTo }).then(
      ({ events, isLast }) => {
        if (this.ended) return
        this.position = isLast ? upTo : (events.at(-1)?.sequence ?? upTo)
        this.queue = events.length === 0 ? null : events
        this.queued = 0
        this.requestMore()
      },
      (error: unknown) => {
        // The reader receives the error and does not call return().
        const taker = this.takeTaker()
        this.end()
        taker?.finish({ error })
      },
    )
  }

  private takeTaker(): Taker<AuditEvent<Type>> | null {
    const { taker } = this
    this.taker = null
    return taker
  }

  private startStallTimer(): void {
    this.stopStallTimer()
    // Real time, because this waits for a socket.
    this.stall = setTimeout(() => this.end('stalled'), MAX_STALL_MS).unref()
  }

  private stopStallTimer(): void {
    if (this.stall !== null) clearTimeout(this.stall)
    this.stall = null
  }
}
