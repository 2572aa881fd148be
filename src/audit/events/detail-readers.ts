import type { Permission } from '../../access/permissions.ts'
import type { AuditEventType, DetailsOf } from './event-types.ts'

/** All permissions that parts of events can need. */
export const READING_PERMISSIONS = [
  'readKeyAddresses',
  'readKeyOrigin',
  'manageMembers',
  'readAuditLog',
  'readOrigins',
] as const satisfies readonly Permission[]
export type ReadingPermission = (typeof READING_PERMISSIONS)[number]

/**
 * Who may read a field of the details: everyone who may read the event, or holders of a permission; in `changes`, field by
 * field.
 */
export type DetailReader = 'open' | ReadingPermission | { readonly [field: string]: ReadingPermission }

type FieldsOf<Details> = Details extends unknown ? keyof Details & string : never
type Readers = { readonly [Type in AuditEventType]: Readonly<Record<FieldsOf<DetailsOf<Type>>, DetailReader>> }

const KEY = { kind: 'open', ownerId: 'open' } as const
const LEAK = { reportedBy: 'open', foundAt: 'open', foundIn: 'open' } as const
const TOKEN = { ...KEY, tokenId: 'open', organizationId: 'open', expiresAt: 'open' } as const

/**
 * The permission for each field of the details that repeats a field which needs more than reading the event. A new field of
 * details does not compile without an entry.
 */
export const DETAIL_READERS = {
  ORGANIZATION_CREATED: { slug: 'open', parentId: 'open' },
  ORGANIZATION_UPDATED: { changes: 'open' },
  POLICY_UPDATED: { changes: 'open', nonConformingKeys: 'open', nonConformingKeyIds: 'open' },
  MODULE_DEFINED: { description: 'open' },
  MODULE_REMOVED: {},
  PROJECT_CREATED: { slug: 'open' },
  AUDIT_EVENTS_ARCHIVED: {
    firstSequence: 'open',
    lastSequence: 'open',
    lastHash: 'open',
    file: 'open',
    sha256: 'open',
  },
  // As Organization.invitations.
  MEMBER_INVITED: {
    email: 'manageMembers',
    grants: 'open',
    expiresAt: 'open',
    revoked: 'open',
    reason: 'open',
    ...LEAK,
  },
  MEMBER_JOINED: { userId: 'open', grants: 'open' },
  MEMBER_UPDATED: { userId: 'open', grants: 'open' },
  MEMBER_REMOVED: { userId: 'open', revokedKeyIds: 'open', createdApiKeys: 'open' },
  KEY_CREATED: {
    ...KEY,
    grants: 'open',
    projectId: 'open',
    expiresAt: 'open',
    allowedIps: 'readKeyAddresses',
    hint: 'open',
  },
  KEY_UPDATED: {
    ...KEY,
    changes: { allowedIps: 'readKeyAddresses' },
    newSecretFirstUsed: 'open',
    previousSecretValidUntil: 'open',
  },
  KEY_ROTATED: {
    ...KEY,
    hint: 'open',
    previousHint: 'open',
    previousSecretValidUntil: 'open',
    overlapSeconds: 'open',
    overlapFromFirstUse: 'open',
    replacedHint: 'open',
    expiresAt: 'open',
  },
  KEY_ROTATION_COMPLETED: { ...KEY, retiredHint: 'open', rotatedAt: 'open' },
  KEY_ROTATION_CANCELLED: { ...KEY, droppedHint: 'open', expiresAt: 'open' },
  KEY_SUSPENDED: KEY,
  KEY_RESUMED: KEY,
  // The key that was used to create a key is a part of who created it.
  KEY_REVOKED: {
    ...KEY,
    reason: 'open',
    note: 'open',
    bySecret: 'open',
    policy: 'open',
    descendantOf: 'readKeyOrigin',
  },
  KEY_EXPIRY_WARNING: { ...KEY, warningId: 'open', threshold: 'open', expiresAt: 'open', cause: 'open' },
  KEY_EXPIRED: { ...KEY, expiresAt: 'open' },
  KEY_LEAKED: { ...KEY, ...LEAK, hint: 'open', tokenId: 'open' },
  RETIRED_SECRET_USED: { ...KEY, revoked: 'open', suspended: 'open', count: 'open' },
  EXPIRY_WARNING_ACKNOWLEDGED: { ...KEY, warningId: 'open' },
  TOKEN_ISSUED: { ...TOKEN, scope: 'open', audience: 'open' },
  TOKEN_REVOKED: TOKEN,
  KEY_TOKENS_INVALIDATED: { cause: 'open', tokenId: 'open', issuedBefore: 'open' },
  ACCESS_DENIED: {
    ...KEY,
    reason: 'open',
    code: 'open',
    field: 'open',
    required: 'open',
    count: 'open',
    omitted: 'open',
    since: 'open',
    until: 'open',
  },
  SESSION_STARTED: { userId: 'open', expiresAt: 'open' },
  SESSION_ENDED: { userId: 'open', reason: 'open', ...LEAK },
  NOTIFICATION_ROUTE_CREATED: { channel: 'open' },
  NOTIFICATION_ROUTE_UPDATED: { changes: 'open', disabledReason: 'open' },
  NOTIFICATION_ROUTE_DELETED: {},
  SIGNING_KEY_ROTATED: { keyId: 'open', algorithm: 'open' },
} as const satisfies Readers
