import type { JsonObject, JsonValue } from '../audit-chain/canonical-json.ts'
import type { Cause } from './audit-event.ts'
import type { AuditEventType, EventDraft } from './events/event-types.ts'

/** Size of the longest text that an event stores, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 256

/** Items of a list that the details of a denial store. The caller chooses the list. */
const MAX_DENIAL_ITEMS = 8

// A UTF-16 code unit takes at most three bytes of UTF-8, so most texts do not have to be encoded to be measured.
const BYTES_PER_CODE_UNIT = 3
const MARK_BYTES = 32
const CONTINUATION = 0b1000_0000
const CONTINUATION_MASK = 0b1100_0000

const DENIALS: ReadonlySet<AuditEventType> = new Set<AuditEventType>(['ACCESS_DENIED', 'RETIRED_SECRET_USED'])

/** A text as an event stores it. A longer one is cut between two characters, and ends with the number of bytes cut. */
export const boundedText = (text: string): string => {
  if (text.length * BYTES_PER_CODE_UNIT <= MAX_TEXT_BYTES) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= MAX_TEXT_BYTES) return text
  let end = MAX_TEXT_BYTES - MARK_BYTES
  while (((bytes[end] ?? 0) & CONTINUATION_MASK) === CONTINUATION) end -= 1
  return `${bytes.toString('utf8', 0, end)}…[${bytes.length - end} more bytes]`
}

/** A cause with every text bounded that the caller chose. */
export const boundedCause = (cause: Cause): Cause => ({
  ...cause,
  actor: { ...cause.actor, name: boundedOrNull(cause.actor.name) },
  requestId: boundedOrNull(cause.requestId),
  userAgent: boundedOrNull(cause.userAgent),
})

/** A draft with every text of the target and the details bounded; for a denial, every list too. */
export const boundedDraft = <Draft extends EventDraft>({ type, target, details, ...rest }: Draft): Draft =>
  ({
    ...rest,
    type,
    target: target === null ? null : { ...target, name: boundedOrNull(target.name) },
    details: boundedObject(details, DENIALS.has(type) ? MAX_DENIAL_ITEMS : Number.POSITIVE_INFINITY),
  }) as Draft

const boundedOrNull = (text: string | null): string | null => (text === null ? null : boundedText(text))

/** The same object if nothing in it is too long. */
const boundedObject = (object: JsonObject, maxItems: number): JsonObject => {
  const cut: [string, JsonValue][] = []
  for (const name of Object.keys(object)) {
    const value = object[name]
    if (value === undefined) continue
    const bounded = boundedValue(value, maxItems)
    if (bounded !== value) cut.push([name, bounded])
  }
  return cut.length === 0 ? object : { ...object, ...Object.fromEntries(cut) }
}

const boundedValue = (value: JsonValue, maxItems: number): JsonValue => {
  if (typeof value === 'string') return boundedText(value)
  if (Array.isArray(value)) return boundedList(value, maxItems)
  return typeof value === 'object' && value !== null ? boundedObject(value as JsonObject, maxItems) : value
}

const boundedList = (list: readonly JsonValue[], maxItems: number): JsonValue[] => {
  const kept = list.slice(0, maxItems).map((item) => boundedValue(item, maxItems))
  return list.length > maxItems ? [...kept, `…[${list.length - maxItems} more]`] : kept
}
