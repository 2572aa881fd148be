import type { AuditEventType } from '../../generated/graphql.ts'

/** The activity of an event, in the terms that SIEM formats share. */
export type Activity = 'create' | 'update' | 'delete' | 'suspend' | 'resume' | 'other'

/** From informational to critical: severity 1 to 5 of OCSF. */
export type Severity = 1 | 2 | 3 | 4 | 5

export interface EventKind {
  /** `entity`: an object was changed. `api`: a request was made or denied. */
  readonly class: 'entity' | 'api'
  readonly entity: string
  readonly activity: Activity
  readonly severity: Severity
  /** Title in English. */
  readonly title: string
  readonly refused?: true
}

const entity = (name: string, activity: Activity, title: string, severity: Severity = 1): EventKind => ({
  class: 'entity',
  entity: name,
  activity,
  title,
  severity,
})
const api = (name: string, activity: Activity, title: string, severity: Severity = 1): EventKind => ({
  class: 'api',
  entity: name,
  activity,
  title,
  severity,
})

const KINDS: Record<AuditEventType, EventKind> = {
  ORGANIZATION_CREATED: entity('organization', 'create', 'Organization created'),
  ORGANIZATION_UPDATED: entity('organization', 'update', 'Organization changed'),
  POLICY_UPDATED: entity('policy', 'update', 'Key policy changed', 2),
  MODULE_DEFINED: entity('module', 'create', 'Module defined'),
  MODULE_REMOVED: entity('module', 'delete', 'Module removed'),
  PROJECT_CREATED: entity('project', 'create', 'Project created'),
  MEMBER_INVITED: entity('member', 'create', 'Member invited'),
  MEMBER_JOINED: entity('member', 'create', 'Member joined'),
  MEMBER_UPDATED: entity('member', 'update', 'Grants of a member changed', 2),
  MEMBER_REMOVED: entity('member', 'delete', 'Member removed'),
  KEY_CREATED: entity('key', 'create', 'Key created'),
  KEY_UPDATED: entity('key', 'update', 'Key changed'),
  KEY_ROTATED: entity('key', 'update', 'Key rotated'),
  KEY_ROTATION_COMPLETED: entity('key', 'update', 'Rotation of a key completed'),
  KEY_ROTATION_CANCELLED: entity('key', 'update', 'Rotation of a key cancelled'),
  KEY_SUSPENDED: entity('key', 'suspend', 'Key suspended', 2),
  KEY_RESUMED: entity('key', 'resume', 'Key resumed', 2),
  KEY_REVOKED: entity('key', 'delete', 'Key revoked', 2),
  KEY_EXPIRY_WARNING: entity('key', 'other', 'Key expires soon', 2),
  KEY_EXPIRED: entity('key', 'other', 'Key expired', 3),
  KEY_LEAKED: entity('key', 'other', 'Secret of a key leaked', 5),
  EXPIRY_WARNING_ACKNOWLEDGED: entity('key', 'other', 'Expiry warning acknowledged'),
  NOTIFICATION_ROUTE_CREATED: entity('notification route', 'create', 'Notification route created'),
  NOTIFICATION_ROUTE_UPDATED: entity('notification route', 'update', 'Notification route changed'),
  NOTIFICATION_ROUTE_DELETED: entity('notification route', 'delete', 'Notification route deleted', 2),
  AUDIT_EVENTS_ARCHIVED: entity('audit log', 'other', 'Old events archived', 2),
  SIGNING_KEY_ROTATED: entity('signing key', 'update', 'Signing key rotated'),
  TOKEN_ISSUED: api('access token', 'create', 'Access token issued'),
  TOKEN_REVOKED: api('access token', 'delete', 'Access token revoked', 2),
  KEY_TOKENS_INVALIDATED: api('access token', 'delete', 'Access tokens of a key ended', 2),
  RETIRED_SECRET_USED: { ...api('key', 'other', 'Retired secret used', 4), refused: true },
  ACCESS_DENIED: { ...api('request', 'other', 'Access denied', 3), refused: true },
  SESSION_STARTED: api('session', 'create', 'Console session started'),
  SESSION_ENDED: api('session', 'delete', 'Console session ended'),
}

/** The kind of an event; a general one for types that only a newer server has. */
export const kindOf = (type: string): EventKind =>
  Object.hasOwn(KINDS, type)
    ? KINDS[type as AuditEventType]
    : api('event', 'other', type.toLowerCase().replaceAll('_', ' '))

/** `key.rotated`: the type as notifications write it. */
export const actionOf = (type: string): string => type.toLowerCase().replace('_', '.')
