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
    WEBHOOK: { description: 'HTTP requests signed as Standard Webhooks 1.0 has it.' },
    SLACK: { description: 'Messages by an incoming webhook of Slack.' },
    PAGERDUTY: { description: "Events to PagerDuty's Events API v2, one incident for each key." },
    EMAIL: { description: 'E-mail by the SMTP server of the configuration.' },
  } satisfies Record<(typeof NOTIFICATION_CHANNELS)[number], { description: string }>,
})

const DeliveryStatusRef = builder.enumType('DeliveryStatus', {
  description: 'State of a delivery.',
  values: {
    PENDING: {
      description: 'It is sent, or waits for its next attempt or for an earlier delivery about the same key.',
    },
    DELIVERED: { description: 'The receiver accepted it.' },
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
    attempts: t.exposeInt('attempts', { description: 'Attempts that have started.' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the route read the event.',
      resolve: (delivery) => delivery.createdAt,
    }),
    lastAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last attempt started.',
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
      description: 'When the receiver accepted it.',
      resolve: (delivery) => delivery.deliveredAt,
    }),
    responseStatus: t.exposeInt('responseStatus', {
      nullable: true,
      description: 'HTTP status or SMTP reply code of the last attempt.',
    }),
    error: t.exposeString('error', { nullable: true, description: 'Why the last attempt failed.' }),
  }),
})

const NotificationDeliveryConnectionRef = createConnection(
  'NotificationDelivery',
  'notification deliveries',
  NotificationDeliveryRef,
)

NotificationRouteRef.implement({
  description:
    "Sends events of an organization's audit log to people or systems. It reads the log by sequence, so that nothing is skipped while a receiver is down.",
  interfaces: [NodeRef],
  authScopes: ({ organizationId }) => ({ may: { permission: 'readDeliveries', in: organizationId } }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Display name.' }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization whose audit log it reads.',
      resolve: ({ organizationId }, _, context) => loadOrganization(context, organizationId),
    }),
    channel: t.field({
      type: NotificationChannelRef,
      description: 'The channel that the route sends through.',
      resolve: (route) => route.channel,
    }),
    target: t.exposeString('targetHint', {
      nullable: true,
      description: 'The destination; credentials are masked. Requires `keys:manager`.',
      authScopes: ({ organizationId }) => ({ may: { permission: 'manageRoutes', in: organizationId } }),
    }),
    types: t.field({
      type: [AuditEventTypeRef],
      description:
        'The types of events that it sends. A PagerDuty route also sends what acknowledges and resolves the incidents that it triggered.',
      resolve: (route) => [...route.types],
    }),
    maximumThreshold: t.field({
      type: 'Duration',
      nullable: true,
      description: 'Of expiry warnings it sends only those whose threshold is at most this; null for all.',
      resolve: (route) => route.maximumThreshold,
    }),
    project: t.field({
      type: ProjectRef,
      nullable: true,
      description: 'It sends only events about keys of this project; null for all.',
      resolve: ({ projectId }, _, context) => (projectId === null ? null : loadProject(context, projectId)),
    }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether it sends.' }),
    disabledReason: t.exposeString('disabledReason', {
      nullable: true,
      description: 'Why Keyturn disabled it; null where it did not.',
    }),
    position: t.field({
      type: 'SafeInt',
      description: 'The last sequence of the audit log that it has dealt with.',
      resolve: (route) => route.position,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      resolve: (route) => route.createdAt,
    }),
    deliveries: t.field({
      type: NotificationDeliveryConnectionRef,
      description: 'Its deliveries, newest first. Settled ones are kept for 30 days.',
      args: { ...pagingArgs, status: t.arg({ type: DeliveryStatusRef, description: 'Only those with this status.' }) },
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
    description: 'Its notification routes, oldest first; at most 50. Requires `keys:manager`.',
    authScopes: ({ id }) => ({ may: { permission: 'manageRoutes', in: id } }),
    resolve: ({ id }, _, context) => context.services.notificationRoutes.list(callerOf(context), id),
  }),
)

builder.objectField(ExpiryWarningRef, 'deliveries', (t) =>
  t.field({
    type: [NotificationDeliveryRef],
    nullable: true,
    description: 'Where the warning was sent and whether it arrived. Requires `keys:viewer`.',
    authScopes: ({ organizationId }) => ({ may: { permission: 'readDeliveries', in: organizationId } }),
    resolve: async ({ id }, _, context) => [...(await loadDeliveriesOfWarning(context, id))],
  }),
)
