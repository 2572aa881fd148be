import type { PresentedCredential } from '../access/authenticator.ts'
import type { Principal } from '../access/principal.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { FollowOptions } from './audit-feed.ts'
import type { RecentValues } from './recent-values.ts'

/** Who reads a live subscription, as far as it must know. */
export interface LiveReader {
  /** What the caller presented; null where that was nothing. */
  readonly credential: PresentedCredential | null
  /** Ends the connection that carries the subscription, with a WebSocket close code that says why. */
  readonly end: (code: number, reason: string) => void
  /**
   * Calls back once when whoever reads has gone, at once where they have gone already. Returns a function that stops
   * waiting for it.
   */
  readonly onGone: (callback: () => void) => () => void
}

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
  readonly request: Pick<LiveRequest<unknown>, 'reader' | 'topic' | 'mayFollow'>
  /** From here on nothing is delivered any more, and its reader is told why when it ends. */
  refuse(error: unknown): void
  /** Ends it; its reader gets the error that it was refused with. */
  end(): void
}

/** WebSocket close codes, as the contract names them. */
export const CREDENTIAL_NO_LONGER_VALID = 4403
export const TOO_SLOW = 4429
export const RESTART = 1012
