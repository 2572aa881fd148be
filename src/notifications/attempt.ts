import type { NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'

/** What an attempt came to. */
export type AttemptResult =
  | { readonly kind: 'delivered'; readonly status: number | null }
  | {
      readonly kind: 'failed'
      readonly status: number | null
      readonly error: string
      /** What the receiver asked for in `retry-after`. */
      readonly retryAfterMs: number | null
      /** The receiver said that it will never take notifications again (410). */
      readonly gone: boolean
      /** Hashes of the e-mail addresses that have it all the same. */
      readonly notified?: readonly string[]
    }
  /** There is nobody or nothing to send to. It is not tried again and says nothing of the route. */
  | { readonly kind: 'void'; readonly error: string }
  /** The service stops: another attempt may start at once. */
  | { readonly kind: 'released' }

export interface Outcome {
  readonly route: NotificationRouteRow
  readonly delivery: NotificationDeliveryRow
  readonly result: AttemptResult
}

/** What a delivery is about no longer exists. */
export const VANISHED: AttemptResult = { kind: 'void', error: 'The event or its organization no longer exists.' }

export const failed = (error: string, status: number | null = null): Extract<AttemptResult, { kind: 'failed' }> => ({
  kind: 'failed',
  status,
  error,
  retryAfterMs: null,
  gone: false,
})
