import { hash } from 'node:crypto'

/**
 * The id of the delivery of an event by a route, derived from both: the event cannot be stored for delivery twice, and a
 * redelivery has the same id even if the first delivery has been deleted. It has the form of a version-4 UUID.
 */
export const deliveryIdOf = (routeId: string, sequence: number): string => {
  const hex = hash('sha256', `keyturn/notification-delivery ${routeId} ${sequence}`, 'hex')
  return `ndl_${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17, 32)}`
}
