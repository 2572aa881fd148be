import { defined, oneOf, type RawSearch, text } from '../../app/search.ts'

export const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED'] as const

/** Checks the search parameters of the screen: the route whose deliveries are shown, and which of them. */
export const NotificationsSearch = (search: RawSearch) =>
  defined({
    route: text(search, 'route', 60),
    status: oneOf(search, 'status', DELIVERY_STATUSES),
    after: text(search, 'after'),
  })

export type NotificationsSearch = ReturnType<typeof NotificationsSearch>
