import type { LiveReader } from '../access/live-reader.ts'
import type { Principal } from '../access/principal.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { FollowOptions } from './live-stream.ts'
import type { RecentValues } from './recent-values.ts'

/** An event as a caller may read it. Callers with the same rights and topic share one object, and what is cached by it. */
export interface LiveItem<T> {
  readonly value: T
  /** The caller that the item was authorized for. */
  readonly principal: Principal
}

export interface LiveRequest<T, Type extends AuditEventType = AuditEventType> {
  readonly reader: LiveReader
  readonly principal: Principal
  readonly follow: Omit<FollowOptions<Type>, 'onEnd'>
  /** Identifies the subscription field and all arguments that `mayFollow` and `valueOf` depend on. */
  readonly topic: string
  /** Cache of the items of this field, shared by its subscriptions. */
  readonly items: RecentValues<LiveItem<T> | null>
  /** Whether the principal may still subscribe. */
  readonly mayFollow: (principal: Principal) => MaybePromise<boolean>
  /** The value of an event; null if the event is not for this field or this principal. */
  readonly valueOf: (event: AuditEvent<Type>, principal: Principal) => Promise<T | null>
}

/** The part of a subscription that ends it, independent of what it delivers. */
export interface OpenSubscription {
  readonly source: Pick<LiveRequest<unknown>, 'reader' | 'topic' | 'mayFollow'> & {
    readonly follow: Pick<FollowOptions, 'organizationId'>
  }
  /** Stops delivery at once. The reader receives the error when the subscription ends. */
  refuse(error: unknown): void
  /** Ends the subscription. The reader receives the error of `refuse`. */
  end(): void
}
