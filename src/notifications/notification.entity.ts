import { EntitySchema } from 'typeorm'
import type { AuditEventType } from '../audit/events/event-types.ts'
import * as column from '../persistence/columns.ts'

export const NOTIFICATION_CHANNELS = ['WEBHOOK', 'SLACK', 'PAGERDUTY', 'EMAIL'] as const
export type NotificationChannel = (typeof NOTIFICATION_CHANNELS)[number]
export const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

export interface NotificationRouteRow {
  id: string
  organizationId: string
  name: string
  channel: NotificationChannel
  /** The target as JSON, encrypted under a master key. */
  targetJwe: string
  /** The target with every credential masked. */
  targetHint: string
  /** The signing secret of a webhook, encrypted under a master key. */
  signingJwe: string | null
  /** The signing secret before the last rotation. It also signs until `previousSigningUntil`. */
  previousSigningJwe: string | null
  previousSigningUntil: Date | null
  types: readonly AuditEventType[]
  /** Largest threshold of expiry warnings that are sent, in seconds; null for all. */
  maximumThreshold: number | null
  projectId: string | null
  /** Whether this is the built-in route of e-mail to owners of keys and of the organization. Never listed. */
  builtIn: boolean
  enabled: boolean
  /** Why the service disabled the route; null if it did not. */
  disabledReason: string | null
  /** Sequence of the last processed event. Every event up to here has a delivery or needs none. */
  position: number
  /** Events up to this sequence are redelivered, even if they were delivered before. */
  redeliverUntil: number
  /** Time of the first failure since the last success; null if the last attempt succeeded. */
  failingSince: Date | null
  createdAt: Date
}

export const NotificationRouteEntity = new EntitySchema<NotificationRouteRow>({
  name: 'NotificationRoute',
  tableName: 'notification_routes',
  columns: {
    id: column.id('id', { primary: true }),
    organizationId: column.id('organization_id'),
    name: column.text('name', 100),
    channel: column.text('channel', 10),
    targetJwe: column.longText('target_jwe'),
    targetHint: column.longText('target_hint'),
    signingJwe: column.longText('signing_jwe', { nullable: true }),
    previousSigningJwe: column.longText('previous_signing_jwe', { nullable: true }),
    previousSigningUntil: column.instant('previous_signing_until', { nullable: true }),
    types: column.json('types'),
    maximumThreshold: column.integer('maximum_threshold', { nullable: true }),
    projectId: column.id('project_id', { nullable: true }),
    builtIn: column.flag('built_in'),
    enabled: column.flag('enabled'),
    disabledReason: column.text('disabled_reason', 300, { nullable: true }),
    position: column.integer('position'),
    redeliverUntil: column.integer('redeliver_until'),
    failingSince: column.instant('failing_since', { nullable: true }),
    createdAt: column.instant('created_at'),
  },
  indices: [{ name: 'notification_routes_organization', columns: ['organizationId', 'createdAt', 'id'] }],
})

export interface NotificationDeliveryRow {
  /** The `webhook-id` of every attempt. */
  id: string
  routeId: string
  organizationId: string
  /** Sequence of the event; null for a test message. */
  sequence: number | null
  eventId: string | null
  /** Id of what the event is about. Deliveries of one route and subject are sent in order, one at a time. */
  subjectId: string
  /** Whether the owners of the organization are notified too, because an earlier warning was not acknowledged. */
  escalated: boolean
  status: DeliveryStatus
  /** Number of started attempts. The outcome of an attempt counts only if no later attempt has started. */
  attempts: number
  createdAt: Date
  lastAttemptAt: Date | null
  /** When the next attempt is due. During an attempt, when its lease ends. Null while an earlier delivery is pending. */
  nextAttemptAt: Date | null
  deliveredAt: Date | null
  responseStatus: number | null
  error: string | null
  /** Hashes of the e-mail addresses that received it. A retry leaves them out. */
  notified: readonly string[] | null
}

export const NotificationDeliveryEntity = new EntitySchema<NotificationDeliveryRow>({
  name: 'NotificationDelivery',
  tableName: 'notification_deliveries',
  columns: {
    id: column.id('id', { primary: true }),
    routeId: column.id('route_id'),
    organizationId: column.id('organization_id'),
    sequence: column.integer('sequence', { nullable: true }),
    eventId: column.id('event_id', { nullable: true }),
    subjectId: column.id('subject_id'),
    escalated: column.flag('escalated'),
    status: column.text('status', 10),
    attempts: column.integer('attempts'),
    createdAt: column.instant('created_at'),
    lastAttemptAt: column.instant('last_attempt_at', { nullable: true }),
    nextAttemptAt: column.instant('next_attempt_at', { nullable: true }),
    deliveredAt: column.instant('delivered_at', { nullable: true }),
    responseStatus: column.integer('response_status', { nullable: true }),
    error: column.text('error', 300, { nullable: true }),
    notified: column.json('notified', { nullable: true }),
  },
  indices: [
    { name: 'notification_deliveries_due', columns: ['routeId', 'status', 'nextAttemptAt'] },
    { name: 'notification_deliveries_subject', columns: ['routeId', 'subjectId', 'status', 'sequence'] },
    { name: 'notification_deliveries_page', columns: ['routeId', 'createdAt', 'id'] },
    { name: 'notification_deliveries_event', columns: ['organizationId', 'sequence'] },
    { name: 'notification_deliveries_age', columns: ['status', 'createdAt'] },
  ],
})

/** An unresolved incident that a PagerDuty route has triggered for a key. */
export interface NotificationIncidentRow {
  routeId: string
  keyId: string
}

export const NotificationIncidentEntity = new EntitySchema<NotificationIncidentRow>({
  name: 'NotificationIncident',
  tableName: 'notification_incidents',
  columns: {
    routeId: column.id('route_id', { primary: true }),
    keyId: column.id('key_id', { primary: true }),
  },
})

export const notificationEntities = [NotificationRouteEntity, NotificationDeliveryEntity, NotificationIncidentEntity]
