import type { z } from 'zod'
import type { JsonObject } from '../../audit-chain/canonical-json.ts'
import { ACCESS_EVENT_DETAILS } from './access-events.ts'
import type { Draft } from './event-draft.ts'
import { KEY_EVENT_DETAILS } from './key-event-details.ts'
import { MEMBER_EVENT_DETAILS } from './member-events.ts'
import { NOTIFICATION_EVENT_DETAILS } from './notification-events.ts'
import { ORGANIZATION_EVENT_DETAILS } from './organization-events.ts'
import { ANNOUNCEMENT_EVENT_DETAILS, SIGNING_KEY_EVENT_DETAILS, TOKEN_EVENT_DETAILS } from './token-events.ts'

/** Every type of event, and the schema that reads its details. */
const EVENT_DETAILS = {
  ...ORGANIZATION_EVENT_DETAILS,
  ...MEMBER_EVENT_DETAILS,
  ...KEY_EVENT_DETAILS,
  ...TOKEN_EVENT_DETAILS,
  ...ANNOUNCEMENT_EVENT_DETAILS,
  ...ACCESS_EVENT_DETAILS,
  ...NOTIFICATION_EVENT_DETAILS,
  ...SIGNING_KEY_EVENT_DETAILS,
} as const

type Schemas = typeof EVENT_DETAILS
export type AuditEventType = keyof Schemas
/** The details of events of a type. */
export type DetailsOf<Type extends AuditEventType> = z.infer<Schemas[Type]>

/** The keys of an object whose type names all of them. */
const typesIn = <Table extends Partial<Record<AuditEventType, unknown>>>(table: Table) =>
  Object.keys(table) as (keyof Table & AuditEventType)[]

export const AUDIT_EVENT_TYPES = typesIn(EVENT_DETAILS)
export const KEY_EVENT_TYPES = typesIn(KEY_EVENT_DETAILS)
export const TOKEN_EVENT_TYPES = typesIn(TOKEN_EVENT_DETAILS)

/** An event as a use case states it: the union over all types, or over the given ones. */
export type EventDraft<Type extends AuditEventType = AuditEventType> = {
  [T in Type]: Draft<T, DetailsOf<T>>
}[Type]

/**
 * Decodes the stored details of an event by its type; null if they do not fit, because somebody altered the row or a newer
 * version wrote it. The hash and the API use only the JSON as it is stored.
 */
export const decodeDetails = <Type extends AuditEventType>(type: Type, stored: JsonObject): DetailsOf<Type> | null => {
  const schema: z.ZodType | undefined = Object.hasOwn(EVENT_DETAILS, type) ? EVENT_DETAILS[type] : undefined
  const decoded = schema?.safeParse(stored)
  return decoded?.success === true ? (decoded.data as DetailsOf<Type>) : null
}
