import type { AccessControl } from '../access/access-control.ts'
import type { Caller } from '../audit/caller.ts'
import { notFound } from '../kernel/errors.ts'
import { checkId } from '../kernel/ids.ts'
import { instantText } from '../kernel/instant.ts'
import { encodeCursor, makePage, type Page, type PageArguments, parsePage } from '../kernel/page.ts'
import type { Database } from '../persistence/database.ts'
import { findDelivery, pageOfDeliveries } from './deliveries.store.ts'
import type { DeliveryStatus, NotificationDeliveryRow } from './notification.entity.ts'
import type { RouteAccess } from './route-access.ts'

/** Reads deliveries of notifications. */
export class DeliveryQueries {
  private readonly database: Database
  private readonly access: AccessControl
  private readonly routeAccess: RouteAccess

  constructor(database: Database, access: AccessControl, routeAccess: RouteAccess) {
    this.database = database
    this.access = access
    this.routeAccess = routeAccess
  }

  /** A route's deliveries, newest first. Requires keys:viewer. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN. */
  async page(
    caller: Caller,
    routeId: string,
    status: DeliveryStatus | null,
    paging: PageArguments,
  ): Promise<Page<NotificationDeliveryRow>> {
    await this.routeAccess.requireRead(caller, routeId)
    const request = parsePage('deliveries', ['string', 'string'], paging)
    const rows = await this.database.read((reader) => pageOfDeliveries(reader, routeId, status, request))
    return makePage(request, rows, (row) => encodeCursor('deliveries', [instantText(row.createdAt), row.id]))
  }

  /** A delivery. Requires keys:viewer. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN. */
  async find(caller: Caller, id: string): Promise<NotificationDeliveryRow> {
    checkId('delivery', id, 'id')
    const delivery = await this.database.read((reader) => findDelivery(reader, id))
    if (delivery === null) throw notFound('notification delivery')
    await this.access.require(caller.principal, 'readDeliveries', delivery.organizationId, 'notification delivery')
    return delivery
  }
}
