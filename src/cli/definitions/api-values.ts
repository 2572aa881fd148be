import type { AuditEventType, KeyStatus, RevocationReason } from '../../generated/graphql.ts'

// Objects, so that a value that is added to the schema does not compile until it is here. The lists of the audit log itself
// would do, but load the schemas of all events, and --help has to start at once.
const namesOf = (values: Readonly<Record<string, true>>): readonly string[] => Object.keys(values)

export const KEY_STATUSES = namesOf({
  ACTIVE: true,
  SUSPENDED: true,
  EXPIRED: true,
  REVOKED: true,
} satisfies Record<KeyStatus, true>)

export const REVOCATION_REASONS = namesOf({
  COMPROMISED: true,
  SUPERSEDED: true,
  NO_LONGER_NEEDED: true,
  OWNER_LEFT: true,
  POLICY: true,
  UNSPECIFIED: true,
} satisfies Record<RevocationReason, true>)

export const EVENT_TYPES = namesOf({
  ACCESS_DENIED: true,
  AUDIT_EVENTS_ARCHIVED: true,
  EXPIRY_WARNING_ACKNOWLEDGED: true,
  KEY_CREATED: true,
  KEY_EXPIRED: true,
  KEY_EXPIRY_WARNING: true,
  KEY_LEAKED: true,
  KEY_RESUMED: true,
  KEY_REVOKED: true,
  KEY_ROTATED: true,
  KEY_ROTATION_CANCELLED: true,
  KEY_ROTATION_COMPLETED: true,
  KEY_SUSPENDED: true,
  KEY_TOKENS_INVALIDATED: true,
  KEY_UPDATED: true,
  MEMBER_INVITED: true,
  MEMBER_JOINED: true,
  MEMBER_REMOVED: true,
  MEMBER_UPDATED: true,
  MODULE_DEFINED: true,
  MODULE_REMOVED: true,
  NOTIFICATION_ROUTE_CREATED: true,
  NOTIFICATION_ROUTE_DELETED: true,
  NOTIFICATION_ROUTE_UPDATED: true,
  ORGANIZATION_CREATED: true,
  ORGANIZATION_UPDATED: true,
  POLICY_UPDATED: true,
  PROJECT_CREATED: true,
  RETIRED_SECRET_USED: true,
  SESSION_ENDED: true,
  SESSION_STARTED: true,
  SIGNING_KEY_ROTATED: true,
  TOKEN_ISSUED: true,
  TOKEN_REVOKED: true,
} satisfies Record<AuditEventType, true>)

/** Formats of `audit export`. */
export const EXPORT_FORMATS = ['ndjson', 'ocsf', 'ecs', 'cef'] as const
