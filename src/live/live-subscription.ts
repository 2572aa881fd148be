import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import { KeyturnError, unauthenticated } from '../kernel/errors.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { AuditFeed } from './audit-feed.ts'
import type { CredentialWatch } from './credential-watch.ts'
import { type LiveItem, type LiveRequest, type OpenSubscription, RESTART, TOO_SLOW } from './live-request.ts'
import type { LiveStream, StreamEnd } from './live-stream.ts'
import type { Holder, WatchedCredential } from './watched-credential.ts'

type Watch = CredentialWatch<OpenSubscription>

/**
 * One live subscription: the items that its reader may see, in order, each once. It ends by a rejection that says why,
 * where it is not its reader that ends it.
 */
export class LiveSubscription<T, Type extends AuditEventType>
  implements AsyncIterableIterator<LiveItem<T>>, OpenSubscription
{
  readonly request: LiveRequest<T, Type>
  private readonly watch: Watch
  private readonly onEnd: () => void
  private stream: LiveStream<AuditEvent<Type>> | null = null
  private credential: WatchedCredential<OpenSubscription> | null = null
  private failure: { readonly error: unknown } | null = null
  private finished = false
  /** Whether it follows the feed no longer; its reader may still have to be told why. */
  over = false

  constructor(request: LiveRequest<T, Type>, watch: Watch, onEnd: () => void) {
    this.request = request
    this.watch = watch
    this.onEnd = onEnd
  }

  /** Begins to follow the feed, and to watch the credential. Throws UNAUTHENTICATED where none was presented. */
  async follow(feed: AuditFeed): Promise<void> {
    const { reader, follow, principal } = this.request
    if (reader.credential === null) throw unauthenticated()
    this.stream = await feed.follow({ ...follow, onEnd: (reason) => this.ended(reason) })
    if (!this.over) this.credential = this.watch.enter(reader.credential, principal, this)
  }

  /** Who holds the credential now; null where it is no longer valid. */
  holder(): MaybePromise<Holder | null> {
    return this.credential === null ? null : this.watch.holderOf(this.credential)
  }

  refuse(error: unknown): void {
    if (!this.finished) this.failure ??= { error }
  }

  end(): void {
    this.stream?.end()
  }

  async next(): Promise<IteratorResult<LiveItem<T>, undefined>> {
    while (!this.finished) {
      try {
        const result = await this.stream?.next()
        if (result === undefined || result.done) break
        const item = await this.itemOf(result.value)
        if (item !== null && !this.finished && this.failure === null) return { done: false, value: item }
      } catch (error) {
        // Whoever reads on after a rejection would have it again, for ever: what cannot be read ends the subscription.
        this.refuse(error)
        this.end()
      }
    }
    return this.finish()
  }

  async return(): Promise<IteratorResult<LiveItem<T>, undefined>> {
    this.failure = null
    this.end()
    return this.finish()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  private async itemOf(event: AuditEvent<Type>): Promise<LiveItem<T> | null> {
    if (this.credential === null || this.failure !== null) return null
    const known = this.watch.holderAt(this.credential, event)
    const holder = known instanceof Promise ? await known : known
    return holder === null || this.failure !== null ? null : this.sharedItemOf(event, holder)
  }

  /** An event is loaded and authorized once for all to whom it is the same. */
  private sharedItemOf(event: AuditEvent<Type>, { principal, rights }: Holder): Promise<LiveItem<T> | null> {
    const { topic, items } = this.request
    return items.get(`${event.organizationId} ${event.sequence} ${rights} ${topic}`, async () => {
      const value = await this.request.valueOf(event, principal)
      return value === null ? null : { value, principal }
    })
  }

  private finish(): IteratorResult<LiveItem<T>, undefined> {
    const { failure } = this
    this.finished = true
    this.failure = null
    if (failure !== null) throw failure.error
    return { done: true, value: undefined }
  }

  private ended(reason: StreamEnd): void {
    this.over = true
    if (this.credential !== null) this.watch.leave(this.credential, this)
    this.onEnd()
    if (reason === 'stopped') this.request.reader.end(RESTART, 'Service restart')
    if (reason !== 'stalled') return
    const message = 'This subscription is read too slowly. Connect again with after: the last sequence that you have.'
    this.refuse(new KeyturnError('RATE_LIMITED', message, { retryAfterSeconds: 1 }))
    this.request.reader.end(TOO_SLOW, 'Read too slowly')
  }
}
