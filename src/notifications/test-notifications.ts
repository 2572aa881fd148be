import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { notificationRouteUpdated } from '../audit/events/notification-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Database } from '../persistence/database.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { NotificationDeliveryRow } from './notification.entity.ts'
import type { RouteAccess } from './route-access.ts'

export interface TestNotificationsParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly routeAccess: RouteAccess
  readonly dispatcher: Dispatcher
}

/** Sends test messages. */
export class TestNotifications {
  private readonly parts: TestNotificationsParts

  constructor(parts: TestNotificationsParts) {
    this.parts = parts
  }

  /**
   * Sends `notification.test` through a route and returns the delivery after its first attempt. Requires keys:manager.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, LIMIT_REACHED.
   */
  async send(caller: Caller, routeId: string): Promise<NotificationDeliveryRow> {
    const { database, clock, log, routeAccess, dispatcher } = this.parts
    const route = await routeAccess.requireManaged(caller, routeId)
    const id = newId('delivery')
    await database.write((writer) =>
      log.append(
        writer,
        route.organizationId,
        caller.cause,
        notificationRouteUpdated(route, { testDeliveryId: { from: null, to: id } }),
      ),
    )
    return dispatcher.sendTest(route, {
      id,
      routeId,
      organizationId: route.organizationId,
      sequence: null,
      eventId: null,
      subjectId: id,
      escalated: false,
      status: 'PENDING',
      attempts: 0,
      createdAt: clock.now(),
      lastAttemptAt: null,
      nextAttemptAt: null,
      deliveredAt: null,
      responseStatus: null,
      error: null,
      notified: null,
    })
  }
}
