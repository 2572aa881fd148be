import type { Cause } from '../../audit/audit-event.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import { keyRevoked } from '../../audit/events/key-events.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyRow } from '../key.entity.ts'

/** Largest number of keys that one transaction revokes. */
export const MOST_REVOKED_AT_ONCE = 10_000

/** Appends the revocation of each key to the audit log of its organization. */
export const appendRevocations = async (
  log: AuditLog,
  writer: Writer,
  keys: readonly KeyRow[],
  cause: Cause,
  detailsOf: (key: KeyRow) => Parameters<typeof keyRevoked>[1],
): Promise<void> => {
  // Every writer locks the heads of audit logs in the order of their organizations, so that two writers cannot deadlock.
  const organizations = [...new Set(keys.map((key) => key.organizationId))].sort()
  for (const id of organizations) {
    const own = keys.filter((key) => key.organizationId === id)
    await log.appendAll(
      writer,
      id,
      own.map((key) => ({ cause, draft: keyRevoked(key, detailsOf(key)) })),
    )
  }
}
