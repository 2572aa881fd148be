import type { Reader, Writer } from '../persistence/database.ts'
import {
  AuditCheckpointEntity,
  type AuditCheckpointRow,
  CheckpointKeyEntity,
  type CheckpointKeyRow,
} from './checkpoint.entity.ts'

export const findNewestCheckpoint = (reader: Reader, organizationId: string): Promise<AuditCheckpointRow | null> =>
  reader.manager.findOne(AuditCheckpointEntity, { where: { organizationId }, order: { number: 'DESC' } })

/**
 * A checkpoint of a log between two sequences: the newest that leaves at most so many events before it, or the oldest where
 * all leave more; null if there is none.
 */
export const findCheckpointWithin = async (
  reader: Reader,
  organizationId: string,
  { after, upTo, most }: { readonly after: number; readonly upTo: number; readonly most: number },
): Promise<AuditCheckpointRow | null> => {
  const find = (last: number, direction: 'ASC' | 'DESC') =>
    reader.manager
      .createQueryBuilder(AuditCheckpointEntity, 'checkpoint')
      .where('checkpoint.organizationId = :organizationId', { organizationId })
      .andWhere('checkpoint.sequence > :after AND checkpoint.sequence <= :last', { after, last })
      .orderBy('checkpoint.sequence', direction)
      .limit(1)
      .getOne()
  return (await find(Math.min(upTo, after + most), 'DESC')) ?? find(upTo, 'ASC')
}

/** Inserts a checkpoint; false where another instance took its number first. */
export const insertCheckpoint = async (writer: Writer, row: AuditCheckpointRow): Promise<boolean> => {
  const { organizationId, number } = row
  // SQLite has one writer, and a trigger that refuses a conflicting insert before ON CONFLICT is considered.
  if (await writer.manager.existsBy(AuditCheckpointEntity, { organizationId, number })) return false
  await writer.manager.createQueryBuilder().insert().into(AuditCheckpointEntity).values(row).orIgnore().execute()
  const stored = await writer.manager.findOneBy(AuditCheckpointEntity, { organizationId, number })
  return stored?.signature === row.signature
}

/** Organizations whose audit log does not end where one of their checkpoints is, in the order of their ids. */
export const listUnsignedHistories = async (reader: Reader, after: string, limit: number): Promise<string[]> => {
  const rows = await reader.query<{ organization_id: string }>(
    `SELECT organization_id FROM audit_heads AS head
     WHERE organization_id > ? AND sequence > 0 AND NOT EXISTS (
       SELECT 1 FROM audit_checkpoints AS checkpoint
       WHERE checkpoint.organization_id = head.organization_id
         AND checkpoint.sequence = head.sequence AND checkpoint.hash = head.hash)
     ORDER BY organization_id LIMIT ${limit}`,
    [after],
  )
  return rows.map((row) => row.organization_id)
}

export const listCheckpointKeys = (reader: Reader): Promise<CheckpointKeyRow[]> =>
  reader.manager.find(CheckpointKeyEntity, { order: { createdAt: 'ASC', id: 'ASC' } })

export const findCheckpointKey = (reader: Reader, id: string): Promise<CheckpointKeyRow | null> =>
  reader.manager.findOneBy(CheckpointKeyEntity, { id })

export const insertCheckpointKey = async (writer: Writer, row: CheckpointKeyRow): Promise<void> => {
  await writer.manager.insert(CheckpointKeyEntity, row)
}

export const updateEndorsement = async (writer: Writer, id: string, endorsement: string): Promise<void> => {
  await writer.manager.update(CheckpointKeyEntity, { id }, { endorsement })
}
