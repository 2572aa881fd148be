import { GENESIS_HASH } from '../audit-chain/hashed-event.ts'
import { instantText } from '../kernel/instant.ts'
import { anyOf } from '../persistence/any-of.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import type { Statement } from '../persistence/insert-rows.ts'
import type { AuditEvent } from './audit-event.ts'

/** The end of an organization's audit log: sequence 0 and the genesis hash if the log is empty. */
export interface AuditHead {
  readonly sequence: number
  readonly hash: string
  readonly occurredAt: Date | null
}

const EMPTY: AuditHead = { sequence: 0, hash: GENESIS_HASH, occurredAt: null }

export const findHead = async (reader: Reader, organizationId: string): Promise<AuditHead> => {
  const [row] = await reader.query<StoredHead>(
    'SELECT organization_id, sequence, hash, occurred_at FROM audit_heads WHERE organization_id = ?',
    [organizationId],
  )
  return row === undefined ? EMPTY : headOf(row)
}

interface StoredHead {
  readonly organization_id: string
  readonly sequence: string | number
  readonly hash: string
  readonly occurred_at: string
}

const headOf = ({ sequence, hash, occurred_at }: StoredHead): AuditHead => ({
  sequence: Number(sequence),
  hash,
  occurredAt: new Date(occurred_at),
})

/** Creates the heads of new logs, which are locked like all others. */
const createHeads = async (writer: Writer, organizationIds: readonly string[]): Promise<void> => {
  await writer.query(
    `INSERT INTO audit_heads (organization_id, sequence, hash, occurred_at)
     SELECT id, 0, ?, ? FROM unnest(?::text[]) AS id ON CONFLICT DO NOTHING`,
    [GENESIS_HASH, instantText(new Date(0)), organizationIds],
  )
}

/**
 * The heads of logs, by organization, locked until the transaction ends. Creates those of new logs.
 *
 * @param organizationIds in their order, as every writer locks heads
 */
export const lockHeads = async (
  writer: Writer,
  organizationIds: readonly string[],
): Promise<ReadonlyMap<string, AuditHead>> => {
  const { condition, parameter } = anyOf(writer, organizationIds)
  const read = () =>
    writer.query<StoredHead>(
      `SELECT organization_id, sequence, hash, occurred_at FROM audit_heads WHERE organization_id ${condition}
       ORDER BY organization_id${writer.forUpdate}`,
      [parameter],
    )
  let rows = await read()
  if (rows.length < organizationIds.length && writer.engine === 'postgres') {
    const known = new Set(rows.map((row) => row.organization_id))
    await createHeads(
      writer,
      organizationIds.filter((id) => !known.has(id)),
    )
    rows = await read()
    if (rows.length < organizationIds.length)
      throw new Error('The head of an audit log disappeared while it was being locked.')
  }
  const heads = new Map(rows.map((row) => [row.organization_id, headOf(row)]))
  return new Map(organizationIds.map((id) => [id, heads.get(id) ?? EMPTY]))
}

/** The statement that makes events the newest ones of their logs. */
export const saveHeads = (newest: readonly AuditEvent[]): Statement => {
  const parameters = newest.flatMap(({ organizationId, sequence, hash, occurredAt }) => [
    organizationId,
    sequence,
    hash,
    instantText(occurredAt),
  ])
  return {
    sql: `INSERT INTO audit_heads (organization_id, sequence, hash, occurred_at)
    VALUES ${newest.map(() => '(?, ?, ?, ?)').join(', ')}
    ON CONFLICT (organization_id) DO UPDATE
    SET sequence = excluded.sequence, hash = excluded.hash, occurred_at = excluded.occurred_at`,
    parameters,
  }
}

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
