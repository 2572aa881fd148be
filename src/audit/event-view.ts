import type { AccessControl } from '../access/access-control.ts'
import type { Principal } from '../access/principal.ts'
import type { JsonObject, JsonValue } from '../audit-chain/canonical-json.ts'
import type { AuditEvent } from './audit-event.ts'
import {
  DETAIL_READERS,
  type DetailReader,
  READING_PERMISSIONS,
  type ReadingPermission,
} from './events/detail-readers.ts'

type May = (permission: ReadingPermission) => boolean

/** The permission for fields that this version does not know: it cannot tell which other field they repeat. */
const UNKNOWN_FIELD: ReadingPermission = 'readOrigins'

/**
 * Returns a function that removes what a reader may not see of the events of one organization: details that repeat a field
 * which needs a further permission. What is removed is listed in `withheld`. The hash stays that of the whole event.
 */
export const createEventView = async (
  access: AccessControl,
  principal: Principal,
  organizationId: string,
): Promise<<Event extends AuditEvent>(event: Event) => Event> => {
  const held = new Set<ReadingPermission>()
  for (const permission of READING_PERMISSIONS)
    if (await access.may(principal, permission, organizationId)) held.add(permission)
  if (held.size === READING_PERMISSIONS.length) return (event) => event
  return (event) => {
    const isOwn = principal.kind === 'USER' && ownerOf(event) === principal.id
    const may: May = (permission) => held.has(permission) || (isOwn && permission.startsWith('readKey'))
    return viewOf(event, may)
  }
}

/** Shows events to a reader who holds exactly these permissions in the organization of the events. */
export const eventViewWith =
  (held: readonly ReadingPermission[]) =>
  (event: AuditEvent): AuditEvent =>
    viewOf(event, (permission) => held.includes(permission))

const ownerOf = ({ details }: AuditEvent): string | null =>
  details !== null && 'ownerId' in details ? (details.ownerId ?? null) : null

const viewOf = <Event extends AuditEvent>(event: Event, may: May): Event => {
  const readers: Readonly<Record<string, DetailReader>> = Object.hasOwn(DETAIL_READERS, event.type)
    ? DETAIL_READERS[event.type]
    : {}
  const shown: Record<string, JsonValue> = {}
  const withheld: string[] = []
  for (const [field, value] of Object.entries(event.storedDetails)) {
    const reader = Object.hasOwn(readers, field) ? (readers[field] ?? UNKNOWN_FIELD) : UNKNOWN_FIELD
    if (typeof reader === 'object') shown[field] = withoutParts(value, reader, field, may, withheld)
    else if (reader === 'open' || may(reader)) shown[field] = value
    else withheld.push(field)
  }
  const hidesCreator = event.type === 'KEY_CREATED' && !may('readAuditLog') && !may('readKeyOrigin')
  if (hidesCreator) withheld.push('actor')
  const hidesTarget = event.type === 'MEMBER_INVITED' && !may('manageMembers')
  if (hidesTarget) withheld.push('targetName')
  if (withheld.length === 0) return event
  return {
    ...event,
    storedDetails: { ...shown, withheld },
    ...(hidesTarget ? { targetName: null } : {}),
    ...(hidesCreator
      ? { actor: { kind: event.actor.kind, id: null, name: null }, credentialId: null, tokenId: null }
      : {}),
  }
}

const withoutParts = (
  value: JsonValue,
  readers: Readonly<Record<string, ReadingPermission>>,
  path: string,
  may: May,
  withheld: string[],
): JsonValue => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const shown: Record<string, JsonValue> = {}
  for (const [field, part] of Object.entries(value as JsonObject)) {
    const reader = Object.hasOwn(readers, field) ? readers[field] : undefined
    if (reader === undefined || may(reader)) shown[field] = part
    else withheld.push(`${path}.${field}`)
  }
  return shown
}
