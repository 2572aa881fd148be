import type { Caller } from '../audit/caller.ts'
import { notificationRouteDeleted } from '../audit/events/notification-events.ts'
import { notFound } from '../kernel/errors.ts'
import type { RouteParts } from './route-access.ts'
import { deleteRoute, lockRoutes } from './routes.store.ts'

/** Deletes notification routes. */
export class DeleteRoute {
  private readonly parts: RouteParts

  constructor(parts: RouteParts) {
    this.parts = parts
  }

  /** Deletes a route and its deliveries. Returns its id. Requires keys:manager. Throws NOT_FOUND, FORBIDDEN. */
  async delete(caller: Caller, id: string): Promise<string> {
    await this.parts.routeAccess.requireManaged(caller, id)
    return this.parts.database.write(async (writer) => {
      const [route] = await lockRoutes(writer, [id])
      if (route === undefined) throw notFound('notification route')
      await deleteRoute(writer, id)
      await this.parts.log.append(writer, route.organizationId, caller.cause, notificationRouteDeleted(route))
      return id
    })
  }
}
