import { In, IsNull } from 'typeorm'
import { instantText } from '../kernel/instant.ts'
import { anyOf } from '../persistence/any-of.ts'
import type { Conditions } from '../persistence/conditions.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { insertRows } from '../persistence/insert-rows.ts'
import { mappingOf } from '../persistence/row-mapping.ts'
import { KeyEntity, type KeyRow, KeySecretEntity, type KeySecretRow } from './key.entity.ts'

export const insertKeys = async (
  writer: Writer,
  keys: readonly KeyRow[],
  secrets: readonly KeySecretRow[],
): Promise<void> => {
  await insertRows(writer, KeyEntity, keys)
  await insertRows(writer, KeySecretEntity, secrets)
}

/** How keys are read. */
export const KEYS = mappingOf(KeyEntity)
const OWNERS = mappingOf(KeyEntity, ['id', 'organizationId'])

export const findKeys = async (reader: Reader, ids: readonly string[]): Promise<KeyRow[]> => {
  if (ids.length === 0) return []
  const { condition, parameter } = anyOf(reader, ids)
  return reader.rows(KEYS, `FROM keys WHERE id ${condition}`, [parameter])
}

/** The organization of each key, by the key's id. */
export const findOrganizationsOfKeys = async (
  reader: Reader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  if (ids.length === 0) return new Map()
  const { condition, parameter } = anyOf(reader, ids)
  const rows = await reader.rows(OWNERS, `FROM keys WHERE id ${condition}`, [parameter])
  return new Map(rows.map(({ id, organizationId }) => [id, organizationId]))
}

export const findKey = async (reader: Reader, id: string): Promise<KeyRow | null> =>
  (await findKeys(reader, [id]))[0] ?? null

/** The keys, in the order of their ids. */
export const findKeysInOrder = async (reader: Reader, ids: readonly string[]): Promise<KeyRow[]> =>
  (await findKeys(reader, ids)).sort((a, b) => (a.id < b.id ? -1 : 1))

/** The key, locked until the transaction ends. */
export const lockKey = (writer: Writer, id: string): Promise<KeyRow | null> =>
  writer.lock(writer.manager.createQueryBuilder(KeyEntity, 'key').where({ id })).getOne()

/** Several keys, locked until the transaction ends in the order of their ids. */
export const lockKeys = (writer: Writer, ids: readonly string[]): Promise<KeyRow[]> => {
  const { condition, parameter } = anyOf(writer, ids)
  return writer.rows(KEYS, `FROM keys WHERE id ${condition} ORDER BY id${writer.forUpdate}`, [parameter])
}

/** The keys that the conditions on the rows `key` select, locked until the transaction ends in the order of their ids. */
export const lockSelected = (writer: Writer, selected: Conditions, limit: number): Promise<KeyRow[]> =>
  writer.rows(
    KEYS,
    `FROM keys key WHERE ${selected.text} ORDER BY key.id LIMIT ${limit}${writer.forUpdate}`,
    selected.parameters,
  )

/**
 * Locks keys that others are created with until the transaction ends. Returns those that are neither revoked nor suspended.
 *
 * @param ids in their order, as every writer locks keys
 */
export const lockCreators = async (writer: Writer, ids: readonly string[]): Promise<ReadonlySet<string>> => {
  if (ids.length === 0) return new Set()
  const rows = await writer.query<{ id: string }>(
    `SELECT id FROM keys WHERE id IN (${ids.map(() => '?').join(', ')}) AND revoked_at IS NULL AND suspended_at IS NULL
     ORDER BY id${writer.engine === 'postgres' ? ' FOR SHARE' : ''}`,
    ids,
  )
  return new Set(rows.map(({ id }) => id))
}

/** Changes a key that is not revoked; false if it is. */
export const updateKey = async (writer: Writer, id: string, change: Partial<KeyRow>): Promise<boolean> =>
  (await writer.manager.update(KeyEntity, { id, revokedAt: IsNull() }, change as object)).affected === 1

/** Frees a name that is only held by expired keys. */
export const releaseExpiredName = async (writer: Writer, nameScope: string, name: string, now: Date): Promise<void> => {
  await writer.query(
    'UPDATE keys SET active_name = NULL WHERE name_scope = ? AND active_name = ? AND expires_at <= ?',
    [nameScope, name, instantText(now)],
  )
}

/** Those of the names that are taken in the scope. */
export const listTakenNames = async (
  reader: Reader,
  nameScope: string,
  names: readonly string[],
): Promise<string[]> => {
  const { condition, parameter } = anyOf(reader, names)
  const rows = await reader.query<{ active_name: string }>(
    `SELECT active_name FROM keys WHERE name_scope = ? AND active_name ${condition}`,
    [nameScope, parameter],
  )
  return rows.map((row) => row.active_name)
}

/** Personal access keys of a person in any of the organizations that are not revoked. */
export const listLivePersonalKeys = (
  reader: Reader,
  ownerId: string,
  organizationIds: readonly string[],
): Promise<KeyRow[]> =>
  reader.manager.find(KeyEntity, {
    where: { ownerId, organizationId: In([...organizationIds]), revokedAt: IsNull() },
    order: { id: 'ASC' },
  })

/** A person's personal access keys, newest first. */
export const lockPersonalKeys = (writer: Writer, ownerId: string): Promise<KeyRow[]> =>
  writer
    .lock(writer.manager.createQueryBuilder(KeyEntity, 'key'))
    .where('key.ownerId = :ownerId AND key.revokedAt IS NULL', { ownerId })
    .orderBy('key.id')
    .getMany()

export const listPersonalKeys = (reader: Reader, ownerId: string): Promise<KeyRow[]> =>
  reader.manager.find(KeyEntity, { where: { ownerId }, order: { createdAt: 'DESC', id: 'DESC' } })

/** Makes the organizations' keys due for the sweeper now, because their due times have changed. */
export const makeDue = async (writer: Writer, organizationIds: readonly string[], now: Date): Promise<void> => {
  const open = `organization_id IN (${organizationIds.map(() => '?').join(', ')})
    AND revoked_at IS NULL AND expiry_recorded_at IS NULL`
  // An UPDATE locks rows in any order. Several keys must be locked in the order of their ids, or transactions deadlock.
  const rows = writer.engine === 'postgres' ? `id IN (SELECT id FROM keys WHERE ${open} ORDER BY id FOR UPDATE)` : open
  await writer.query(`UPDATE keys SET due_at = ? WHERE ${rows}`, [instantText(now), ...organizationIds])
}

/** Whether a person has an active key that was used. */
export const hasKeyInUse = async (reader: Reader, ownerId: string, now: Date): Promise<boolean> => {
  const rows = await reader.query(
    `SELECT 1 FROM keys WHERE owner_id = ? AND revoked_at IS NULL AND suspended_at IS NULL
       AND last_used_at IS NOT NULL AND (expires_at IS NULL OR expires_at > ?) LIMIT 1`,
    [ownerId, instantText(now)],
  )
  return rows.length > 0
}
