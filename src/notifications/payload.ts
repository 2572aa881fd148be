import { findEvent } from '../audit/audit.store.ts'
import type { Actor, AuditEvent } from '../audit/audit-event.ts'
import { eventViewWith } from '../audit/event-view.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { JsonObject } from '../audit-chain/canonical-json.ts'
import { findWarnings } from '../expiry/expiry-warnings.store.ts'
import { formatDuration } from '../kernel/duration.ts'
import { instantText } from '../kernel/instant.ts'
import type { KeyKind } from '../keys/key.ts'
import { findKey } from '../keys/keys.store.ts'
import { findOrganization } from '../organizations/organizations.store.ts'
import type { Reader } from '../persistence/database.ts'
import type { NotificationDeliveryRow } from './notification.entity.ts'
import { isAboutKey } from './route-filter.ts'

/** The body of a webhook. The messages of other channels are derived from it. */
export interface NotificationPayload {
  /** The event type in lower case, with a dot after the first word: `key.expiry_warning`. */
  readonly type: string
  readonly timestamp: string
  readonly data: {
    readonly organization: { readonly id: string; readonly name: string }
    /** Null for a test message. */
    readonly event: {
      readonly id: string
      readonly sequence: number
      readonly type: AuditEventType
      readonly occurredAt: string
      readonly actor: Actor
      readonly targetId: string | null
      readonly targetName: string | null
      readonly details: JsonObject
    } | null
    readonly key: {
      readonly id: string
      readonly name: string
      readonly kind: KeyKind
      readonly expiresAt: string | null
    } | null
    readonly warning: {
      readonly id: string
      readonly threshold: string
      readonly secondsLeft: number
      readonly expiresAt: string
    } | null
  }
}

/** A payload, and the owner of the key that it is about. */
export interface BuiltPayload {
  readonly payload: NotificationPayload
  readonly keyOwnerId: string | null
}

const TEST_TYPE = 'notification.test'

const typeNameOf = (type: AuditEventType): string => type.toLowerCase().replace('_', '.')

/**
 * The view of an event that receivers get: that of the grants that a route may require, keys:manager and audit:viewer.
 * Addresses of callers and of invited people are withheld.
 */
const viewed = eventViewWith(['readKeyAddresses', 'readKeyOrigin', 'readAuditLog'])

/** Builds the payload of a delivery; null if its organization or event no longer exists. */
export const buildPayload = async (
  reader: Reader,
  delivery: NotificationDeliveryRow,
  now: Date,
): Promise<BuiltPayload | null> => {
  const organization = await findOrganization(reader, delivery.organizationId)
  if (organization === null) return null
  const about = { id: organization.id, name: organization.name }
  if (delivery.eventId === null) {
    const data = { organization: about, event: null, key: null, warning: null }
    return { payload: { type: TEST_TYPE, timestamp: instantText(delivery.createdAt), data }, keyOwnerId: null }
  }
  const event = await findEvent(reader, delivery.eventId)
  if (event === null) return null
  const { targetId } = event
  const key = isAboutKey(event.type) && targetId !== null ? await findKey(reader, targetId) : null
  const data = {
    organization: about,
    event: eventOf(viewed(event)),
    key:
      key === null
        ? null
        : {
            id: key.id,
            name: key.name,
            kind: key.kind,
            expiresAt: key.expiresAt === null ? null : instantText(key.expiresAt),
          },
    warning: await warningOf(reader, event, now),
  }
  const timestamp = instantText(event.occurredAt)
  return { payload: { type: typeNameOf(event.type), timestamp, data }, keyOwnerId: key?.ownerId ?? null }
}

const eventOf = (event: AuditEvent) => ({
  id: event.id,
  sequence: event.sequence,
  type: event.type,
  occurredAt: instantText(event.occurredAt),
  actor: { kind: event.actor.kind, id: event.actor.id, name: event.actor.name },
  targetId: event.targetId,
  targetName: event.targetName,
  details: event.storedDetails,
})

const warningOf = async (reader: Reader, event: AuditEvent, now: Date) => {
  if (event.type !== 'KEY_EXPIRY_WARNING' && event.type !== 'EXPIRY_WARNING_ACKNOWLEDGED') return null
  const id = event.details?.warningId
  if (id === undefined) return null
  const [warning] = await findWarnings(reader, [id])
  if (warning === undefined) return null
  return {
    id,
    threshold: formatDuration(warning.threshold),
    secondsLeft: Math.max(0, Math.ceil((warning.expiresAt.getTime() - now.getTime()) / 1000)),
    expiresAt: instantText(warning.expiresAt),
  }
}
