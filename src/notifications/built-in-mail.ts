import type { AuditEvent } from '../audit/audit-event.ts'
import type { NotificationRouteRow } from './notification.entity.ts'

/** The id of an organization's built-in route: the same 128 bits. */
const builtInRouteId = (organizationId: string): string => `ntr_${organizationId.slice(4)}`

/**
 * Whether the built-in route of an organization sends an e-mail about an event: an expiry warning about a personal key, an
 * escalated warning if the organization has a route, a leaked secret, and a route that the service disabled.
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

/** The built-in route of an organization: the e-mail that is sent without a configured route. It starts at the position. */
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
