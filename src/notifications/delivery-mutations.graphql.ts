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
        description: 'The delivery. It is tried again like any other.',
        resolve: (payload) => payload.delivery,
      }),
    }),
  })

builder.mutationField('sendTestNotification', (t) =>
  t.field({
    type: SendTestNotificationPayload,
    description: 'Sends a message of type notification.test by a route. Requires `keys:manager`.',
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
      description: 'Every event of the route after this sequence of the audit log is sent again; 0 for all.',
    }),
  }),
})

const RedeliverNotificationsPayload = builder
  .objectRef<{ route: NotificationRouteRow }>('RedeliverNotificationsPayload')
  .implement({
    description: 'The route that sends again.',
    partOfParent: true,
    fields: (t) => ({
      route: t.field({
        type: NotificationRouteRef,
        description: 'The route; its position went back.',
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
