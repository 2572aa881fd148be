import { IsNull, Not } from 'typeorm'
import { instantText } from '../kernel/instant.ts'
import { anyOf } from '../persistence/any-of.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { mappingOf, type RowMapping } from '../persistence/row-mapping.ts'
import { KeySecretEntity, type KeySecretRow } from './key.entity.ts'

const SECRETS = mappingOf(KeySecretEntity)

/** A secret, and the organization of its key. */
export interface FoundSecret {
  readonly id: string
  readonly hash: string
  readonly keyId: string
  readonly organizationId: string
}

const FOUND_COLUMNS = ['id', 'hash', 'key_id', 'organization_id'] as const
const FOUND: RowMapping<FoundSecret> = {
  columns: FOUND_COLUMNS.join(', '),
  names: FOUND_COLUMNS,
  rowOf: ([id, hash, keyId, organizationId]) => ({
    id: String(id),
    hash: String(hash),
    keyId: String(keyId),
    organizationId: String(organizationId),
  }),
}

/** The secrets with any of the hashes: one query, however many hashes there are. */
export const findSecretsByHashes = async (reader: Reader, hashes: readonly string[]): Promise<FoundSecret[]> => {
  if (hashes.length === 0) return []
  const { condition, parameter } = anyOf(reader, hashes)
  return reader.rows(
    FOUND,
    `FROM (SELECT secret.id, secret.hash, secret.key_id, keys.organization_id FROM key_secrets secret
     JOIN keys ON keys.id = secret.key_id WHERE secret.hash ${condition}) AS found`,
    [parameter],
  )
}

/** The secrets of keys, newest first. */
export const listSecrets = async (reader: Reader, keyIds: readonly string[]): Promise<KeySecretRow[]> => {
  if (keyIds.length === 0) return []
  const { condition, parameter } = anyOf(reader, keyIds)
  return reader.rows(SECRETS, `FROM key_secrets WHERE key_id ${condition} ORDER BY created_at DESC, id DESC`, [
    parameter,
  ])
}

/** The current and retiring secrets: at most two. */
export const listLiveSecrets = (reader: Reader, keyId: string): Promise<KeySecretRow[]> =>
  reader.rows(SECRETS, `FROM key_secrets WHERE key_id = ? AND state <> 'RETIRED'`, [keyId])

export const insertSecret = async (writer: Writer, secret: KeySecretRow): Promise<void> => {
  await writer.manager.insert(KeySecretEntity, secret)
}

export const updateSecret = async (writer: Writer, id: string, change: Partial<KeySecretRow>): Promise<void> => {
  await writer.manager.update(KeySecretEntity, { id }, change)
}

/** Stores the first use of a secret that starts an overlap; false if it was already stored. */
export const noteOverlapBegun = async (writer: Writer, secretId: string): Promise<boolean> =>
  (
    await writer.manager.update(
      KeySecretEntity,
      { id: secretId, state: 'CURRENT', overlapFromFirstUse: Not(IsNull()) },
      { overlapFromFirstUse: null },
    )
  ).affected === 1

/** Stores that a current secret was used for the first time; false if it was used before, or is no longer current. */
export const noteFirstUseOf = async (writer: Writer, secretId: string, now: Date): Promise<boolean> =>
  (
    await writer.manager.update(
      KeySecretEntity,
      { id: secretId, state: 'CURRENT', lastUsedAt: IsNull() },
      { lastUsedAt: now },
    )
  ).affected === 1

/** Retires every secret of the keys. */
export const retireSecrets = async (writer: Writer, keyIds: readonly string[], now: Date): Promise<void> => {
  if (keyIds.length === 0) return
  const { condition, parameter } = anyOf(writer, keyIds)
  await writer.query(
    `UPDATE key_secrets SET state = 'RETIRED', valid_until = ? WHERE key_id ${condition} AND state <> 'RETIRED'`,
    [instantText(now), parameter],
  )
}
