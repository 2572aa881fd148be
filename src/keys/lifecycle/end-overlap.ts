import { anyOf } from '../../persistence/any-of.ts'
import { instantText } from '../../persistence/columns.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyPolicy } from '../../policies/key-policy.ts'
import type { KeyRow, KeySecretRow } from '../key.entity.ts'
import { listLiveSecrets, updateSecret } from '../key-secrets.store.ts'
import { dueAtOf } from './warning-plan.ts'

/**
 * Retires the old secret of a rotation now, part of the caller's transaction. Returns the change of the key that the caller
 * stores; its event is `rotationCompleted`.
 */
export const endOverlap = async (
  writer: Writer,
  key: KeyRow,
  retiring: KeySecretRow,
  policy: KeyPolicy,
  now: Date,
): Promise<Pick<KeyRow, 'previousExpiresAt' | 'previousLifetimeFrom' | 'dueAt'>> => {
  await updateSecret(writer, retiring.id, { state: 'RETIRED', validUntil: now })
  // The new secret no longer has an overlap to begin.
  for (const secret of await listLiveSecrets(writer, key.id))
    if (secret.overlapFromFirstUse !== null) await updateSecret(writer, secret.id, { overlapFromFirstUse: null })
  return { previousExpiresAt: null, previousLifetimeFrom: null, dueAt: dueAtOf(key, policy, null) }
}

/** A key whose rotation ends, and its old secret. */
export interface EndingOverlap {
  readonly key: KeyRow
  readonly retiring: KeySecretRow
  readonly policy: KeyPolicy
}

/** As `endOverlap`, for many keys, which it stores. */
export const endOverlaps = async (writer: Writer, endings: readonly EndingOverlap[], now: Date): Promise<void> => {
  if (endings.length === 0) return
  const secrets = anyOf(
    writer,
    endings.map(({ retiring }) => retiring.id),
  )
  const keys = anyOf(
    writer,
    endings.map(({ key }) => key.id),
  )
  await writer.query(`UPDATE key_secrets SET state = 'RETIRED', valid_until = ? WHERE id ${secrets.condition}`, [
    instantText(now),
    secrets.parameter,
  ])
  await writer.query(
    `UPDATE key_secrets SET overlap_from_first_use = NULL
     WHERE key_id ${keys.condition} AND state <> 'RETIRED' AND overlap_from_first_use IS NOT NULL`,
    [keys.parameter],
  )
  const due = endings.map(({ key, policy }) => {
    const dueAt = dueAtOf(key, policy, null)
    return [key.id, dueAt === null ? null : instantText(dueAt)]
  })
  const given = writer.engine === 'sqlite' ? 'json_each(?)' : 'jsonb_array_elements(?::jsonb)'
  await writer.query(
    `UPDATE keys SET previous_expires_at = NULL, previous_lifetime_from = NULL, due_at = given.due_at
     FROM (SELECT value->>0 AS id, value->>1 AS due_at FROM ${given}) AS given
     WHERE keys.id = given.id AND keys.revoked_at IS NULL`,
    [JSON.stringify(due)],
  )
}
