import type { AuditEvent } from '../audit/audit-event.ts'
import type { NotificationRouteRow } from './notification.entity.ts'

/** The id of an organization's built-in route: the same 128 bits. */
const builtInRouteId = (organizationId: string): string => `ntr_${organizationId.slice(4)}`

/**
 * Whether the built-in route of an organization sends an e-mail about an event: a warning about a personal key to its owner,
 * a warning after one that nobody acknowledged to the owners of the organization, where it has a route, a leak, and that the
 * service disabled a route.
 */
export const isBuiltInMail = async (
  event: AuditEvent,
  escalated: boolean,
  listRoutes: () => Promise<readonly NotificationRouteRow[]>,
): Promise<boolean> => {
  if (event.type === 'NOTIFICATION_ROUTE_UPDATED') return (event.details?.disabledReason ?? null) !== null
  if (event.type === 'KEY_LEAKED') return true
  if (event.type !== 'KEY_EXPIRY_WARNING') return false
  if (event.details?.ownerId !== undefined) return true
  return escalated && (await listRoutes()).some((route) => route.enabled)
}

/** A route that sends what needs no route. It begins at the given position. */
export const builtInRoute = (
  organizationId: string,
  targetJwe: string,
  position: number,
  now: Date,
): NotificationRouteRow => ({
  id: builtInRouteId(organizationId),
  organizationId,
  name: 'E-mail to owners',
  channel: 'EMAIL',
  targetJwe,
  targetHint: 'owner of the key, owners of the organization, members with keys:manager',
  signingJwe: null,
  previousSigningJwe: null,
  previousSigningUntil: null,
  types: [],
  maximumThreshold: null,
  projectId: null,
  builtIn: true,
  enabled: true,
  disabledReason: null,
  position,
  redeliverUntil: 0,
  failingSince: null,
  createdAt: now,
})
