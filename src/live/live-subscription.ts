import { setTimeout } from 'node:timers/promises'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import { KeyturnError, Unavailable, unauthenticated } from '../kernel/errors.ts'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import type { AuditFeed } from './audit-feed.ts'
import { CLOSE_CODES } from './close-codes.ts'
import type { CredentialWatch } from './credential-watch.ts'
import type { LiveItem, LiveRequest, OpenSubscription } from './live-request.ts'
import type { LiveStream, StreamEnd } from './live-stream.ts'
import { type Failure, RequestedItems, type Taker } from './requested-items.ts'
import type { Holder, WatchedCredential } from './watched-credential.ts'

/** Delay before an event is loaded again from a database that was unavailable. */
const RETRY_MS = 1_000

type Watch = CredentialWatch<OpenSubscription>

/**
 * One live subscription: the items that its reader may see, in order, each once. If anything but its reader ends it, the
 * last read rejects with the reason.
 */
export class LiveSubscription<T, Type extends AuditEventType>
  extends RequestedItems<LiveItem<T>>
  implements OpenSubscription, Taker<AuditEvent<Type>>
{
  readonly source: LiveRequest<T, Type>
  private readonly watch: Watch
  private readonly onEnd: () => void
  private stream: LiveStream<Type> | null = null
  private credential: WatchedCredential<OpenSubscription> | null = null
  private taker: Taker<LiveItem<T>> | null = null
  private failure: Failure | null = null
  private finished = false
  /** Whether an event is being checked and loaded. If the stream stalls then, the reader is not at fault. */
  private loading = false
  /** Whether it no longer follows the feed. The reader may not have received the reason yet. */
  over = false

  constructor(source: LiveRequest<T, Type>, watch: Watch, onEnd: () => void) {
    super()
    this.source = source
    this.watch = watch
    this.onEnd = onEnd
  }

  /** Starts to follow the feed and to watch the credential. Throws UNAUTHENTICATED if none was presented. */
  async follow(feed: AuditFeed): Promise<void> {
    const { reader, follow, principal } = this.source
    if (reader.credential === null) throw unauthenticated()
    this.stream = await feed.follow({ ...follow, onEnd: (reason) => this.ended(reason) })
    if (!this.over) this.credential = this.watch.enter(reader.credential, principal, this)
  }

  /** The current holder of the credential; null if it is no longer valid. */
  holder(): MaybePromise<Holder | null> {
    return this.credential === null ? null : this.watch.holderOf(this.credential)
  }

  refuse(error: unknown): void {
    if (!this.finished) this.failure ??= { error }
  }

  end(): void {
    this.stream?.end()
  }

  request(taker: Taker<LiveItem<T>>): void {
    this.taker = taker
    this.requestEvent()
  }

  take(event: AuditEvent<Type>): void {
    let item: MaybePromise<LiveItem<T> | null>
    try {
      item = this.itemOf(event)
    } catch (error) {
      return void this.fail(error)
    }
    if (!(item instanceof Promise)) return void this.deliver(item)
    this.retryWhileUnavailable(item, event).then(
      (loaded) => this.deliver(loaded),
      (error: unknown) => this.fail(error),
    )
  }

  finish(failure: Failure | null): void {
    if (failure !== null) this.refuse(failure.error)
    this.complete()
  }

  async return(): Promise<IteratorResult<LiveItem<T>, undefined>> {
    this.failure = null
    this.end()
    this.finished = true
    return { done: true, value: undefined }
  }

  private requestEvent(): void {
    if (this.finished || this.stream === null) this.complete()
    else this.stream.request(this)
  }

  private deliver(item: LiveItem<T> | null): void {
    // A refused subscription delivers nothing until it is ended.
    if (item === null || this.finished || this.failure !== null) this.requestEvent()
    else this.takeTaker()?.take(item)
  }

  /** Ends the subscription: the same event would fail again. */
  private fail(error: unknown): void {
    this.refuse(error)
    this.end()
    this.complete()
  }

  /** The item of an event; null if the caller may not receive it. Synchronous if another subscriber has loaded it. */
  private itemOf(event: AuditEvent<Type>): MaybePromise<LiveItem<T> | null> {
    if (this.credential === null || this.failure !== null) return null
    return andThen(this.watch.holderAt(this.credential, event), (holder) =>
      holder === null || this.failure !== null ? null : this.sharedItemOf(event, holder),
    )
  }

  /** Resolves with an item. Loads it again while the database is unavailable. */
  private async retryWhileUnavailable(
    first: Promise<LiveItem<T> | null>,
    event: AuditEvent<Type>,
  ): Promise<LiveItem<T> | null> {
    this.loading = true
    try {
      for (let item: MaybePromise<LiveItem<T> | null> = first; ; item = this.itemOf(event))
        try {
          return await item
        } catch (error) {
          if (!(error instanceof Unavailable) || this.over) throw error
          await setTimeout(RETRY_MS)
        }
    } finally {
      this.loading = false
    }
  }

  /** Loads and authorizes an event once for all subscriptions with the same topic and rights. */
  private sharedItemOf(event: AuditEvent<Type>, { principal, audiences }: Holder): MaybePromise<LiveItem<T> | null> {
    const { items, topic } = this.source
    return items.get(audiences.of(topic).nameOf(event), async () => {
      const value = await this.source.valueOf(event, principal)
      return value === null ? null : { value, principal }
    })
  }

  private complete(): void {
    const { failure } = this
    this.finished = true
    this.failure = null
    this.takeTaker()?.finish(failure)
  }

  private takeTaker(): Taker<LiveItem<T>> | null {
    const { taker } = this
    this.taker = null
    return taker
  }

  private ended(reason: StreamEnd): void {
    this.over = true
    if (this.credential !== null) this.watch.leave(this.credential, this)
    this.onEnd()
    if (reason === 'stopped') this.source.reader.end(CLOSE_CODES.restart, 'Service restart')
    if (reason !== 'stalled') return
    if (this.loading) {
      const message =
        'The database was unavailable for too long. Subscribe again with the last received sequence as `after`.'
      this.refuse(new Unavailable(message, null))
      this.source.reader.end(CLOSE_CODES.tryAgainLater, 'Unavailable')
      return
    }
    const message =
      'The client reads this subscription too slowly. Subscribe again with the last received sequence as `after`.'
    this.refuse(new KeyturnError('RATE_LIMITED', message, { retryAfterSeconds: 1 }))
    this.source.reader.end(CLOSE_CODES.limitExceeded, 'Read too slowly')
  }
}
