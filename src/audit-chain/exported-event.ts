import { z } from 'zod'
import type { JsonObject, JsonValue } from './canonical-json.ts'
import type { HashedEvent } from './hashed-event.ts'

/** An event of the API with every field that its hash covers: a node of the document AuditChain. */
export interface LoggedEvent extends Omit<HashedEvent, 'occurredAt' | 'storedDetails'> {
  readonly occurredAt: string
  readonly details: Readonly<Record<string, unknown>>
}

const text = z.string().nullable()
const jsonValue: z.ZodType<JsonValue> = z.json()

/** A line of an exported audit log: every field that the hash covers, and no other. */
const ExportedEvent = z.strictObject({
  organizationId: z.string(),
  sequence: z.int(),
  id: z.string(),
  type: z.string(),
  occurredAt: z.string(),
  actor: z.strictObject({ kind: z.string(), id: text, name: text }),
  credentialId: text,
  tokenId: text,
  targetId: text,
  targetName: text,
  details: z.record(z.string(), jsonValue),
  requestId: text,
  ipAddress: text,
  userAgent: text,
  previousHash: z.string(),
  hash: z.string(),
})

/** The line's object of an event of the API. */
export const exportedEvent = (node: LoggedEvent): z.output<typeof ExportedEvent> => ({
  organizationId: node.organizationId,
  sequence: node.sequence,
  id: node.id,
  type: node.type,
  occurredAt: node.occurredAt,
  actor: { kind: node.actor.kind, id: node.actor.id, name: node.actor.name },
  credentialId: node.credentialId,
  tokenId: node.tokenId,
  targetId: node.targetId,
  targetName: node.targetName,
  details: node.details as JsonObject,
  requestId: node.requestId,
  ipAddress: node.ipAddress,
  userAgent: node.userAgent,
  previousHash: node.previousHash,
  hash: node.hash,
})

/** The event that an exported object stands for; null where its instant is not written as the export writes it. */
const hashedEvent = ({ details, occurredAt, ...fields }: z.output<typeof ExportedEvent>): HashedEvent | null => {
  const instant = new Date(occurredAt)
  if (Number.isNaN(instant.getTime()) || instant.toISOString() !== occurredAt) return null
  return { ...fields, occurredAt: instant, storedDetails: details }
}

/** The event of the API as its hash covers it; null where its instant is not written as the API writes it. */
export const readLoggedEvent = (node: LoggedEvent): HashedEvent | null => hashedEvent(exportedEvent(node))

/** The same. Throws where the server's answer is none of ours. */
export const hashedEventOf = (node: LoggedEvent): HashedEvent => {
  const event = readLoggedEvent(node)
  if (event === null) throw new Error(`Event ${node.sequence} has no valid instant.`)
  return event
}

const STRINGS = /"(?:[^"\\]|\\.)*"\s*(:)?/g

/** Names in a JSON text, each as often as it is written. */
const namesIn = (json: string): number => [...json.matchAll(STRINGS)].filter(([, colon]) => colon !== undefined).length

/** Names in a JSON value. */
const namesOf = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  const below = Object.values(value).reduce<number>((sum, part) => sum + namesOf(part), 0)
  return Array.isArray(value) ? below : below + Object.keys(value).length
}

/**
 * Parses a line of an exported audit log; null where it is none. A name that an object has twice is refused: programs
 * differ in which of the two they read.
 */
export const parseExportedEvent = (line: string): HashedEvent | null => {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (namesIn(line) !== namesOf(value)) return null
  const event = ExportedEvent.safeParse(value)
  return event.success ? hashedEvent(event.data) : null
}
