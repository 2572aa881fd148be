import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { notificationRouteUpdated } from '../audit/events/notification-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { Database } from '../persistence/database.ts'
import { hasPendingTests } from './deliveries.store.ts'
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

/** Largest number of test messages of a route that are pending: failed ones are retried for a day. */
const MOST_PENDING_TESTS = 100

/** Sends test messages. */
export class TestNotifications {
  private readonly parts: TestNotificationsParts

  constructor(parts: TestNotificationsParts) {
    this.parts = parts
  }

  /**
   * Sends `notification.test` through a route and returns the delivery after its first attempt. Requires keys:manager.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, and LIMIT_REACHED while 100 test messages of the route are pending.
   */
  async send(caller: Caller, routeId: string): Promise<NotificationDeliveryRow> {
    const { database, clock, log, routeAccess, dispatcher } = this.parts
    const route = await routeAccess.requireManaged(caller, routeId)
    if (await database.read((reader) => hasPendingTests(reader, routeId, MOST_PENDING_TESTS)))
      throw new KeyturnError(
        'LIMIT_REACHED',
        `The route has ${MOST_PENDING_TESTS} pending test messages. Try again when they are delivered or have failed.`,
      )
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
