import { z } from 'zod'
import type { JsonObject } from '../../audit-chain/canonical-json.ts'
import { changesField, textOrNull } from './detail-fields.ts'
import type { Draft, EventTarget } from './event-draft.ts'

/** Details of the events about notification routes. The target is the route. */
export const NOTIFICATION_EVENT_DETAILS = {
  NOTIFICATION_ROUTE_CREATED: z.object({ channel: z.string() }),
  /** `disabledReason`: why the service disabled the route. */
  NOTIFICATION_ROUTE_UPDATED: z.object({ changes: changesField, disabledReason: textOrNull }),
  NOTIFICATION_ROUTE_DELETED: z.object({}),
} as const

type Details = {
  readonly [Type in keyof typeof NOTIFICATION_EVENT_DETAILS]: z.infer<(typeof NOTIFICATION_EVENT_DETAILS)[Type]>
}
type NotificationEvent<Type extends keyof Details> = Draft<Type, Details[Type]>

export const notificationRouteCreated = (
  route: EventTarget & { readonly channel: string },
): NotificationEvent<'NOTIFICATION_ROUTE_CREATED'> => ({
  type: 'NOTIFICATION_ROUTE_CREATED',
  target: { id: route.id, name: route.name },
  details: { channel: route.channel },
})

export const notificationRouteUpdated = (
  route: EventTarget,
  changes: JsonObject,
  disabledReason: string | null = null,
): NotificationEvent<'NOTIFICATION_ROUTE_UPDATED'> => ({
  type: 'NOTIFICATION_ROUTE_UPDATED',
  target: { id: route.id, name: route.name },
  details: { changes, disabledReason },
})

export const notificationRouteDeleted = (route: EventTarget): NotificationEvent<'NOTIFICATION_ROUTE_DELETED'> => ({
  type: 'NOTIFICATION_ROUTE_DELETED',
  target: { id: route.id, name: route.name },
  details: {},
})
