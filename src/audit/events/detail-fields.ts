import { z } from 'zod'
import type { JsonValue } from '../../audit-chain/canonical-json.ts'

// Schemas that decode the details of stored events. Details are never rewritten, so a field that is added later is optional
// (`z.exactOptional`), and a field is never renamed. Unknown fields are ignored, so that an older version reads the events
// of a newer one. Texts whose values may grow in number (reasons, codes) are strings, not enums.

/** Any JSON value. What was read from the database is JSON already. */
const json = z.custom<JsonValue>((value) => value !== undefined)

/** A change by field: the value before and after. */
export const changesField = z.record(z.string(), json)
export const changeOf = <Value extends z.ZodType>(value: Value) => z.object({ from: value, to: value })
export const texts = z.array(z.string())
/** A point in time that consumers compute with. */
export const instant = z.iso.datetime()
export const textOrNull = z.string().nullable()
export const keyKind = z.enum(['API_KEY', 'PERSONAL_ACCESS_KEY'])
