import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'
import { NotificationDeliveryRef, NotificationRouteRef } from './notifications.graphql.ts'

const SendTestNotificationInput = builder.inputType('SendTestNotificationInput', {
  description: 'The route to test.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the route.' }) }),
})

const SendTestNotificationPayload = builder
  .objectRef<{ delivery: NotificationDeliveryRow }>('SendTestNotificationPayload')
  .implement({
    description: 'The delivery of a test message, after its first attempt.',
    partOfParent: true,
    fields: (t) => ({
      delivery: t.field({
        type: NotificationDeliveryRef,
        description: 'The delivery. If it failed, it is retried like any other.',
        resolve: (payload) => payload.delivery,
      }),
    }),
  })

builder.mutationField('sendTestNotification', (t) =>
  t.field({
    type: SendTestNotificationPayload,
    description: 'Sends a message of type `notification.test` through a route. Requires `keys:manager`.',
    args: { input: t.arg({ type: SendTestNotificationInput, required: true, description: 'The route.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      delivery: await context.services.testNotifications.send(callerOf(context), input.id),
    }),
  }),
)

const RedeliverNotificationsInput = builder.inputType('RedeliverNotificationsInput', {
  description: 'The events to send again.',
  fields: (t) => ({
    routeId: t.id({ required: true, description: 'Id of the route.' }),
    afterSequence: t.field({
      type: 'SafeInt',
      required: true,
      description: 'Sends every event of the route with a greater sequence again; 0 for all that the audit log has.',
    }),
  }),
})

const RedeliverNotificationsPayload = builder
  .objectRef<{ route: NotificationRouteRow }>('RedeliverNotificationsPayload')
  .implement({
    description: 'Result of `redeliverNotifications`.',
    partOfParent: true,
    fields: (t) => ({
      route: t.field({
        type: NotificationRouteRef,
        description: 'The route, moved back to the requested position.',
        resolve: (payload) => payload.route,
      }),
    }),
  })

builder.mutationField('redeliverNotifications', (t) =>
  t.field({
    type: RedeliverNotificationsPayload,
    description: 'Sends events again, with their original delivery ids. Requires `keys:manager`.',
    args: {
      input: t.arg({ type: RedeliverNotificationsInput, required: true, description: 'The events to send again.' }),
    },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      route: await context.services.redeliver.redeliver(callerOf(context), input.routeId, input.afterSequence),
    }),
  }),
)
