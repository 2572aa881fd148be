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

export const failed = (error: string, status: number | null = null): AttemptResult => ({
  kind: 'failed',
  status,
  error,
  retryAfterMs: null,
  gone: false,
})
