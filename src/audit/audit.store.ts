import type { JsonObject } from '../audit-chain/canonical-json.ts'
import { instantOf, instantText } from '../kernel/instant.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { insertRows } from '../persistence/insert-rows.ts'
import type { RowMapping } from '../persistence/row-mapping.ts'
import { AuditEventEntity, type AuditEventRow } from './audit-event.entity.ts'
import { type ActorKind, type AuditEvent, decodeEvent } from './audit-event.ts'
import { saveHeads } from './audit-heads.store.ts'
import type { AuditEventType } from './events/event-types.ts'

const COLUMNS =
  'organization_id, sequence, id, type, occurred_at, actor_kind, actor_id, actor_name, target_id, target_name, ' +
  'details, request_id, ip_address, user_agent, previous_hash, hash, credential_id, token_id'

/** Details that are not a JSON object were altered. They are returned as text, so that the event can still be read. */
const detailsOf = (text: string): JsonObject => {
  try {
    const details: unknown = JSON.parse(text)
    if (typeof details === 'object' && details !== null && !Array.isArray(details)) return details as JsonObject
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return { unreadable: text }
}

type Text = string | null

// The log wrote every row. The hash chain finds a row that somebody altered, so the columns are not parsed here.
const eventOf = (values: readonly unknown[]): AuditEvent => {
  const [organizationId, sequence, id, type, occurredAt, kind, actorId, actorName, targetId, ...more] = values
  const [targetName, details, requestId, ipAddress, userAgent, previousHash, hash, credentialId, tokenId] = more
  return decodeEvent({
    id: id as string,
    organizationId: organizationId as string,
    sequence: Number(sequence),
    type: type as AuditEventType,
    occurredAt: instantOf(occurredAt as string),
    actor: { kind: kind as ActorKind, id: actorId as Text, name: actorName as Text },
    credentialId: credentialId as Text,
    tokenId: tokenId as Text,
    targetId: targetId as Text,
    targetName: targetName as Text,
    storedDetails: detailsOf(details as string),
    requestId: requestId as Text,
    ipAddress: ipAddress as Text,
    userAgent: userAgent as Text,
    previousHash: previousHash as string,
    hash: hash as string,
  })
}

const EVENTS: RowMapping<AuditEvent> = { columns: COLUMNS, names: COLUMNS.split(', '), rowOf: eventOf }

const rowOf = (event: AuditEvent): AuditEventRow => ({
  organizationId: event.organizationId,
  sequence: event.sequence,
  id: event.id,
  type: event.type,
  occurredAt: instantText(event.occurredAt),
  actorKind: event.actor.kind,
  actorId: event.actor.id,
  actorName: event.actor.name,
  credentialId: event.credentialId,
  tokenId: event.tokenId,
  targetId: event.targetId,
  targetName: event.targetName,
  details: JSON.stringify(event.storedDetails),
  requestId: event.requestId,
  ipAddress: event.ipAddress,
  userAgent: event.userAgent,
  previousHash: event.previousHash,
  hash: event.hash,
})

const hasEvent = async (reader: Reader, id: string): Promise<boolean> =>
  (await reader.query('SELECT 1 FROM audit_events WHERE id = ?', [id])).length > 0

/** Inserts the next events of logs, each log's in their order, and makes the last one of each its head. */
export const insertEvents = (writer: Writer, events: readonly AuditEvent[]): Promise<void> => {
  const newest = new Map(events.map((event) => [event.organizationId, event]))
  const [first] = events
  if (first !== undefined) writer.proveWith((reader) => hasEvent(reader, first.id))
  return insertRows(
    writer,
    AuditEventEntity,
    events.map(rowOf),
    newest.size === 0 ? null : saveHeads([...newest.values()]),
  )
}

interface Selection {
  readonly where: string
  readonly parameters: readonly unknown[]
  readonly types: readonly AuditEventType[] | null | undefined
  readonly order: 'ASC' | 'DESC'
  readonly limit: number
}

/**
 * The first `limit` events in sequence order. Each type has its own range of the index, and neither engine merges ranges in
 * order: for several types, `limit` events of each are read and merged.
 */
export const selectEvents = async (
  reader: Reader,
  { where, parameters, types, order, limit }: Selection,
): Promise<AuditEvent[]> => {
  const inOrder = `ORDER BY sequence ${order} LIMIT ${limit}`
  if (types == null) return reader.rows(EVENTS, `FROM audit_events WHERE ${where} ${inOrder}`, parameters)
  const distinct = [...new Set(types)]
  if (distinct.length === 0) return []
  const ofType = `FROM audit_events WHERE ${where} AND type = ? ${inOrder}`
  const parts = distinct.map(() => `SELECT * FROM (SELECT ${COLUMNS} ${ofType}) AS of_type`)
  return reader.rows(
    EVENTS,
    parts.length === 1 ? ofType : `FROM (${parts.join(' UNION ALL ')}) AS of_types ${inOrder}`,
    distinct.flatMap((type) => [...parameters, type]),
  )
}

/** Events after a position, in sequence order, at most `limit`. */
export const eventsAfter = async (
  reader: Reader,
  organizationId: string,
  range: { readonly after: number; readonly upTo?: number; readonly types?: readonly AuditEventType[] | undefined },
  limit: number,
): Promise<AuditEvent[]> => {
  const parameters: unknown[] = [organizationId, range.after]
  let where = 'organization_id = ? AND sequence > ?'
  if (range.upTo !== undefined) {
    where += ' AND sequence <= ?'
    parameters.push(range.upTo)
  }
  return selectEvents(reader, { where, parameters, types: range.types, order: 'ASC', limit })
}

/** The lowest sequence among the rows of an audit log; null if there are none. */
export const findFirstSequence = async (reader: Reader, organizationId: string): Promise<number | null> => {
  const [row] = await reader.query<{ first: string | number | null }>(
    'SELECT MIN(sequence) AS first FROM audit_events WHERE organization_id = ?',
    [organizationId],
  )
  return row?.first == null ? null : Number(row.first)
}

/** The stored hash of the event at a sequence; null if there is no such event. */
export const findHash = async (reader: Reader, organizationId: string, sequence: number): Promise<string | null> => {
  const [row] = await reader.query<{ hash: string }>(
    'SELECT hash FROM audit_events WHERE organization_id = ? AND sequence = ?',
    [organizationId, sequence],
  )
  return row?.hash ?? null
}

/** An event that was not archived. */
export const findEvent = async (reader: Reader, id: string): Promise<AuditEvent | null> => {
  const [event] = await reader.rows(
    EVENTS,
    `FROM audit_events event WHERE id = ? AND NOT EXISTS (SELECT 1 FROM audit_bases base
     WHERE base.organization_id = event.organization_id AND base.sequence >= event.sequence)`,
    [id],
  )
  return event ?? null
}

/** Whether the id is the actor or the target of an event in an organization's audit log. */
export const appearsIn = async (reader: Reader, organizationId: string, id: string): Promise<boolean> => {
  for (const column of ['actor_id', 'target_id']) {
    const rows = await reader.query(`SELECT 1 FROM audit_events WHERE organization_id = ? AND ${column} = ? LIMIT 1`, [
      organizationId,
      id,
    ])
    if (rows.length > 0) return true
  }
  return false
}

/** The sequence at a time bound. Times never decrease along an audit log, so a time bound is a sequence bound. */
export const sequenceAt = async (reader: Reader, organizationId: string, bound: 'after' | 'before', instant: Date) => {
  const [comparison, order] = bound === 'after' ? ['>', 'ASC'] : ['<', 'DESC']
  // For MIN(sequence) or MAX(sequence), both engines would read every event beyond the bound.
  const [row] = await reader.query<{ sequence: string | number }>(
    `SELECT sequence FROM audit_events WHERE organization_id = ? AND occurred_at ${comparison} ?
     ORDER BY occurred_at ${order}, sequence ${order} LIMIT 1`,
    [organizationId, instantText(instant)],
  )
  return row === undefined ? null : Number(row.sequence)
}
