import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import { BUSY, type Follower, type FollowerGroup } from './follower-group.ts'
import type { OrganizationFeed } from './organization-feed.ts'
import { RequestedItems, type Taker } from './requested-items.ts'

/** Why a stream ended: the reader closed it, the reader stopped reading, or the service stops. */
export type StreamEnd = 'closed' | 'stalled' | 'stopped'

export interface FollowOptions<Type extends AuditEventType = AuditEventType> {
  readonly organizationId: string
  /** Sequence after which to start: earlier events are replayed first. Default: only new events. */
  readonly after?: number | undefined
  /** Default: all types. */
  readonly types?: readonly Type[] | undefined
  /** Whether to skip archived events instead of throwing BAD_USER_INPUT, because they have no effect any more. */
  readonly skipsArchived?: boolean | undefined
  readonly onEnd?: (reason: StreamEnd) => void
}

/** What a stream needs from its owner. */
export interface StreamParts {
  /** Reads a page of events after a position. */
  readonly readPage: (stream: LiveStream, range: { readonly after: number; readonly upTo: number }) => Promise<Page>
  /** Runs a task when the organization has its turn. */
  readonly schedule: (organizationId: string, task: () => void) => void
  /** The stream has ended. */
  readonly onEnd: (stream: LiveStream) => void
}

export interface Page {
  readonly events: AuditEvent[]
  readonly isLast: boolean
}

/** Longest time between two reads of a reader that has fallen behind. After it the stream is ended. */
const MAX_STALL_MS = 5_000

/**
 * The events of an organization for one reader: first a replay from the database at the reader's pace, then live events of
 * its group. A reader that falls too far behind goes back to the replay; if it stops reading then, the stream is ended.
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
  /** Every requested event up to this sequence was delivered or is in the queue. */
  private position: number
  private group: FollowerGroup | null = null
  private queue: AuditEvent[] | null = null
  /** Number of events that were taken from the queue. */
  private taken = 0
  private taker: Taker<AuditEvent<Type>> | null = null
  private stall: NodeJS.Timeout | null = null

  constructor(parts: StreamParts, feed: OrganizationFeed, options: FollowOptions, position: number) {
    super()
    this.parts = parts
    this.feed = feed
    this.options = options
    this.position = position
  }

  /** Joins the group, which delivers the events from now on. */
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
    // The reader may have subscribed after a sequence that does not exist yet.
    if (event.sequence <= this.position) this.group?.request(this)
    else this.hand(event)
  }

  fallBehind(events: AuditEvent[]): void {
    this.group = null
    this.queue = events.filter(({ sequence }) => sequence > this.position)
    this.taken = 0
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
    const event = this.queue[this.taken]
    this.taken += 1
    if (this.taken >= this.queue.length) this.queue = null
    if (event === undefined) return void this.requestMore()
    // A reader that has not caught up must continue to read.
    if (this.group === null) this.startStallTimer()
    this.hand(event)
  }

  private hand(event: AuditEvent): void {
    // The queue and the group have the requested types only.
    this.takeTaker()?.take(event as AuditEvent<Type>)
  }

  private replay(): void {
    const upTo = this.feed.cursor
    if (this.position >= upTo) {
      // No await between this comparison and joining, so no event can be missed in between.
      this.goLive()
      return void this.requestMore()
    }
    this.parts.readPage(this as LiveStream, { after: this.position, upTo }).then(
      ({ events, isLast }) => {
        if (this.ended) return
        this.position = isLast ? upTo : (events.at(-1)?.sequence ?? upTo)
        this.queue = events.length === 0 ? null : events
        this.taken = 0
        this.requestMore()
      },
      (error: unknown) => {
        // After an error the reader does not call return().
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
