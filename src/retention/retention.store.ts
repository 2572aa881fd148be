import type { Reader, Writer } from '../persistence/database.ts'
import { AuditRetentionEntity, type AuditRetentionRow, LeaseEntity, type LeaseRow } from './retention.entity.ts'

export const findRetention = (reader: Reader, organizationId: string): Promise<AuditRetentionRow | null> =>
  reader.manager.findOneBy(AuditRetentionEntity, { organizationId })

export const lockRetention = (writer: Writer, organizationId: string): Promise<AuditRetentionRow | null> =>
  writer.lock(writer.manager.createQueryBuilder(AuditRetentionEntity, 'retention').where({ organizationId })).getOne()

/** Sets how long events are kept. The caller has locked the organization. */
export const saveKeep = async (writer: Writer, organizationId: string, keepSeconds: number | null): Promise<void> => {
  const isNew = (await lockRetention(writer, organizationId)) === null
  if (isNew) await writer.manager.insert(AuditRetentionEntity, { organizationId, keepSeconds, targetSequence: null })
  else await writer.manager.update(AuditRetentionEntity, { organizationId }, { keepSeconds })
}

export const saveTarget = async (writer: Writer, organizationId: string, target: number | null): Promise<void> => {
  await writer.manager.update(AuditRetentionEntity, { organizationId }, { targetSequence: target })
}

/** Organizations that archive events, or have begun to. */
export const listArchiving = async (reader: Reader): Promise<string[]> => {
  const rows = await reader.query<{ organization_id: string }>(
    `SELECT organization_id FROM audit_retentions WHERE keep_seconds IS NOT NULL OR target_sequence IS NOT NULL
     ORDER BY organization_id`,
  )
  return rows.map((row) => row.organization_id)
}

/** When an event was written; null if the log does not have it. */
export const findEventTime = async (reader: Reader, organizationId: string, sequence: number): Promise<Date | null> => {
  const [row] = await reader.query<{ occurred_at: string }>(
    'SELECT occurred_at FROM audit_events WHERE organization_id = ? AND sequence = ?',
    [organizationId, sequence],
  )
  return row === undefined ? null : new Date(row.occurred_at)
}

/** Whether a range of a log has an event of another type. */
export const hasOtherType = async (
  reader: Reader,
  organizationId: string,
  { after, upTo }: { readonly after: number; readonly upTo: number },
  type: string,
): Promise<boolean> => {
  const rows = await reader.query(
    `SELECT 1 FROM audit_events WHERE organization_id = ? AND sequence > ? AND sequence <= ? AND type <> ? LIMIT 1`,
    [organizationId, after, upTo, type],
  )
  return rows.length > 0
}

/** Takes or renews a lease; false if another holder has it. */
export const takeLease = async (writer: Writer, lease: LeaseRow, now: Date): Promise<boolean> => {
  const { name, holder, expiresAt } = lease
  await writer.manager.createQueryBuilder().insert().into(LeaseEntity).values(lease).orIgnore().execute()
  const query = writer.manager.createQueryBuilder(LeaseEntity, 'lease').where({ name })
  const held = await writer.lock(query).getOne()
  if (held !== null && held.holder !== holder && held.expiresAt > now) return false
  await writer.manager.update(LeaseEntity, { name }, { holder, expiresAt })
  return true
}

/** Gives a lease back before it expires. */
export const endLease = async (writer: Writer, name: string, holder: string): Promise<void> => {
  await writer.manager.delete(LeaseEntity, { name, holder })
}
