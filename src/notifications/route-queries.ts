import type { AccessControl } from '../access/access-control.ts'
import type { Caller } from '../audit/caller.ts'
import type { Database } from '../persistence/database.ts'
import type { NotificationRouteRow } from './notification.entity.ts'
import type { RouteAccess } from './route-access.ts'
import { listRoutes } from './routes.store.ts'

/** Reads notification routes. */
export class RouteQueries {
  private readonly database: Database
  private readonly access: AccessControl
  private readonly routeAccess: RouteAccess

  constructor(database: Database, access: AccessControl, routeAccess: RouteAccess) {
    this.database = database
    this.access = access
    this.routeAccess = routeAccess
  }

  /** The routes of an organization, oldest first. Requires keys:manager. Throws NOT_FOUND, FORBIDDEN. */
  async list(caller: Caller, organizationId: string): Promise<NotificationRouteRow[]> {
    await this.access.require(caller.principal, 'manageRoutes', organizationId)
    return this.database.read((reader) => listRoutes(reader, organizationId))
  }

  /** A route. Requires keys:viewer. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN. */
  find(caller: Caller, id: string): Promise<NotificationRouteRow> {
    return this.routeAccess.requireRead(caller, id)
  }
}
