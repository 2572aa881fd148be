import { In } from 'typeorm'
import { instantText } from '../kernel/instant.ts'
import type { PageRequest } from '../kernel/page.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import {
  type DeliveryStatus,
  NotificationDeliveryEntity,
  type NotificationDeliveryRow,
  NotificationIncidentEntity,
} from './notification.entity.ts'

export const findDelivery = (reader: Reader, id: string): Promise<NotificationDeliveryRow | null> =>
  reader.manager.findOneBy(NotificationDeliveryEntity, { id })

export const findDeliveries = (reader: Reader, ids: readonly string[]): Promise<NotificationDeliveryRow[]> =>
  reader.manager.findBy(NotificationDeliveryEntity, { id: In([...ids]) })

export const insertDeliveries = async (writer: Writer, rows: readonly NotificationDeliveryRow[]): Promise<void> => {
  if (rows.length > 0) await writer.manager.insert(NotificationDeliveryEntity, [...rows])
}

export const updateDelivery = async (
  writer: Writer,
  id: string,
  change: Partial<NotificationDeliveryRow>,
): Promise<void> => {
  await writer.manager.update(NotificationDeliveryEntity, { id }, change)
}

/** Subjects among the given ones with a delivery of the route that is still pending. */
export const pendingSubjects = async (
  reader: Reader,
  routeId: string,
  subjectIds: readonly string[],
): Promise<Set<string>> => {
  if (subjectIds.length === 0) return new Set()
  const rows = await reader.query<{ subject_id: string }>(
    `SELECT DISTINCT subject_id FROM notification_deliveries WHERE route_id = ? AND status = 'PENDING'
     AND subject_id IN (${subjectIds.map(() => '?').join(', ')})`,
    [routeId, ...subjectIds],
  )
  return new Set(rows.map((row) => row.subject_id))
}

/** Starts an attempt of due deliveries of a route: those that no other instance has taken, each under a lease. */
export const takeDueDeliveries = async (
  writer: Writer,
  routeId: string,
  now: Date,
  leaseUntil: Date,
  limit: number,
): Promise<NotificationDeliveryRow[]> => {
  const query = writer.manager
    .createQueryBuilder(NotificationDeliveryEntity, 'delivery')
    .where("delivery.routeId = :routeId AND delivery.status = 'PENDING' AND delivery.nextAttemptAt <= :now", {
      routeId,
      now: instantText(now),
    })
    .orderBy('delivery.nextAttemptAt')
    .addOrderBy('delivery.sequence')
    .limit(limit)
  if (writer.engine === 'postgres') query.setLock('pessimistic_write').setOnLocked('skip_locked')
  const rows = await query.getMany()
  if (rows.length === 0) return []
  await writer.query(
    `UPDATE notification_deliveries SET attempts = attempts + 1, last_attempt_at = ?, next_attempt_at = ?
     WHERE id IN (${rows.map(() => '?').join(', ')})`,
    [instantText(now), instantText(leaseUntil), ...rows.map((row) => row.id)],
  )
  return rows.map((row) => ({ ...row, attempts: row.attempts + 1, lastAttemptAt: now, nextAttemptAt: leaseUntil }))
}

/** Writes the outcome of an attempt; false where a later attempt has started, whose outcome counts instead. */
export const settleDelivery = async (
  writer: Writer,
  { id, attempts }: { readonly id: string; readonly attempts: number },
  change: Partial<NotificationDeliveryRow>,
): Promise<boolean> =>
  (await writer.manager.update(NotificationDeliveryEntity, { id, attempts, status: 'PENDING' }, change)).affected === 1

/** Makes the next waiting delivery of a subject due, once the one before it is settled. */
export const releaseNext = async (writer: Writer, routeId: string, subjectId: string, now: Date): Promise<void> => {
  await writer.query(
    `UPDATE notification_deliveries SET next_attempt_at = ? WHERE next_attempt_at IS NULL AND id = (
       SELECT id FROM notification_deliveries WHERE route_id = ? AND subject_id = ? AND status = 'PENDING'
       ORDER BY sequence LIMIT 1)`,
    [instantText(now), routeId, subjectId],
  )
}

