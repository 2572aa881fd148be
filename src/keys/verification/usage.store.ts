import { instantText } from '../../kernel/instant.ts'
import type { Writer } from '../../persistence/database.ts'
import { newestAddresses } from '../key.ts'

/** The use of a key since its last use was written. */
export interface KeyUse {
  readonly at: Date
  /** Newest first. */
  readonly addresses: readonly string[]
  /** Last use of each secret, by its id. */
  readonly secrets: ReadonlyMap<string, Date>
}

/** Adds a use to what is stored of the key and its secrets. An older use does not replace a newer one. */
export const addUse = async (writer: Writer, keyId: string, use: KeyUse): Promise<void> => {
  const [row] = await writer.query<{ last_used_from: string }>(
    `SELECT last_used_from FROM keys WHERE id = ?${writer.forUpdate}`,
    [keyId],
  )
  if (row === undefined) return
  const addresses = newestAddresses(use.addresses, JSON.parse(row.last_used_from))
  await writer.query(
    `UPDATE keys SET last_used_from = ?,
       last_used_at = CASE WHEN last_used_at > ? THEN last_used_at ELSE ? END WHERE id = ?`,
    [JSON.stringify(addresses), instantText(use.at), instantText(use.at), keyId],
  )
  for (const [secretId, at] of use.secrets)
    await writer.query('UPDATE key_secrets SET last_used_at = ? WHERE id = ?', [instantText(at), secretId])
}
