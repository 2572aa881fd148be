import type { AccessControl } from '../access/access-control.ts'
import type { Principal } from '../access/principal.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { Clock } from '../kernel/clock.ts'
import { badInput, notFound } from '../kernel/errors.ts'
import { checkId } from '../kernel/ids.ts'
import type { Database } from '../persistence/database.ts'
import type { NotificationRouteRow } from './notification.entity.ts'
import type { TargetRules } from './notification-target.ts'
import { isAboutKey } from './route-filter.ts'
import type { Cipher } from './route-secrets.ts'
import { findRoute } from './routes.store.ts'

/** The dependencies of the use cases of routes. */
export interface RouteParts {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly log: AuditLog
  readonly cipher: Cipher
  readonly rules: TargetRules
  readonly routeAccess: RouteAccess
}

/** Finds routes and checks the caller's rights over them. */
export class RouteAccess {
  private readonly database: Database
  private readonly access: AccessControl

  constructor(database: Database, access: AccessControl) {
    this.database = database
    this.access = access
  }

  /** A route whose deliveries the caller may read. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN. */
  requireRead(caller: Caller, id: string): Promise<NotificationRouteRow> {
    return this.requireRoute(caller, id, 'readDeliveries')
  }

  /**
   * A route that the caller may change; never a built-in one. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
   *
   * @param path of the id in the input, for errors
   */
  async requireManaged(caller: Caller, id: string, path = 'id'): Promise<NotificationRouteRow> {
    const route = await this.requireRoute(caller, id, 'manageRoutes', path)
    if (route.builtIn) throw badInput(path, 'must not be the id of a built-in route')
    return route
  }

  /** Requires audit:viewer for event types that are not about keys. Throws FORBIDDEN. */
  async requireTypes(principal: Principal, organizationId: string, types: readonly AuditEventType[]): Promise<void> {
    if (!types.every(isAboutKey)) await this.access.require(principal, 'readAuditLog', organizationId)
  }

  private async requireRoute(caller: Caller, id: string, permission: 'manageRoutes' | 'readDeliveries', path = 'id') {
    checkId('route', id, path)
    const route = await this.database.read((reader) => findRoute(reader, id))
    if (route === null) throw notFound('notification route')
    await this.access.require(caller.principal, permission, route.organizationId, 'notification route')
    return route
  }
}
