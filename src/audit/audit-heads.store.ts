import { GENESIS_HASH } from '../audit-chain/hashed-event.ts'
import { instantText } from '../persistence/columns.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import type { Statement } from '../persistence/insert-rows.ts'
import type { AuditEvent } from './audit-event.ts'

/** The end of an organization's audit log: sequence 0 and the genesis hash if the log is empty. */
export interface AuditHead {
  readonly sequence: number
  readonly hash: string
  readonly occurredAt: Date | null
}

export const findHead = async (reader: Reader, organizationId: string): Promise<AuditHead> => {
  const [row] = await reader.query<{ sequence: string | number; hash: string; occurred_at: string }>(
    'SELECT sequence, hash, occurred_at FROM audit_heads WHERE organization_id = ?',
    [organizationId],
  )
  return row === undefined
    ? { sequence: 0, hash: GENESIS_HASH, occurredAt: null }
    : { sequence: Number(row.sequence), hash: row.hash, occurredAt: new Date(row.occurred_at) }
}

/** The head, locked until the transaction ends. Creates it for a new log. */
export const lockHead = async (writer: Writer, organizationId: string): Promise<AuditHead> => {
  if (writer.engine === 'sqlite') return findHead(writer, organizationId)
  const read = () =>
    writer.query<{ sequence: string; hash: string; occurred_at: string }>(
      'SELECT sequence, hash, occurred_at FROM audit_heads WHERE organization_id = ? FOR UPDATE',
      [organizationId],
    )
  let [row] = await read()
  if (row === undefined) {
    await writer.query('INSERT INTO audit_heads VALUES (?, 0, ?, ?) ON CONFLICT DO NOTHING', [
      organizationId,
      GENESIS_HASH,
      instantText(new Date(0)),
    ])
    ;[row] = await read()
  }
  if (row === undefined) throw new Error('The head of an audit log disappeared while it was being locked.')
  return { sequence: Number(row.sequence), hash: row.hash, occurredAt: new Date(row.occurred_at) }
}

/** The statement that makes an event the newest one of its log. */
export const saveHead = ({ organizationId, sequence, hash, occurredAt }: AuditEvent): Statement => ({
  sql: `INSERT INTO audit_heads (organization_id, sequence, hash, occurred_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (organization_id) DO UPDATE
    SET sequence = excluded.sequence, hash = excluded.hash, occurred_at = excluded.occurred_at`,
  parameters: [organizationId, sequence, hash, instantText(occurredAt)],
})

/** How far an organization's audit log goes. */
export interface Head {
  readonly organizationId: string
  readonly sequence: number
}

/**
 * The heads of the logs with an event since an instant, by the clocks of those who wrote them, and the sum of the sequences
 * of all logs, of one snapshot.
 */
export const recentHeads = async (
  reader: Reader,
  since: Date,
): Promise<{ readonly sum: number; readonly heads: readonly Head[] }> => {
  const rows = await reader.query<{
    total: string | number
    organization_id: string | null
    sequence: string | number
  }>(
    `SELECT all_heads.total, recent.organization_id, recent.sequence
     FROM (SELECT COALESCE(SUM(sequence), 0) AS total FROM audit_heads) AS all_heads
     LEFT JOIN audit_heads AS recent ON recent.occurred_at >= ?`,
    [instantText(since)],
  )
  const heads = rows.flatMap(({ organization_id: organizationId, sequence }) =>
    organizationId === null ? [] : [{ organizationId, sequence: Number(sequence) }],
  )
  return { sum: Number(rows[0]?.total ?? 0), heads }
}

/** The heads of all logs. */
export const allHeads = async (reader: Reader): Promise<Head[]> => {
  const rows = await reader.query<{ organization_id: string; sequence: string | number }>(
    'SELECT organization_id, sequence FROM audit_heads',
  )
  return rows.map((row) => ({ organizationId: row.organization_id, sequence: Number(row.sequence) }))
}
