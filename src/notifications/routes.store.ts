import { In } from 'typeorm'
import type { Reader, Writer } from '../persistence/database.ts'
import {
  NotificationDeliveryEntity,
  NotificationIncidentEntity,
  NotificationRouteEntity,
  type NotificationRouteRow,
} from './notification.entity.ts'

export const findRoutes = (reader: Reader, ids: readonly string[]): Promise<NotificationRouteRow[]> =>
  reader.manager.findBy(NotificationRouteEntity, { id: In([...ids]) })

export const findRoute = (reader: Reader, id: string): Promise<NotificationRouteRow | null> =>
  reader.manager.findOneBy(NotificationRouteEntity, { id })

/** The routes of an organization without the built-in one, oldest first. */
export const listRoutes = (reader: Reader, organizationId: string): Promise<NotificationRouteRow[]> =>
  reader.manager.find(NotificationRouteEntity, {
    where: { organizationId, builtIn: false },
    order: { createdAt: 'ASC', id: 'ASC' },
  })

export const insertRoute = async (writer: Writer, row: NotificationRouteRow): Promise<void> => {
  await writer.manager.insert(NotificationRouteEntity, row)
}

/** Locks routes until the transaction ends: against their readers, settlements and other changes. */
export const lockRoutes = (writer: Writer, ids: readonly string[]): Promise<NotificationRouteRow[]> => {
  const query = writer.manager
    .createQueryBuilder(NotificationRouteEntity, 'route')
    .where({ id: In([...ids]) })
    .orderBy('route.id')
  return writer.lock(query).getMany()
}

export const updateRoute = async (
  writer: Writer,
  id: string,
  change: Partial<Omit<NotificationRouteRow, 'id' | 'types'>> & { types?: NotificationRouteRow['types'] },
): Promise<void> => {
  await writer.manager.update(NotificationRouteEntity, { id }, change as object)
}

export const deleteRoute = async (writer: Writer, id: string): Promise<void> => {
  await writer.manager.delete(NotificationDeliveryEntity, { routeId: id })
  await writer.manager.delete(NotificationIncidentEntity, { routeId: id })
  await writer.manager.delete(NotificationRouteEntity, { id })
}

/**
 * Enabled routes with unread events and room in their backlog, locked. On PostgreSQL, routes that another instance has
 * locked are skipped.
 */
export const takeBehindRoutes = async (
  writer: Writer,
  limits: { readonly routes: number; readonly backlog: number },
  afterId: string,
): Promise<NotificationRouteRow[]> => {
  const query = writer.manager
    .createQueryBuilder(NotificationRouteEntity, 'route')
    .innerJoin('AuditHead', 'head', 'head.organizationId = route.organizationId')
    .where('route.enabled = :enabled AND route.position < head.sequence AND route.id > :afterId', {
      enabled: true,
      afterId,
    })
    .andWhere(
      `NOT EXISTS (SELECT 1 FROM notification_deliveries waiting WHERE waiting.route_id = route.id
       AND waiting.status = 'PENDING' LIMIT 1 OFFSET ${limits.backlog - 1})`,
    )
    .orderBy('route.id')
    .limit(limits.routes)
  if (writer.engine === 'postgres') query.setLock('pessimistic_write', undefined, ['route']).setOnLocked('skip_locked')
  return query.getMany()
}

/** A page of the ids of routes with a due attempt, ordered by id. */
export const dueRouteIds = async (reader: Reader, now: string, afterId: string, limit: number): Promise<string[]> => {
  const rows = await reader.query<{ id: string }>(
    `SELECT route.id AS id FROM notification_routes route WHERE route.enabled = ${reader.engine === 'sqlite' ? '1' : 'TRUE'}
     AND EXISTS (SELECT 1 FROM notification_deliveries due WHERE due.route_id = route.id AND due.status = 'PENDING'
     AND due.next_attempt_at <= ?) AND route.id > ? ORDER BY route.id LIMIT ${limit}`,
    [now, afterId],
  )
  return rows.map((row) => row.id)
}

/** Ids of organizations that have no built-in route yet. */
export const organizationsWithoutBuiltIn = async (reader: Reader, limit: number): Promise<string[]> => {
  const rows = await reader.query<{ id: string }>(
    `SELECT id FROM organizations WHERE NOT EXISTS (SELECT 1 FROM notification_routes route
     WHERE route.id = 'ntr_' || SUBSTR(organizations.id, 5)) LIMIT ${limit}`,
  )
  return rows.map((row) => row.id)
}

/** A page of all routes, ordered by id. */
export const routesAfter = (reader: Reader, afterId: string, limit: number): Promise<NotificationRouteRow[]> =>
  reader.manager
    .createQueryBuilder(NotificationRouteEntity, 'route')
    .where('route.id > :afterId', { afterId })
    .orderBy('route.id')
    .limit(limit)
    .getMany()

export const insertBuiltInRoute = async (writer: Writer, row: NotificationRouteRow): Promise<void> => {
  await writer.manager
    .createQueryBuilder()
    .insert()
    .into(NotificationRouteEntity)
    .values(row as object)
    .orIgnore()
    .execute()
}

/**
 * The sequence up to which every route of an organization, also a disabled one, has read the audit log and has no pending
 * delivery; null if there is no route. Locks the routes, so that none is moved back until the transaction ends.
 */
export const lockDealtWith = async (writer: Writer, organizationId: string): Promise<number | null> => {
  const query = writer.manager
    .createQueryBuilder(NotificationRouteEntity, 'route')
    .where({ organizationId })
    .orderBy('route.id')
  const positions = (await writer.lock(query).getMany()).map(({ position }) => position)
  return positions.length === 0 ? null : dealtWith(writer, organizationId, Math.min(...positions))
}

/** Like `lockDealtWith`, without a lock: the result may be outdated. */
export const findDealtWith = async (reader: Reader, organizationId: string): Promise<number | null> => {
  const [row] = await reader.query<{ position: string | number | null }>(
    'SELECT MIN(position) AS position FROM notification_routes WHERE organization_id = ?',
    [organizationId],
  )
  return row?.position == null ? null : dealtWith(reader, organizationId, Number(row.position))
}

const dealtWith = async (reader: Reader, organizationId: string, position: number): Promise<number> => {
  const [row] = await reader.query<{ sequence: string | number }>(
    `SELECT sequence FROM notification_deliveries WHERE organization_id = ? AND sequence <= ? AND status = 'PENDING'
     ORDER BY sequence LIMIT 1`,
    [organizationId, position],
  )
  return row === undefined ? position : Math.min(position, Number(row.sequence) - 1)
}

/** Whether an enabled route has unread events. Takes no lock, so that an idle round costs one read. */
export const anyRouteBehind = async (reader: Reader): Promise<boolean> => {
  const rows = await reader.query(
    `SELECT 1 FROM notification_routes route JOIN audit_heads head ON head.organization_id = route.organization_id
     WHERE route.enabled = ${reader.engine === 'sqlite' ? '1' : 'TRUE'} AND route.position < head.sequence LIMIT 1`,
  )
  return rows.length > 0
}
