import type { LiveReader } from '../access/live-reader.ts'
import type { Principal } from '../access/principal.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { FollowOptions } from './live-stream.ts'
import type { RecentValues } from './recent-values.ts'

/**
 * An event as a caller sees it. Callers with the same rights and the same topic share one object, and whatever is made from
 * it.
 */
export interface LiveItem<T> {
  readonly value: T
  /** The caller that the item was authorized for. */
  readonly principal: Principal
}

export interface LiveRequest<T, Type extends AuditEventType = AuditEventType> {
  readonly reader: LiveReader
  readonly principal: Principal
  readonly follow: Omit<FollowOptions<Type>, 'onEnd'>
  /**
   * Identifies the subscription field and every argument that `mayFollow` and `valueOf` depend on, besides the principal.
   */
  readonly topic: string
  /** The shared items of this field. */
  readonly items: RecentValues<LiveItem<T> | null>
  /** Whether the principal may still subscribe. */
  readonly mayFollow: (principal: Principal) => MaybePromise<boolean>
  /** The value of an event; null if the event is not for this field or this principal. */
  readonly valueOf: (event: AuditEvent<Type>, principal: Principal) => Promise<T | null>
}

/** A subscription as the code that ends it sees it, whatever it delivers. */
export interface OpenSubscription {
  readonly source: Pick<LiveRequest<unknown>, 'reader' | 'topic' | 'mayFollow'> & {
    readonly follow: Pick<FollowOptions, 'organizationId'>
  }
  /** Stops the delivery. The reader receives the error when the subscription ends. */
  refuse(error: unknown): void
  /** Ends the subscription. Its reader receives the error of `refuse`. */
  end(): void
}
