import type { AuditEventType } from './event-types.ts'

/** The description of each event type in the schema. */
export const EVENT_DESCRIPTIONS: Readonly<Record<AuditEventType, string>> = {
  ORGANIZATION_CREATED: 'An organization was created.',
  ORGANIZATION_UPDATED: 'The name, the slug or the audit retention of an organization was changed.',
  POLICY_UPDATED: 'A key policy was changed. `details` lists the keys that no longer conform.',
  MODULE_DEFINED: 'A module was defined.',
  MODULE_REMOVED: 'A module was removed.',
  PROJECT_CREATED: 'A project was created.',
  AUDIT_EVENTS_ARCHIVED:
    'Old events were written to an archive and removed from the audit log. `details` contains their range, the hash of the last of them, and the file with its SHA-256.',
  MEMBER_INVITED: 'A person was invited, or an invitation was withdrawn.',
  MEMBER_JOINED: 'A person became a member.',
  MEMBER_UPDATED: 'The grants of a member were changed.',
  MEMBER_REMOVED: 'A member was removed. `details` lists the personal access keys that were revoked as a result.',
  KEY_CREATED: 'A key was created.',
  KEY_UPDATED: 'A key was changed. `details` contains the old and new value of each changed field.',
  KEY_ROTATED: 'A key received a new secret.',
  KEY_ROTATION_COMPLETED: 'The old secret of a rotation was retired.',
  KEY_ROTATION_CANCELLED: 'A rotation was cancelled. The old secret is the current one again.',
  KEY_SUSPENDED: 'A key was suspended.',
  KEY_RESUMED: 'A suspended key was resumed.',
  KEY_REVOKED: 'A key was revoked. This cannot be undone.',
  KEY_EXPIRY_WARNING: 'A key is about to expire.',
  KEY_EXPIRED: 'A key expired.',
  RETIRED_SECRET_USED: 'A secret was used after a rotation had retired it.',
  KEY_LEAKED:
    'A secret or an access token of a key was found in a public place. `details` contains the place and who reported it.',
  EXPIRY_WARNING_ACKNOWLEDGED: 'An expiry warning was acknowledged.',
  TOKEN_ISSUED: 'An access token was issued.',
  TOKEN_REVOKED: 'An access token was revoked before it expired.',
  KEY_TOKENS_INVALIDATED:
    'Access tokens for this organization ended or lost grants because of a change in another organization. `details` contains the type of that event.',
  ACCESS_DENIED: 'A request was denied. Identical denials within a minute are counted in one event.',
  SESSION_STARTED: 'A person signed in to the console.',
  SESSION_ENDED: 'A console session ended. `details` contains why.',
  NOTIFICATION_ROUTE_CREATED: 'A notification route was created.',
  NOTIFICATION_ROUTE_UPDATED: 'A notification route was changed, or disabled because its deliveries failed.',
  NOTIFICATION_ROUTE_DELETED: 'A notification route was deleted.',
  SIGNING_KEY_ROTATED: 'The key that signs access tokens was rotated.',
}
