import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { EventDraft } from '../audit/events/event-types.ts'
import type { KeySubject } from '../audit/events/key-subject.ts'
import { tokenRevoked } from '../audit/events/token-events.ts'
import { groupedBy } from '../kernel/grouped-by.ts'
import { lockKeys } from '../keys/keys.store.ts'
import type { Writer } from '../persistence/database.ts'
import type { AccessTokenClaims } from './access-token.ts'
import { insertRevokedTokens } from './tokens.store.ts'

/** What is known of an access token that is revoked. */
export interface EndingToken {
  readonly id: string
  readonly keyId: string
  /** The organization that it is for. */
  readonly organizationId: string
  readonly expiresAt: Date
}

export const endingTokenOf = ({ jti, client_id, org, exp }: AccessTokenClaims): EndingToken => ({
  id: jti,
  keyId: client_id,
  organizationId: org,
  expiresAt: new Date(exp * 1000),
})

export interface TokenRevocation {
  readonly token: EndingToken
  /** The event that says why, before the one of the revocation; null for none. */
  readonly reason: ((key: KeySubject) => EventDraft) | null
}

/**
 * Revokes access tokens, each with its event in the audit log of its key's organization, part of the caller's transaction.
 * Those that were revoked before change nothing.
 */
export const revokeTokens = async (
  writer: Writer,
  log: AuditLog,
  cause: Cause,
  revocations: readonly TokenRevocation[],
): Promise<void> => {
  // Of two concurrent revocations of a token, one records the event.
  const locked = await lockKeys(writer, [...new Set(revocations.map(({ token }) => token.keyId))])
  const keys = new Map(locked.map((key) => [key.id, key]))
  const rows = revocations.map(({ token: { id, keyId, expiresAt } }) => ({ id, keyId, expiresAt }))
  const inserted = await insertRevokedTokens(writer, rows)
  const made = revocations.flatMap(({ token, reason }) => {
    const key = inserted.has(token.id) ? keys.get(token.keyId) : undefined
    if (key === undefined) return []
    const drafts = [...(reason === null ? [] : [reason(key)]), tokenRevoked(key, token)]
    return drafts.map((draft) => ({ organizationId: key.organizationId, entry: { cause, draft } }))
  })
  const byOrganization = groupedBy(made, ({ organizationId }) => organizationId)
  await log.appendToEach(writer, new Map([...byOrganization].map(([id, own]) => [id, own.map(({ entry }) => entry)])))
}
