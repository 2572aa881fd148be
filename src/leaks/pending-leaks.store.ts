import type { Reader, Writer } from '../persistence/database.ts'
import { insertRows } from '../persistence/insert-rows.ts'
import { mappingOf } from '../persistence/row-mapping.ts'
import { PendingLeaksEntity, type PendingLeaksRow } from './pending-leaks.entity.ts'

const PENDING = mappingOf(PendingLeaksEntity)

export const insertPendingLeaks = (writer: Writer, rows: readonly PendingLeaksRow[]): Promise<void> =>
  insertRows(writer, PendingLeaksEntity, rows)

/** The number of pending leaks of a reporter. */
export const countPendingLeaks = async (reader: Reader, reportedBy: string): Promise<number> => {
  const [row] = await reader.query<{ pending: string | number }>(
    'SELECT COALESCE(SUM(size), 0) AS pending FROM pending_leaks WHERE reported_by = ?',
    [reportedBy],
  )
  return Number(row?.pending ?? 0)
}

/** The rows of pending leaks, the oldest first, each by its id and the organization whose audit log it appends to. */
export const listPendingLeaks = async (
  reader: Reader,
): Promise<{ readonly id: string; readonly organizationId: string | null }[]> => {
  const rows = await reader.query<{ id: string; organization_id: string | null }>(
    'SELECT id, organization_id FROM pending_leaks ORDER BY reported_at, id',
  )
  return rows.map(({ id, organization_id: organizationId }) => ({ id, organizationId }))
}

/**
 * Takes a row until the transaction ends, which must delete it. Returns null where another instance has taken it, or has
 * written it.
 */
export const takePendingLeaks = async (writer: Writer, id: string): Promise<PendingLeaksRow | null> => {
  const lock = writer.engine === 'postgres' ? ' FOR UPDATE SKIP LOCKED' : ''
  const [row = null] = await writer.rows(PENDING, `FROM pending_leaks WHERE id = ?${lock}`, [id])
  return row
}

export const deletePendingLeaks = async (writer: Writer, id: string): Promise<void> => {
  await writer.query('DELETE FROM pending_leaks WHERE id = ?', [id])
}

/** The number of pending leaks, and when the oldest of them was reported. */
export const findLeakBacklog = async (
  reader: Reader,
): Promise<{ readonly pending: number; readonly oldest: Date | null }> => {
  const [row] = await reader.query<{ pending: string | number; oldest: string | null }>(
    'SELECT COALESCE(SUM(size), 0) AS pending, MIN(reported_at) AS oldest FROM pending_leaks',
  )
  return { pending: Number(row?.pending ?? 0), oldest: row?.oldest == null ? null : new Date(row.oldest) }
}
