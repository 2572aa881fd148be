import { instantText } from '../../kernel/instant.ts'
import { anyOf } from '../../persistence/any-of.ts'
import type { Writer } from '../../persistence/database.ts'
import { jsonElements } from '../../persistence/json-elements.ts'
import { newestAddresses } from '../key.ts'

/** The last use of a secret, in milliseconds since the epoch. */
export interface SecretUse {
  readonly id: string
  readonly at: number
}

/** The use of a key since its last use was written. `at` in milliseconds since the epoch. */
export interface KeyUse {
  readonly at: number
  /** Newest first. */
  readonly addresses: readonly string[]
  readonly secrets: readonly SecretUse[]
}

const textOf = (at: number): string => instantText(new Date(at))

/**
 * Adds uses to what is stored of the keys and their secrets, in three statements however many there are. An older use does not
 * replace a newer one. Keys that do not exist are left out.
 */
export const addUses = async (writer: Writer, uses: ReadonlyMap<string, KeyUse>): Promise<void> => {
  const { condition, parameter } = anyOf(writer, [...uses.keys()])
  // Locked in the order of their ids: two instances that write the uses of the same keys could deadlock otherwise.
  const stored = await writer.query<{ id: string; last_used_from: string }>(
    `SELECT id, last_used_from FROM keys WHERE id ${condition} ORDER BY id${writer.forUpdate}`,
    [parameter],
  )
  const keys: string[][] = []
  const secrets: string[][] = []
  for (const { id, last_used_from } of stored) {
    const use = uses.get(id)
    if (use === undefined) continue
    keys.push([id, textOf(use.at), JSON.stringify(newestAddresses(use.addresses, JSON.parse(last_used_from)))])
    for (const secret of use.secrets) secrets.push([secret.id, textOf(secret.at)])
  }
  if (keys.length === 0) return
  const given = jsonElements(writer.engine)
  await writer.query(
    `UPDATE keys SET last_used_from = used.addresses,
       last_used_at = CASE WHEN last_used_at > used.at THEN last_used_at ELSE used.at END
     FROM (SELECT value->>0 AS id, value->>1 AS at, value->>2 AS addresses FROM ${given}) AS used
     WHERE keys.id = used.id`,
    [JSON.stringify(keys)],
  )
  if (secrets.length === 0) return
  await writer.query(
    `UPDATE key_secrets SET last_used_at = CASE WHEN last_used_at > used.at THEN last_used_at ELSE used.at END
     FROM (SELECT value->>0 AS id, value->>1 AS at FROM ${given}) AS used WHERE key_secrets.id = used.id`,
    [JSON.stringify(secrets)],
  )
}
