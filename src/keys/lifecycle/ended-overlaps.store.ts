import { instantText } from '../../kernel/instant.ts'
import { anyOf } from '../../persistence/any-of.ts'
import type { Writer } from '../../persistence/database.ts'
import { jsonElements } from '../../persistence/json-elements.ts'

/** A key whose old secret is retired, and what is due next for the key. */
export interface EndedOverlap {
  readonly keyId: string
  readonly secretId: string
  readonly dueAt: Date | null
}

/** Retires the old secrets of rotations. Keys that are revoked already keep what they have. */
export const storeEndedOverlaps = async (writer: Writer, ended: readonly EndedOverlap[], now: Date): Promise<void> => {
  const retiring = anyOf(
    writer,
    ended.map(({ secretId }) => secretId),
  )
  await writer.query(`UPDATE key_secrets SET state = 'RETIRED', valid_until = ? WHERE id ${retiring.condition}`, [
    instantText(now),
    retiring.parameter,
  ])
  const keys = anyOf(
    writer,
    ended.map(({ keyId }) => keyId),
  )
  // The new secrets no longer have an overlap to begin.
  await writer.query(
    `UPDATE key_secrets SET overlap_from_first_use = NULL
     WHERE key_id ${keys.condition} AND state <> 'RETIRED' AND overlap_from_first_use IS NOT NULL`,
    [keys.parameter],
  )
  await writer.query(
    `UPDATE keys SET previous_expires_at = NULL, previous_lifetime_from = NULL, due_at = given.due_at
     FROM (SELECT value->>0 AS id, value->>1 AS due_at FROM ${jsonElements(writer.engine)}) AS given
     WHERE keys.id = given.id AND keys.revoked_at IS NULL`,
    [JSON.stringify(ended.map(({ keyId, dueAt }) => [keyId, dueAt === null ? null : instantText(dueAt)]))],
  )
}
