import type { NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'

/** The result of an attempt. */
export type AttemptResult =
  | { readonly kind: 'delivered'; readonly status: number | null }
  | {
      readonly kind: 'failed'
      readonly status: number | null
      readonly error: string
      /** The delay that the receiver requested in `retry-after`; null if none. */
      readonly retryAfterMs: number | null
      /** Whether the receiver answered 410: it permanently accepts no more notifications. */
      readonly gone: boolean
      /** Hashes of the e-mail addresses that received it although the attempt failed. */
      readonly notified?: readonly string[]
    }
  /** There is nothing to send, or no recipient. It is not retried, and does not count as a failure of the route. */
  | { readonly kind: 'void'; readonly error: string }
  /** The service stops. Another attempt may start at once. */
  | { readonly kind: 'released' }

export interface Outcome {
  readonly route: NotificationRouteRow
  readonly delivery: NotificationDeliveryRow
  readonly result: AttemptResult
}

/** The result for a delivery whose event or organization no longer exists. */
export const VANISHED: AttemptResult = { kind: 'void', error: 'The event or its organization no longer exists.' }

export const failed = (error: string, status: number | null = null): Extract<AttemptResult, { kind: 'failed' }> => ({
  kind: 'failed',
  status,
  error,
  retryAfterMs: null,
  gone: false,
})
