import type { Principal } from '../access/principal.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import { KeyturnError, unauthenticated } from '../kernel/errors.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { AuditFeed, FollowOptions } from './audit-feed.ts'
import type { LiveStream, StreamEnd } from './live-stream.ts'

/** Who reads a live subscription, as far as it must know. */
export interface LiveReader {
  /** Asks again who the credential's holder is; null where it is no longer good. Not a use of the credential. */
  readonly recheck: () => Promise<Principal | null>
  /** Ends the connection that carries the subscription, with a WebSocket close code that says why. */
  readonly end: (code: number, reason: string) => void
  /**
   * Calls back once when whoever reads has gone, at once where they have gone already. Returns a function that stops
   * waiting for it.
   */
  readonly onGone: (callback: () => void) => () => void
}

/** One event of a subscription, and who was found to be asking for it at that moment. */
export interface LiveItem<T> {
  readonly kind: 'item'
  readonly value: T
  readonly principal: Principal
}
/** The last thing that a subscription says: why it ended. */
export interface LiveFailure {
  readonly kind: 'failure'
  /** Anything but a KeyturnError is a bug, and masked like one. */
  readonly error: unknown
}
export type LivePayload<T> = LiveItem<T> | LiveFailure

export interface LiveRequest<T, Type extends AuditEventType = AuditEventType> {
  readonly reader: LiveReader
  readonly follow: Omit<FollowOptions<Type>, 'onEnd'>
  /** Whether the principal may still subscribe. */
  readonly mayFollow: (principal: Principal) => MaybePromise<boolean>
  /** The value that an event stands for; null where it is none, or not for this principal. */
  readonly valueOf: (event: AuditEvent<Type>, principal: Principal) => Promise<T | null>
}

/** WebSocket close codes, as the contract names them. */
export const CREDENTIAL_NO_LONGER_GOOD = 4403
export const TOO_SLOW = 4429
export const RESTART = 1012

const CHECK_INTERVAL_MS = 400

/**
 * Live subscriptions to the audit feed. Whoever reads one is asked before every event, and twice a second in between,
 * whether they still may: a subscription ends within a second of its caller's credential or grants being gone.
 */
export class LiveSubscriptions {
  private readonly feed: AuditFeed
  private readonly open = new Set<LiveSubscription<unknown, AuditEventType>>()
  private readonly onFault: (error: unknown) => void
  private timer: NodeJS.Timeout | null = null

  /** @param onFault hears of a check that failed; its subscription is ended, for it cannot be told whether it still may run */
  constructor(feed: AuditFeed, onFault: (error: unknown) => void) {
    this.feed = feed
    this.onFault = onFault
  }

  get size(): number {
    return this.open.size
  }

  /**
   * What it gives are in truth payloads: the executor of subscriptions unwraps each before a resolver sees it, see
   * graphql/execute-subscription.ts.
   */
  async subscribe<T, Type extends AuditEventType>(request: LiveRequest<T, Type>): Promise<AsyncIterable<T>> {
    let forgetReader = () => {}
    const subscription = new LiveSubscription(request, () => {
      this.open.delete(subscription as LiveSubscription<unknown, AuditEventType>)
      forgetReader()
    })
    await subscription.begin(this.feed)
    if (!subscription.over) this.open.add(subscription as LiveSubscription<unknown, AuditEventType>)
    // Where the reader went while it was being made, nobody else would ever end it.
    forgetReader = request.reader.onGone(() => void subscription.return())
    // Real time on purpose: a credential is gone when its holder was told so, whatever the clock of the service says.
    this.timer ??= setInterval(() => this.check(), CHECK_INTERVAL_MS).unref()
    return subscription as unknown as AsyncIterable<T>
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer)
  }

  private check(): void {
    for (const subscription of [...this.open])
      subscription.check().catch((error: unknown) => {
        this.onFault(error)
        subscription.fail(unauthenticated('It could not be told whether this credential is still good: connect again.'))
      })
  }
}

class LiveSubscription<T, Type extends AuditEventType> implements AsyncIterableIterator<LivePayload<T>> {
  private readonly request: LiveRequest<T, Type>
  private readonly onEnd: () => void
  /** Whether its stream has ended; what it says last may still have to be read. */
  over = false
  private stream: LiveStream<AuditEvent<Type>> | null = null
  private failure: LiveFailure | null = null
  private finished = false

  constructor(request: LiveRequest<T, Type>, onEnd: () => void) {
    this.request = request
    this.onEnd = onEnd
  }

  async begin(feed: AuditFeed): Promise<void> {
    this.stream = await feed.follow({ ...this.request.follow, onEnd: (reason) => this.ended(reason) })
  }

  /** Ends the subscription where its caller may not go on. */
  async check(): Promise<Principal | null> {
    const principal = await this.request.reader.recheck()
    if (principal !== null && (await this.request.mayFollow(principal))) return principal
    this.fail(unauthenticated('This credential is no longer good for this subscription.'))
    this.request.reader.end(CREDENTIAL_NO_LONGER_GOOD, 'Credential no longer good')
    return null
  }

  fail(error: unknown): void {
    if (this.finished || this.failure !== null) return
    this.failure = { kind: 'failure', error }
    this.stream?.end()
  }

  async next(): Promise<IteratorResult<LivePayload<T>, undefined>> {
    while (!this.finished) {
      try {
        const result = await this.stream?.next()
        if (result === undefined || result.done) return this.finish()
        const item = await this.itemOf(result.value)
        if (item !== null && !this.finished && this.failure === null) return { done: false, value: item }
      } catch (error) {
        // Whoever reads on after a rejection would have it again, for ever: what cannot be read ends the subscription.
        this.fail(error)
      }
    }
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<LivePayload<T>, undefined>> {
    this.failure = null
    this.stream?.end()
    return this.finish()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  private async itemOf(event: AuditEvent<Type>): Promise<LiveItem<T> | null> {
    const principal = await this.check()
    const value = principal === null ? null : await this.request.valueOf(event, principal)
    return principal === null || value === null ? null : { kind: 'item', value, principal }
  }

  private finish(): IteratorResult<LivePayload<T>, undefined> {
    if (this.finished) return { done: true, value: undefined }
    this.finished = true
    return this.failure === null ? { done: true, value: undefined } : { done: false, value: this.failure }
  }

  private ended(reason: StreamEnd): void {
    this.over = true
    this.onEnd()
    if (reason === 'stopped') this.request.reader.end(RESTART, 'Service restart')
    if (reason !== 'stalled') return
    const message = 'This subscription is read too slowly. Connect again with after: the last sequence that you have.'
    this.failure ??= { kind: 'failure', error: new KeyturnError('RATE_LIMITED', message, { retryAfterSeconds: 1 }) }
    this.request.reader.end(TOO_SLOW, 'Read too slowly')
  }
}
