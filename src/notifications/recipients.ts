import { findEvent } from '../audit/audit.store.ts'
import { findKeys } from '../keys/keys.store.ts'
import { findOrganization } from '../organizations/organizations.store.ts'
import type { Reader } from '../persistence/database.ts'
import type { NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'
import type { MailTarget } from './notification-target.ts'
import type { BuiltPayload } from './payload.ts'
import { emailsOf, emailsOfHolders, emailsOfOwners } from './recipients.store.ts'
import { isWanted } from './route-filter.ts'
import { type Cipher, decryptTarget } from './route-secrets.ts'
import { listRoutes } from './routes.store.ts'

/** The distinct addresses that receive an e-mail about a delivery. */
export const recipientsOf = async (
  reader: Reader,
  cipher: Cipher,
  route: NotificationRouteRow,
  target: MailTarget,
  delivery: NotificationDeliveryRow,
  built: BuiltPayload,
): Promise<string[]> => {
  const organization = await findOrganization(reader, route.organizationId)
  const path = organization === null ? [] : [organization.id, ...organization.ancestorIds]
  const emails = route.builtIn
    ? await builtInRecipients(reader, cipher, path, delivery, built)
    : await recipientsOfTarget(reader, path, target, built.keyOwnerId)
  return [...new Set(emails)]
}

const recipientsOfTarget = async (
  reader: Reader,
  path: readonly string[],
  target: MailTarget,
  keyOwnerId: string | null,
): Promise<string[]> => [
  ...target.addresses,
  ...(target.keyOwner && keyOwnerId !== null ? await emailsOf(reader, [keyOwnerId]) : []),
  ...(target.keyManagers ? await emailsOfHolders(reader, path, 'keys', 'MANAGER') : []),
]

/** The recipients of the built-in route, without those whom another route of the organization notifies. */
const builtInRecipients = async (
  reader: Reader,
  cipher: Cipher,
  path: readonly string[],
  delivery: NotificationDeliveryRow,
  { payload, keyOwnerId }: BuiltPayload,
): Promise<string[]> => {
  const ofOwner = keyOwnerId === null ? [] : await emailsOf(reader, [keyOwnerId])
  const routes = (await listRoutes(reader, delivery.organizationId)).filter((route) => route.enabled)
  const notifiedByRoutes = () => alreadyNotified(reader, cipher, path, routes, delivery, keyOwnerId)
  switch (payload.data.event?.type) {
    case 'KEY_EXPIRY_WARNING': {
      const notified = await notifiedByRoutes()
      const owners = delivery.escalated && routes.length > 0 ? await emailsOfOwners(reader, path) : []
      return [...owners, ...ofOwner.filter((email) => !notified.has(email))]
    }
    case 'KEY_LEAKED': {
      const notified = await notifiedByRoutes()
      return [...ofOwner, ...(await emailsOfHolders(reader, path, 'keys', 'MANAGER'))].filter(
        (email) => !notified.has(email),
      )
    }
    default:
      return emailsOfOwners(reader, path)
  }
}

/** The addresses to which routes of the organization send this event. */
const alreadyNotified = async (
  reader: Reader,
  cipher: Cipher,
  path: readonly string[],
  routes: readonly NotificationRouteRow[],
  { eventId }: NotificationDeliveryRow,
  keyOwnerId: string | null,
): Promise<ReadonlySet<string>> => {
  const notified = new Set<string>()
  const event = eventId === null ? null : await findEvent(reader, eventId)
  if (event === null) return notified
  const keys = await findKeys(reader, event.targetId === null ? [] : [event.targetId])
  for (const route of routes) {
    if (route.channel !== 'EMAIL' || !isWanted(route, event, () => keys[0]?.projectId ?? null)) continue
    const target = await decryptTarget(cipher, route)
    if (target.channel !== 'EMAIL') continue
    for (const email of await recipientsOfTarget(reader, path, target, keyOwnerId)) notified.add(email)
  }
  return notified
}
