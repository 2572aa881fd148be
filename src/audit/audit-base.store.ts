import { BEGINNING, type VerifiedPosition } from '../audit-chain/chain-position.ts'
import { GENESIS_HASH } from '../audit-chain/hashed-event.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { findHash, sequenceAt } from './audit.store.ts'
import { AuditBaseEntity, type AuditBaseRow } from './audit-base.entity.ts'

export const findBaseRow = (reader: Reader, organizationId: string): Promise<AuditBaseRow | null> =>
  reader.manager.findOneBy(AuditBaseEntity, { organizationId })

/** The archived part of a log, by type: the sequence of its last event; null if nothing was archived. */
export const findArchived = async (
  reader: Reader,
  organizationId: string,
): Promise<Pick<AuditBaseRow, 'sequence' | 'archivedTypes'> | null> => {
  const [row] = await reader.query<{ sequence: string | number; archived_types: string }>(
    'SELECT sequence, archived_types FROM audit_bases WHERE organization_id = ?',
    [organizationId],
  )
  return row === undefined ? null : { sequence: Number(row.sequence), archivedTypes: JSON.parse(row.archived_types) }
}

/** The position behind which an audit log begins: that of its last archived event, or the beginning. */
export const findBase = async (reader: Reader, organizationId: string): Promise<VerifiedPosition> => {
  const [row] = await reader.query<{ sequence: string | number; hash: string }>(
    'SELECT sequence, hash FROM audit_bases WHERE organization_id = ?',
    [organizationId],
  )
  return row === undefined ? BEGINNING : { sequence: Number(row.sequence), hash: row.hash }
}

/** The base, locked until the transaction ends; null if nothing was archived. */
export const lockBase = (writer: Writer, organizationId: string): Promise<AuditBaseRow | null> =>
  writer.lock(writer.manager.createQueryBuilder(AuditBaseEntity, 'base').where({ organizationId })).getOne()

/** Moves the base of a log. Everything up to it disappears for readers, and may be deleted. */
export const saveBase = async (writer: Writer, row: AuditBaseRow, isFirst: boolean): Promise<void> => {
  if (isFirst) await writer.manager.insert(AuditBaseEntity, row)
  else await writer.manager.update(AuditBaseEntity, { organizationId: row.organizationId }, row)
}

/** Deletes archived rows of a log up to a sequence, and records that they are gone. */
export const deleteArchived = async (writer: Writer, base: AuditBaseRow, upTo: number): Promise<void> => {
  const { organizationId, deletedTo } = base
  const range = [organizationId, deletedTo, upTo]
  const where = 'organization_id = ? AND sequence > ? AND sequence <= ?'
  const rows = await writer.query(`SELECT 1 FROM audit_events WHERE ${where} LIMIT 1`, range)
  if (rows.length > 0) await writer.query(`DELETE FROM audit_events WHERE ${where}`, range)
  await writer.manager.update(AuditBaseEntity, { organizationId }, { deletedTo: upTo })
}

/** Logs with archived rows that are still to be deleted, in the order of their ids. */
export const listUndeleted = async (reader: Reader): Promise<string[]> => {
  const rows = await reader.query<{ organization_id: string }>(
    'SELECT organization_id FROM audit_bases WHERE deleted_to < sequence ORDER BY organization_id',
  )
  return rows.map((row) => row.organization_id)
}

/**
 * The hash of a log at a sequence: `archived` before its base, null if there is no such event. Rows are deleted after the
 * base has moved, so the event is read first.
 */
export const hashAt = async (
  reader: Reader,
  organizationId: string,
  sequence: number,
): Promise<string | 'archived' | null> => {
  if (sequence === 0) return GENESIS_HASH
  const found = await findHash(reader, organizationId, sequence)
  if (found !== null) return found
  const base = await findBase(reader, organizationId)
  if (sequence === base.sequence) return base.hash
  return sequence < base.sequence ? 'archived' : null
}

/** The sequence of the last event before an instant; that of the last archived event if the log has none. */
export const sequenceBefore = async (reader: Reader, organizationId: string, instant: Date): Promise<number> =>
  Math.max(
    (await findBase(reader, organizationId)).sequence,
    (await sequenceAt(reader, organizationId, 'before', instant)) ?? 0,
  )
