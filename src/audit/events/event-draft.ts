import type { JsonObject, JsonValue } from '../../audit-chain/canonical-json.ts'
import { instantText } from '../../kernel/instant.ts'

/** The object that an event is about, as it was named at that time. */
export interface EventTarget {
  readonly id: string
  readonly name: string | null
}

/** An event as a use case states it. The log adds its position. */
export interface Draft<Type extends string, Details> {
  readonly type: Type
  readonly target: EventTarget | null
  readonly details: Details
}

/** The values of a field before and after a change. */
export interface Change<Value> {
  readonly from: Value
  readonly to: Value
}

const jsonOf = (value: unknown): JsonValue => (value instanceof Date ? instantText(value) : (value as JsonValue))

/** The fields that differ, with their values before and after. Equal fields are left out. */
export const changesOf = (before: object, after: object): JsonObject => {
  const changes: Record<string, JsonValue> = {}
  for (const [field, value] of Object.entries(after)) {
    const old = (before as Record<string, unknown>)[field]
    if (JSON.stringify(old) === JSON.stringify(value)) continue
    changes[field] = { from: jsonOf(old), to: jsonOf(value) }
  }
  return changes
}

export const instantOrNull = (instant: Date | null): string | null => (instant === null ? null : instantText(instant))
