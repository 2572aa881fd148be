import { AuditEventTypeRef } from '../audit/audit.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { RouteAndSecret } from './create-route.ts'
import { NotificationTargetInputRef } from './notification-target.graphql.ts'
import { NotificationRouteRef } from './notifications.graphql.ts'

const CreateNotificationRouteInput = builder.inputType('CreateNotificationRouteInput', {
  description: 'A new notification route. It sends only events that are written after its creation.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'Id of the organization whose events the route sends.' }),
    name: t.string({ required: true, description: 'Display name, 1 to 100 characters.' }),
    target: t.field({ type: NotificationTargetInputRef, required: true, description: 'The destination.' }),
    types: t.field({
      type: [AuditEventTypeRef],
      description:
        'The event types that the route sends. Default: `KEY_EXPIRY_WARNING`, `KEY_EXPIRED`, `KEY_LEAKED` and `RETIRED_SECRET_USED`. Types that are not about keys also require `audit:viewer`.',
    }),
    maximumThreshold: t.field({
      type: 'Duration',
      description: 'Sends only expiry warnings with at most this threshold. Default: all warnings.',
    }),
    projectId: t.id({ description: 'Sends only events about keys of this project. Default: events about all keys.' }),
  }),
})

const signingSecretField =
  'Signing secret of the webhook, `whsec_...`. Returned only in this response. Null if no secret was created.'

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
    target: t.field({ type: NotificationTargetInputRef, description: 'The new destination.' }),
    types: t.field({
      type: [AuditEventTypeRef],
      description: 'The event types that the route sends. Types that are not about keys also require `audit:viewer`.',
    }),
    maximumThreshold: t.field({
      type: 'Duration',
      description: 'Sends only expiry warnings with at most this threshold. Null for all warnings.',
    }),
    enabled: t.boolean({
      description:
        'Whether the route is enabled. A route that is enabled again continues after its last processed event.',
    }),
    rotateSigningSecret: t.boolean({
      description:
        'Whether to rotate the signing secret of a webhook. The old secret also signs for 24 hours. Default: false.',
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
