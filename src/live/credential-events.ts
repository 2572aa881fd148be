import type { AuditFeed } from './audit-feed.ts'

/** Events of a key after which its secrets and tokens may be invalid, or have fewer rights. */
const KEY_EVENTS = [
  'KEY_UPDATED',
  'KEY_ROTATED',
  'KEY_ROTATION_COMPLETED',
  'KEY_ROTATION_CANCELLED',
  'KEY_SUSPENDED',
  'KEY_RESUMED',
  'KEY_REVOKED',
  'KEY_EXPIRED',
] as const

/**
 * Calls back for each event that may change what a credential may do, with the id of the key, user, session or token that it
 * is about; null if the event does not name one. Events about policies and organizations change no credential.
 */
export const onCredentialEvent = (feed: Pick<AuditFeed, 'on'>, handler: (subjectId: string | null) => void): void => {
  feed.on(KEY_EVENTS, ({ targetId }) => handler(targetId))
  feed.on(['MEMBER_JOINED', 'MEMBER_UPDATED', 'MEMBER_REMOVED'], ({ details }) => handler(details?.userId ?? null))
  feed.on(['SESSION_ENDED'], ({ targetId }) => handler(targetId))
  feed.on(['TOKEN_REVOKED'], ({ details }) => handler(details?.tokenId ?? null))
}
