import { instantText } from '../../kernel/instant.ts'
import { anyOf } from '../../persistence/any-of.ts'
import type { Writer } from '../../persistence/database.ts'

/** Suspends keys that are not revoked. No suspender is stored, so only managers can resume them. */
export const suspendRows = async (writer: Writer, ids: readonly string[], now: Date): Promise<void> => {
  if (ids.length === 0) return
  const { condition, parameter } = anyOf(writer, ids)
  await writer.query(
    `UPDATE keys SET suspended_at = ?, suspended_by_id = NULL WHERE id ${condition} AND revoked_at IS NULL`,
    [instantText(now), parameter],
  )
}
