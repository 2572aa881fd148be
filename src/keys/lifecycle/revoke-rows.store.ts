import { In, IsNull } from 'typeorm'
import { instantText } from '../../persistence/columns.ts'
import type { Writer } from '../../persistence/database.ts'
import { KeyEntity } from '../key.entity.ts'
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
    const ids = sorted.slice(start, start + IDS_A_STATEMENT)
    const query = writer.manager
      .createQueryBuilder(KeyEntity, 'key')
      .select(['key.id'])
      .where({ id: In(ids), revokedAt: IsNull() })
      .orderBy('key.id')
    const open = (await writer.lock(query).getMany()).map((key) => key.id)
    if (open.length === 0) continue
    await writer.query(
      `UPDATE keys SET revoked_at = ?, revocation_reason = ?, active_name = NULL, due_at = NULL
       WHERE id IN (${open.map(() => '?').join(', ')})`,
      [instantText(now), reason, ...open],
    )
    await retireSecrets(writer, open, now)
    revoked.push(...open)
  }
  return revoked
}
