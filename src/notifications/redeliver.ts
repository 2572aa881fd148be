import { findBase } from '../audit/audit-base.store.ts'
import { findHead } from '../audit/audit-heads.store.ts'
import type { Caller } from '../audit/caller.ts'
import { changesOf } from '../audit/events/event-draft.ts'
import { notificationRouteUpdated } from '../audit/events/notification-events.ts'
import { badInput, notFound } from '../kernel/errors.ts'
import type { NotificationRouteRow } from './notification.entity.ts'
import type { RouteParts } from './route-access.ts'
import { lockRoutes, updateRoute } from './routes.store.ts'

/** Redelivers events. */
export class Redeliver {
  private readonly parts: RouteParts

  constructor(parts: RouteParts) {
    this.parts = parts
  }

  /**
   * Moves a route back, so that it sends every event after a sequence again with the original delivery ids. Requires
   * keys:manager. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
   */
  async redeliver(caller: Caller, id: string, afterSequence: number): Promise<NotificationRouteRow> {
    await this.parts.routeAccess.requireManaged(caller, id, 'routeId')
    return this.parts.database.write(async (writer) => {
      const [route] = await lockRoutes(writer, [id])
      if (route === undefined) throw notFound('notification route')
      const head = await findHead(writer, route.organizationId)
      if (afterSequence < 0 || afterSequence > head.sequence)
        throw badInput('afterSequence', `must be from 0 to ${head.sequence}, the head of the audit log`)
      // The lock on the route keeps events after its new position from being archived.
      const base = await findBase(writer, route.organizationId)
      if (afterSequence < base.sequence)
        throw badInput('afterSequence', `must be at least ${base.sequence}: events up to there were archived`)
      const change = {
        position: Math.min(route.position, afterSequence),
        redeliverUntil: Math.max(route.redeliverUntil, route.position),
      }
      await updateRoute(writer, id, change)
      const changes = changesOf({ position: route.position }, { position: change.position })
      await this.parts.log.append(
        writer,
        route.organizationId,
        caller.cause,
        notificationRouteUpdated(route, { ...changes, redeliverAfter: { from: null, to: afterSequence } }),
      )
      return { ...route, ...change }
    })
  }
}
