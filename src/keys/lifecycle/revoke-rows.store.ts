import { instantText } from '../../kernel/instant.ts'
import { anyOf } from '../../persistence/any-of.ts'
import type { Writer } from '../../persistence/database.ts'
import type { RevocationReason } from '../key.ts'
import { retireSecrets } from '../key-secrets.store.ts'

/** Largest number of ids in one statement. */
const IDS_A_STATEMENT = 500

/**
 * Revokes the keys that are not revoked yet, retires their secrets and frees their names. Returns the ids of the keys that
 * this call revoked. The caller appends their events.
 */
export const revokeRows = async (
  writer: Writer,
  keyIds: readonly string[],
  reason: RevocationReason,
  now: Date,
): Promise<string[]> => {
  const revoked: string[] = []
  const sorted = [...keyIds].sort()
  for (let start = 0; start < sorted.length; start += IDS_A_STATEMENT) {
    const open = await lockUnrevoked(writer, sorted.slice(start, start + IDS_A_STATEMENT))
    if (open.length === 0) continue
    const { condition, parameter } = anyOf(writer, open)
    await writer.query(
      `UPDATE keys SET revoked_at = ?, revocation_reason = ?, active_name = NULL, due_at = NULL WHERE id ${condition}`,
      [instantText(now), reason, parameter],
    )
    await retireSecrets(writer, open, now)
    revoked.push(...open)
  }
  return revoked
}

/** Those of the keys that are not revoked, locked in the order of their ids. */
const lockUnrevoked = async (writer: Writer, ids: readonly string[]): Promise<string[]> => {
  const { condition, parameter } = anyOf(writer, ids)
  const rows = await writer.query<{ id: string }>(
    `SELECT id FROM keys WHERE id ${condition} AND revoked_at IS NULL
     ORDER BY id${writer.forUpdate}`,
    [parameter],
  )
  return rows.map(({ id }) => id)
}
