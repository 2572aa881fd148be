import { hash } from 'node:crypto'

/**
 * The id of the delivery of an event by a route, always the same one: a second delivery of the event cannot be stored, and
 * a redelivery keeps the id even where the first delivery is no longer stored. It has the form of a version-4 UUID.
 */
export const deliveryIdOf = (routeId: string, sequence: number): string => {
  const hex = hash('sha256', `keyturn/notification-delivery ${routeId} ${sequence}`, 'hex')
  return `ndl_${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17, 32)}`
}
