import { AuditEventTypeRef } from '../audit/audit.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { RouteAndSecret } from './create-route.ts'
import type { NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'
import { NotificationDeliveryRef, NotificationRouteRef } from './notifications.graphql.ts'

const WebhookTargetInput = builder.inputType('WebhookTargetInput', {
  description: 'A receiver of Standard Webhooks.',
  fields: (t) => ({
    url: t.string({
      required: true,
      description: 'An https URL of at most 2,048 characters. http only to ranges that the operator allows.',
    }),
  }),
})

const SlackTargetInput = builder.inputType('SlackTargetInput', {
  description: 'A channel of Slack.',
  fields: (t) => ({ url: t.string({ required: true, description: 'URL of an incoming webhook.' }) }),
})

const PagerDutyTargetInput = builder.inputType('PagerDutyTargetInput', {
  description: 'A service of PagerDuty.',
  fields: (t) => ({
    routingKey: t.string({ required: true, description: 'Integration key of an Events API v2 integration.' }),
    url: t.string({ description: "The whole endpoint, for other regions. Default: PagerDuty's Events API v2." }),
  }),
})

const EmailTargetInput = builder.inputType('EmailTargetInput', {
  description: 'Recipients of e-mail, in any combination.',
  fields: (t) => ({
    addresses: t.stringList({ description: 'Fixed addresses, at most 50.' }),
    keyOwner: t.boolean({ description: 'Also the owner of the personal key concerned. Default: false.' }),
    keyManagers: t.boolean({ description: 'Also the members with `keys:manager`. Default: false.' }),
  }),
})

const NotificationTargetInput = builder.inputType('NotificationTargetInput', {
  description: 'Destination of a route: exactly one of webhook, slack, pagerDuty and email.',
  fields: (t) => ({
    webhook: t.field({ type: WebhookTargetInput, description: 'Signed HTTP requests.' }),
    slack: t.field({ type: SlackTargetInput, description: 'Messages in Slack.' }),
    pagerDuty: t.field({ type: PagerDutyTargetInput, description: 'Incidents in PagerDuty.' }),
    email: t.field({ type: EmailTargetInput, description: 'E-mail; needs an SMTP server in the configuration.' }),
  }),
})

const CreateNotificationRouteInput = builder.inputType('CreateNotificationRouteInput', {
  description: 'A new notification route. It begins at the head of the audit log.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'The organization whose events it sends.' }),
    name: t.string({ required: true, description: 'Display name, 1 to 100 characters.' }),
    target: t.field({ type: NotificationTargetInput, required: true, description: 'The destination.' }),
    types: t.field({
      type: [AuditEventTypeRef],
      description:
        'The event types that the route sends. Default: KEY_EXPIRY_WARNING, KEY_EXPIRED, KEY_LEAKED, RETIRED_SECRET_USED. Types that are not about keys need `audit:viewer` as well.',
    }),
    maximumThreshold: t.field({
      type: 'Duration',
      description: 'Of expiry warnings, send only those whose threshold is at most this. Default: all.',
    }),
    projectId: t.id({ description: 'Send only events about keys of this project. Default: all.' }),
  }),
})

const signingSecretField = 'Signing secret of the webhook, `whsec_...`. Shown once. Null if no secret was created.'

const payloadOf = (name: string, description: string) =>
  builder.objectRef<RouteAndSecret>(name).implement({
    description,
    partOfParent: true,
    fields: (t) => ({
      route: t.field({
        type: NotificationRouteRef,
        description: 'The route after the change.',
        resolve: (payload) => payload.route,
      }),
      signingSecret: t.exposeString('signingSecret', { nullable: true, description: signingSecretField }),
    }),
  })

const CreateNotificationRoutePayload = payloadOf('CreateNotificationRoutePayload', 'The route that was created.')

builder.mutationField('createNotificationRoute', (t) =>
  t.field({
    type: CreateNotificationRoutePayload,
    description: 'Creates a notification route. Requires `keys:manager`.',
    args: { input: t.arg({ type: CreateNotificationRouteInput, required: true, description: 'The route.' }) },
    authScopes: { caller: true },
    resolve: (_, { input }, context) => context.services.createRoute.create(callerOf(context), input),
  }),
)

const UpdateNotificationRouteInput = builder.inputType('UpdateNotificationRouteInput', {
  description: 'Changes to a notification route. Omitted fields stay unchanged.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the route.' }),
    name: t.string({ description: 'Display name, 1 to 100 characters.' }),
    target: t.field({ type: NotificationTargetInput, description: 'The new destination.' }),
    types: t.field({ type: [AuditEventTypeRef], description: 'The event types that the route sends.' }),
    maximumThreshold: t.field({ type: 'Duration', description: 'Largest threshold of warnings; null for all.' }),
    enabled: t.boolean({
      description:
        'Whether the route is enabled. A route that is enabled again continues after the last event that it processed.',
    }),
    rotateSigningSecret: t.boolean({
      description: 'Rotate the signing secret. The old one also signs for 24 hours. For webhooks only.',
    }),
  }),
})

const UpdateNotificationRoutePayload = payloadOf('UpdateNotificationRoutePayload', 'The route that was changed.')

builder.mutationField('updateNotificationRoute', (t) =>
  t.field({
    type: UpdateNotificationRoutePayload,
    description: 'Changes a notification route. Requires `keys:manager`.',
    args: { input: t.arg({ type: UpdateNotificationRouteInput, required: true, description: 'The changes.' }) },
    authScopes: { caller: true },
    resolve: (_, { input }, context) => context.services.updateRoute.update(callerOf(context), input),
  }),
)

const DeleteNotificationRouteInput = builder.inputType('DeleteNotificationRouteInput', {
  description: 'The route to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the route.' }) }),
})

const DeleteNotificationRoutePayload = builder
  .objectRef<{ deletedRouteId: string }>('DeleteNotificationRoutePayload')
  .implement({
    description: 'The deleted route.',
    partOfParent: true,
    fields: (t) => ({ deletedRouteId: t.exposeID('deletedRouteId', { description: 'Id of the route.' }) }),
  })

builder.mutationField('deleteNotificationRoute', (t) =>
  t.field({
    type: DeleteNotificationRoutePayload,
    description: 'Deletes a notification route and its deliveries. Requires `keys:manager`.',
    args: { input: t.arg({ type: DeleteNotificationRouteInput, required: true, description: 'The route.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      deletedRouteId: await context.services.deleteRoute.delete(callerOf(context), input.id),
    }),
  }),
)

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
