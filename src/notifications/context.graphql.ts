import { createLoader, createRowLoader } from '../schema-kit/loaders.ts'
import type { CreateRoute } from './create-route.ts'
import type { DeleteRoute } from './delete-route.ts'
import { deliveriesOfWarnings } from './deliveries.store.ts'
import type { DeliveryQueries } from './delivery-queries.ts'
import type { NotificationDeliveryRow } from './notification.entity.ts'
import type { Redeliver } from './redeliver.ts'
import type { RouteQueries } from './route-queries.ts'
import { findRoutes } from './routes.store.ts'
import type { TestNotifications } from './test-notifications.ts'
import type { UpdateRoute } from './update-route.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly notificationRoutes: RouteQueries
    readonly createRoute: CreateRoute
    readonly updateRoute: UpdateRoute
    readonly deleteRoute: DeleteRoute
    readonly redeliver: Redeliver
    readonly notificationDeliveries: DeliveryQueries
    readonly testNotifications: TestNotifications
  }
}

export const loadRoute = createRowLoader('notification route', findRoutes)

/** The deliveries of an expiry warning, by the id of the warning. */
export const loadDeliveriesOfWarning = createLoader<readonly NotificationDeliveryRow[]>(async (ids, { database }) => {
  const found = await database.read((reader) => deliveriesOfWarnings(reader, ids))
  return ids.map((id) => found.flatMap(({ warningId, delivery }) => (warningId === id ? [delivery] : [])))
})
