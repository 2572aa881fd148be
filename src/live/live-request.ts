import type { LiveReader } from '../access/live-reader.ts'
import type { Principal } from '../access/principal.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { FollowOptions } from './audit-feed.ts'
import type { RecentValues } from './recent-values.ts'

/**
 * What an event is for a caller. Callers with the same rights, in the same topic, share one such object: whatever is made
 * of it can be shared as well.
 */
export interface LiveItem<T> {
  readonly value: T
  /** Who was found to be asking for it at that moment. */
  readonly principal: Principal
}

export interface LiveRequest<T, Type extends AuditEventType = AuditEventType> {
  readonly reader: LiveReader
  readonly principal: Principal
  readonly follow: Omit<FollowOptions<Type>, 'onEnd'>
  /** Names the subscription field and every argument that `mayFollow` and `valueOf` go by, besides the principal. */
  readonly topic: string
  /** The items of this field that are shared. */
  readonly items: RecentValues<LiveItem<T> | null>
  /** Whether the principal may still subscribe. */
  readonly mayFollow: (principal: Principal) => MaybePromise<boolean>
  /** The value that an event stands for; null where it is none, or not for this principal. */
  readonly valueOf: (event: AuditEvent<Type>, principal: Principal) => Promise<T | null>
}

/** A subscription as those see it who end it, whatever it delivers. */
export interface OpenSubscription {
  readonly request: Pick<LiveRequest<unknown>, 'reader' | 'topic' | 'mayFollow'> & {
    readonly follow: Pick<FollowOptions, 'organizationId'>
  }
  /** From here on nothing is delivered any more, and its reader is told why when it ends. */
  refuse(error: unknown): void
  /** Ends it; its reader gets the error that it was refused with. */
  end(): void
}