/** A page of a route's deliveries, newest first, one more than it holds. */
export const pageOfDeliveries = (
  reader: Reader,
  routeId: string,
  status: DeliveryStatus | null,
  request: PageRequest,
): Promise<NotificationDeliveryRow[]> => {
  const direction = request.backward ? 'ASC' : 'DESC'
  const query = reader.manager
    .createQueryBuilder(NotificationDeliveryEntity, 'delivery')
    .where('delivery.routeId = :routeId', { routeId })
    .orderBy('delivery.createdAt', direction)
    .addOrderBy('delivery.id', direction)
    .limit(request.size + 1)
  if (status !== null) query.andWhere('delivery.status = :status', { status })
  if (request.position !== null) {
    const [createdAt, id] = request.position
    query.andWhere(`(delivery.createdAt, delivery.id) ${request.backward ? '>' : '<'} (:createdAt, :id)`, {
      createdAt,
      id,
    })
  }
  return query.getMany()
}

/** Deliveries of expiry warnings, each with the id of its warning. */
export const deliveriesOfWarnings = async (
  reader: Reader,
  warningIds: readonly string[],
): Promise<{ readonly warningId: string; readonly delivery: NotificationDeliveryRow }[]> => {
  const pairs = await reader.query<{ warning_id: string; delivery_id: string }>(
    `SELECT warning.id AS warning_id, delivery.id AS delivery_id FROM expiry_warnings warning
     JOIN notification_deliveries delivery ON delivery.organization_id = warning.organization_id
     AND delivery.sequence = warning.sequence WHERE warning.id IN (${warningIds.map(() => '?').join(', ')})
     ORDER BY delivery.created_at, delivery.id`,
    warningIds,
  )
  const found = await findDeliveries(
    reader,
    pairs.map((pair) => pair.delivery_id),
  )
  const rows = new Map(found.map((row) => [row.id, row]))
  return pairs.flatMap(({ warning_id: warningId, delivery_id: id }) => {
    const delivery = rows.get(id)
    return delivery === undefined ? [] : [{ warningId, delivery }]
  })
}

/** Pending deliveries, and when the oldest of them was created. */
export const findBacklog = async (
  reader: Reader,
): Promise<{ readonly pending: number; readonly oldest: Date | null }> => {
  const [row] = await reader.query<{ pending: string | number; oldest: string | null }>(
    "SELECT COUNT(*) AS pending, MIN(created_at) AS oldest FROM notification_deliveries WHERE status = 'PENDING'",
  )
  return { pending: Number(row?.pending ?? 0), oldest: row?.oldest == null ? null : new Date(row.oldest) }
}

/** Whether a route has at least this many test messages that are pending. */
export const hasPendingTests = async (reader: Reader, routeId: string, count: number): Promise<boolean> => {
  const rows = await reader.query(
    `SELECT 1 FROM notification_deliveries WHERE route_id = ? AND status = 'PENDING' AND sequence IS NULL
     LIMIT 1 OFFSET ${count - 1}`,
    [routeId],
  )
  return rows.length > 0
}

/** Deletes settled deliveries from before an instant; returns how many. */
export const deleteSettledBefore = async (writer: Writer, before: Date, limit: number): Promise<number> => {
  const rows = await writer.query<{ id: string }>(
    `SELECT id FROM notification_deliveries WHERE status IN ('DELIVERED', 'FAILED') AND created_at < ? LIMIT ${limit}`,
    [instantText(before)],
  )
  if (rows.length > 0)
    await writer.manager.delete(NotificationDeliveryEntity, {
      id: In(rows.map((row) => row.id)),
      status: In(['DELIVERED', 'FAILED']),
    })
  return rows.length
}

export const hasIncident = (reader: Reader, routeId: string, keyId: string): Promise<boolean> =>
  reader.manager.existsBy(NotificationIncidentEntity, { routeId, keyId })

export const openIncident = async (writer: Writer, routeId: string, keyId: string): Promise<void> => {
  await writer.query('INSERT INTO notification_incidents (route_id, key_id) VALUES (?, ?) ON CONFLICT DO NOTHING', [
    routeId,
    keyId,
  ])
}

export const closeIncident = async (writer: Writer, routeId: string, keyId: string): Promise<void> => {
  await writer.manager.delete(NotificationIncidentEntity, { routeId, keyId })
}
