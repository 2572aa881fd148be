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

/** Pause before an event is loaded again from a database that was away. */
const RETRY_MS = 1_000

type Watch = CredentialWatch<OpenSubscription>

/**
 * One live subscription: the items that its reader may see, in order, each once. If something other than its reader ends
 * it, the last read rejects with the reason.
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
  /** Whether an event waits to be checked and loaded: its reader is not the one who is slow. */
  private waiting = false
  /** Whether it no longer follows the feed. Its reader may not have received the reason yet. */
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
    let found: MaybePromise<LiveItem<T> | null>
    try {
      found = this.itemOf(event)
    } catch (error) {
      return void this.fail(error)
    }
    if (!(found instanceof Promise)) return void this.hand(found)
    this.patiently(found, event).then(
      (item) => this.hand(item),
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

  private hand(item: LiveItem<T> | null): void {
    // What was refused waits for its end.
    if (item === null || this.finished || this.failure !== null) this.requestEvent()
    else this.takeTaker()?.take(item)
  }

  /** Reading again would fail in the same way, so an event that cannot be read ends the subscription. */
  private fail(error: unknown): void {
    this.refuse(error)
    this.end()
    this.complete()
  }

  /** The item of an event; null if the caller may not receive it. Synchronous where another subscriber has it already. */
  private itemOf(event: AuditEvent<Type>): MaybePromise<LiveItem<T> | null> {
    if (this.credential === null || this.failure !== null) return null
    return andThen(this.watch.holderAt(this.credential, event), (holder) =>
      holder === null || this.failure !== null ? null : this.sharedItemOf(event, holder),
    )
  }

  /** While the database is away an event waits for it. */
  private async patiently(first: Promise<LiveItem<T> | null>, event: AuditEvent<Type>): Promise<LiveItem<T> | null> {
    this.waiting = true
    try {
      for (let found: MaybePromise<LiveItem<T> | null> = first; ; found = this.itemOf(event))
        try {
          return await found
        } catch (error) {
          if (!(error instanceof Unavailable) || this.over) throw error
          await setTimeout(RETRY_MS)
        }
    } finally {
      this.waiting = false
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
    if (this.waiting) {
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
