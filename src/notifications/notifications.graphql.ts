import { AuditEventRef, AuditEventTypeRef } from '../audit/audit.graphql.ts'
import { ExpiryWarningRef } from '../expiry/expiry.graphql.ts'
import { loadOrganization, loadProject } from '../organizations/context.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { ProjectRef } from '../organizations/projects.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { createConnection, pagingArgs } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import { loadDeliveriesOfWarning, loadRoute } from './context.graphql.ts'
import type {
  DELIVERY_STATUSES,
  NOTIFICATION_CHANNELS,
  NotificationDeliveryRow,
  NotificationRouteRow,
} from './notification.entity.ts'

const NotificationChannelRef = builder.enumType('NotificationChannel', {
  description: 'Channel of a notification route.',
  values: {
    WEBHOOK: { description: 'HTTP requests, signed as in Standard Webhooks 1.0.' },
    SLACK: { description: 'Messages through an incoming webhook of Slack.' },
    PAGERDUTY: { description: "Incidents through PagerDuty's Events API v2, one for each key." },
    EMAIL: { description: 'E-mail through the SMTP server that the server is configured with.' },
  } satisfies Record<(typeof NOTIFICATION_CHANNELS)[number], { description: string }>,
})

const DeliveryStatusRef = builder.enumType('DeliveryStatus', {
  description: 'State of a delivery.',
  values: {
    PENDING: {
      description: 'An attempt is running or due, or an earlier delivery about the same key is pending.',
    },
    DELIVERED: { description: 'The receiver accepted the delivery.' },
    FAILED: { description: 'The last attempt failed, or there was no recipient.' },
  } satisfies Record<(typeof DELIVERY_STATUSES)[number], { description: string }>,
})

export const NotificationRouteRef = builder.objectRef<NotificationRouteRow>('NotificationRoute')

export const NotificationDeliveryRef = builder.objectRef<NotificationDeliveryRow>('NotificationDelivery').implement({
  description: 'The delivery of one event through one route. Its id is the `webhook-id` of every attempt.',
  interfaces: [NodeRef],
  authScopes: ({ organizationId }) => ({ may: { permission: 'readDeliveries', in: organizationId } }),
  fields: (t) => ({
    route: t.field({
      type: NotificationRouteRef,
      description: 'The route of the delivery.',
      resolve: ({ routeId }, _, context) => loadRoute(context, routeId),
    }),
    event: t.field({
      type: AuditEventRef,
      nullable: true,
      description: 'The delivered event; null for a test message. Requires `audit:viewer`.',
      authScopes: ({ organizationId }) => ({ may: { permission: 'readAuditLog', in: organizationId } }),
      resolve: ({ eventId }, _, context) =>
        eventId === null ? null : context.services.audit.find(callerOf(context), eventId),
    }),
    status: t.field({
      type: DeliveryStatusRef,
      description: 'State of the delivery.',
      resolve: (delivery) => delivery.status,
    }),
    attempts: t.exposeInt('attempts', { description: 'Number of attempts that have started.' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the route read the event.',
      resolve: (delivery) => delivery.createdAt,
    }),
    lastAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last attempt started. Null before the first attempt.',
      resolve: (delivery) => delivery.lastAttemptAt,
    }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the next attempt is due; null if none is due, or while an earlier delivery is pending.',
      resolve: (delivery) => delivery.nextAttemptAt,
    }),
    deliveredAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the receiver accepted the delivery. Null if it did not.',
      resolve: (delivery) => delivery.deliveredAt,
    }),
    responseStatus: t.exposeInt('responseStatus', {
      nullable: true,
      description: 'HTTP status or SMTP reply code of the last attempt. Null if there was none.',
    }),
    error: t.exposeString('error', { nullable: true, description: 'Why the last attempt failed. Null if it did not.' }),
  }),
})

const NotificationDeliveryConnectionRef = createConnection(
  'NotificationDelivery',
  'notification deliveries',
  NotificationDeliveryRef,
)

NotificationRouteRef.implement({
  description:
    "Sends events of an organization's audit log to people or systems. It reads the log in order and retries, so no event is skipped while a receiver is unavailable.",
  interfaces: [NodeRef],
  authScopes: ({ organizationId }) => ({ may: { permission: 'readDeliveries', in: organizationId } }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Display name.' }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization whose events the route sends.',
      resolve: ({ organizationId }, _, context) => loadOrganization(context, organizationId),
    }),
    channel: t.field({
      type: NotificationChannelRef,
      description: 'The channel that the route sends through.',
      resolve: (route) => route.channel,
    }),
    target: t.exposeString('targetHint', {
      nullable: true,
      description: 'The destination, with credentials masked. Requires `keys:manager`.',
      authScopes: ({ organizationId }) => ({ may: { permission: 'manageRoutes', in: organizationId } }),
    }),
    types: t.field({
      type: [AuditEventTypeRef],
      description:
        'The event types that the route sends. A PagerDuty route also sends the events that acknowledge or resolve its incidents.',
      resolve: (route) => [...route.types],
    }),
    maximumThreshold: t.field({
      type: 'Duration',
      nullable: true,
      description: 'The route sends only expiry warnings with at most this threshold. Null for all warnings.',
      resolve: (route) => route.maximumThreshold,
    }),
    project: t.field({
      type: ProjectRef,
      nullable: true,
      description: 'The route sends only events about keys of this project. Null for events about all keys.',
      resolve: ({ projectId }, _, context) => (projectId === null ? null : loadProject(context, projectId)),
    }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether the route sends events.' }),
    disabledReason: t.exposeString('disabledReason', {
      nullable: true,
      description: 'Why Keyturn disabled the route. Null if it did not.',
    }),
    position: t.field({
      type: 'SafeInt',
      description: 'Sequence of the last event that the route has processed.',
      resolve: (route) => route.position,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the route was created.',
      resolve: (route) => route.createdAt,
    }),
    deliveries: t.field({
      type: NotificationDeliveryConnectionRef,
      description: 'The deliveries of the route, newest first. Delivered and failed ones are deleted after 30 days.',
      args: {
        ...pagingArgs,
        status: t.arg({ type: DeliveryStatusRef, description: 'Returns only deliveries with this status.' }),
      },
      resolve: ({ id }, { status, ...paging }, context) =>
        context.services.notificationDeliveries.page(callerOf(context), id, status ?? null, paging),
    }),
  }),
})

registerNode('route', {
  typeOf: () => 'NotificationRoute',
  find: (id, context) => context.services.notificationRoutes.find(callerOf(context), id),
})

registerNode('delivery', {
  typeOf: () => 'NotificationDelivery',
  find: (id, context) => context.services.notificationDeliveries.find(callerOf(context), id),
})

builder.objectField(OrganizationRef, 'notificationRoutes', (t) =>
  t.field({
    type: [NotificationRouteRef],
    nullable: true,
    description: 'The notification routes of the organization, oldest first; at most 50. Requires `keys:manager`.',
    authScopes: ({ id }) => ({ may: { permission: 'manageRoutes', in: id } }),
    resolve: ({ id }, _, context) => context.services.notificationRoutes.list(callerOf(context), id),
  }),
)

builder.objectField(ExpiryWarningRef, 'deliveries', (t) =>
  t.field({
    type: [NotificationDeliveryRef],
    nullable: true,
    description: 'The deliveries of the warning through notification routes. Requires `keys:viewer`.',
    authScopes: ({ organizationId }) => ({ may: { permission: 'readDeliveries', in: organizationId } }),
    resolve: async ({ id }, _, context) => [...(await loadDeliveriesOfWarning(context, id))],
  }),
)
