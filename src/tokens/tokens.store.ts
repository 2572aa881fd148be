import { LessThanOrEqual, MoreThan } from 'typeorm'
import { anyOf } from '../persistence/any-of.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { insertRows } from '../persistence/insert-rows.ts'
import { RevokedTokenEntity, type RevokedTokenRow, SigningKeyEntity, type SigningKeyRow } from './signing-key.entity.ts'

export const listSigningKeys = (reader: Reader): Promise<SigningKeyRow[]> =>
  reader.manager.find(SigningKeyEntity, { order: { createdAt: 'ASC', id: 'ASC' } })

/** Locks the signing keys for a change until the transaction ends. */
export const lockSigningKeys = async (writer: Writer): Promise<SigningKeyRow[]> => {
  if (writer.engine === 'postgres') await writer.query('LOCK TABLE signing_keys IN EXCLUSIVE MODE')
  return listSigningKeys(writer)
}

export const insertSigningKey = async (writer: Writer, row: SigningKeyRow): Promise<void> => {
  await writer.manager.insert(SigningKeyEntity, row)
}

export const updateSigningKey = async (writer: Writer, id: string, change: Partial<SigningKeyRow>): Promise<void> => {
  await writer.manager.update(SigningKeyEntity, { id }, change)
}

export const deleteSigningKey = async (writer: Writer, id: string): Promise<void> => {
  await writer.manager.delete(SigningKeyEntity, { id })
}

/** Those of the ids that are of revoked tokens. */
export const findRevokedTokens = async (reader: Reader, ids: readonly string[]): Promise<ReadonlySet<string>> => {
  if (ids.length === 0) return new Set()
  const { condition, parameter } = anyOf(reader, ids)
  const rows = await reader.query<{ id: string }>(`SELECT id FROM revoked_tokens WHERE id ${condition}`, [parameter])
  return new Set(rows.map(({ id }) => id))
}

/** Records that tokens were revoked. Their keys must be locked. Returns the ids of those that were not revoked before. */
export const insertRevokedTokens = async (
  writer: Writer,
  rows: readonly RevokedTokenRow[],
): Promise<ReadonlySet<string>> => {
  const known = await findRevokedTokens(
    writer,
    rows.map(({ id }) => id),
  )
  const added = rows.filter(({ id }) => !known.has(id))
  await insertRows(writer, RevokedTokenEntity, added)
  return new Set(added.map(({ id }) => id))
}

/** Lists revoked tokens that have not expired, at most so many. */
export const listRevokedTokens = (reader: Reader, now: Date, limit: number): Promise<RevokedTokenRow[]> =>
  reader.manager.find(RevokedTokenEntity, { where: { expiresAt: MoreThan(now) }, take: limit })

export const isTokenRevoked = (reader: Reader, id: string): Promise<boolean> =>
  reader.manager.existsBy(RevokedTokenEntity, { id })

/** Deletes revoked tokens that had expired by an instant. */
export const deleteExpiredTokens = async (writer: Writer, expiredBy: Date): Promise<void> => {
  await writer.manager.delete(RevokedTokenEntity, { expiresAt: LessThanOrEqual(expiredBy) })
}

/** The oldest root organization. Its audit log contains the events about the whole service. */
export const findFirstOrganization = async (reader: Reader): Promise<string | null> => {
  const [row] = await reader.query<{ id: string }>(
    'SELECT id FROM organizations WHERE parent_id IS NULL ORDER BY created_at, id LIMIT 1',
  )
  return row?.id ?? null
}
