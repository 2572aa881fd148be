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

/** The addresses that an e-mail about a delivery goes to, each once. */
export const recipientsOf = async (
  reader: Reader,
  cipher: Cipher,
  route: NotificationRouteRow,
  target: MailTarget,
  delivery: NotificationDeliveryRow,
  { payload, keyOwnerId }: BuiltPayload,
): Promise<string[]> => {
  const organization = await findOrganization(reader, route.organizationId)
  const path = organization === null ? [] : [organization.id, ...organization.ancestorIds]
  const emails = new Set(target.addresses)
  const add = (more: readonly string[]) => {
    for (const email of more) emails.add(email)
  }
  const ownerIds = keyOwnerId === null ? [] : [keyOwnerId]
  if (!route.builtIn) {
    if (target.keyOwner) add(await emailsOf(reader, ownerIds))
    if (target.keyManagers) add(await emailsOfHolders(reader, path, 'keys', 'MANAGER'))
    return [...emails]
  }
  const isWarning = payload.data.event?.type === 'KEY_EXPIRY_WARNING'
  if (!isWarning || (delivery.escalated && (await listRoutes(reader, route.organizationId)).some((one) => one.enabled)))
    add(await emailsOfOwners(reader, path))
  if (isWarning && !(await ownerIsTold(reader, cipher, route.organizationId, delivery)))
    add(await emailsOf(reader, ownerIds))
  return [...emails]
}

/** Whether a route of the organization sends this event to the owner of the key anyway. */
const ownerIsTold = async (
  reader: Reader,
  cipher: Cipher,
  organizationId: string,
  { eventId }: NotificationDeliveryRow,
): Promise<boolean> => {
  const event = eventId === null ? null : await findEvent(reader, eventId)
  if (event === null) return false
  const keys = await findKeys(reader, event.targetId === null ? [] : [event.targetId])
  const projectOf = () => keys[0]?.projectId ?? null
  for (const route of await listRoutes(reader, organizationId)) {
    if (!route.enabled || route.channel !== 'EMAIL') continue
    if (!isWanted(route, event, projectOf)) continue
    const target = await decryptTarget(cipher, route)
    if (target.channel === 'EMAIL' && target.keyOwner) return true
  }
  return false
}
