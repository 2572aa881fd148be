import { badInput, InputIssues } from '../kernel/errors.ts'
import { isId, kindOfId } from '../kernel/ids.ts'
import { checkLength } from '../kernel/list-input.ts'
import { encodeCursor, makePage, type Page, type PageArguments, parsePage } from '../kernel/page.ts'
import { instantText } from '../persistence/columns.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { type ActorKind, type AuditEvent, decodeEvent } from './audit-event.ts'
import { GENESIS_HASH } from './hash-chain.ts'
import type { JsonObject } from './canonical-json.ts'
import type { AuditEventType } from './events/event-types.ts'

const COLUMNS =
  'organization_id, sequence, id, type, occurred_at, actor_kind, actor_id, actor_name, target_id, target_name, ' +
  'details, request_id, ip_address, user_agent, previous_hash, hash, credential_id, token_id'
const COLUMN_COUNT = COLUMNS.split(',').length

type StoredEvent = Record<string, string | null> & { sequence: string | number }

/** Where an organization's history ends; sequence 0 and the genesis hash where it has not begun. */
export interface AuditHead {
  readonly sequence: number
  readonly hash: string
  readonly occurredAt: Date | null
}

export interface AuditEventFilter {
  readonly types?: readonly AuditEventType[] | null | undefined
  readonly actorId?: string | null | undefined
  readonly targetId?: string | null | undefined
  readonly occurredAfter?: Date | null | undefined
  readonly occurredBefore?: Date | null | undefined
}

/** Details that are no JSON object are not ours: shown as the text that they are, so that the rest can still be read. */
const detailsOf = (text: string): JsonObject => {
  try {
    const details: unknown = JSON.parse(text)
    if (typeof details === 'object' && details !== null && !Array.isArray(details)) return details as JsonObject
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return { unreadable: text }
}

// What is in the table was written by us; a row that somebody altered is for the hash chain to find, not for a parser.
const eventOf = (row: StoredEvent): AuditEvent =>
  decodeEvent({
    id: row.id as string,
    organizationId: row.organization_id as string,
    sequence: Number(row.sequence),
    type: row.type as AuditEventType,
    occurredAt: new Date(row.occurred_at as string),
    actor: { kind: row.actor_kind as ActorKind, id: row.actor_id ?? null, name: row.actor_name ?? null },
    credentialId: row.credential_id ?? null,
    tokenId: row.token_id ?? null,
    targetId: row.target_id ?? null,
    targetName: row.target_name ?? null,
    storedDetails: detailsOf(row.details as string),
    requestId: row.request_id ?? null,
    ipAddress: row.ip_address ?? null,
    userAgent: row.user_agent ?? null,
    previousHash: row.previous_hash as string,
    hash: row.hash as string,
  })

export const findHead = async (reader: Reader, organizationId: string): Promise<AuditHead> => {
  const [row] = await reader.query<{ sequence: string | number; hash: string; occurred_at: string }>(
    'SELECT sequence, hash, occurred_at FROM audit_heads WHERE organization_id = ?',
    [organizationId],
  )
  return row === undefined
    ? { sequence: 0, hash: GENESIS_HASH, occurredAt: null }
    : { sequence: Number(row.sequence), hash: row.hash, occurredAt: new Date(row.occurred_at) }
}

/** The same, locked until the transaction ends, and begun where there is none yet. */
export const lockHead = async (writer: Writer, organizationId: string): Promise<AuditHead> => {
  if (writer.engine === 'sqlite') return findHead(writer, organizationId)
  const read = () =>
    writer.query<{ sequence: string; hash: string; occurred_at: string }>(
      'SELECT sequence, hash, occurred_at FROM audit_heads WHERE organization_id = ? FOR UPDATE',
      [organizationId],
    )
  let [row] = await read()
  if (row === undefined) {
    await writer.query('INSERT INTO audit_heads VALUES (?, 0, ?, ?) ON CONFLICT DO NOTHING', [
      organizationId,
      GENESIS_HASH,
      instantText(new Date(0)),
    ])
    ;[row] = await read()
  }
  if (row === undefined) throw new Error('The head of an audit history vanished while it was being locked.')
  return { sequence: Number(row.sequence), hash: row.hash, occurredAt: new Date(row.occurred_at) }
}

export const saveHead = async (writer: Writer, organizationId: string, newest: AuditEvent): Promise<void> => {
  await writer.query(
    `INSERT INTO audit_heads (organization_id, sequence, hash, occurred_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (organization_id) DO UPDATE
     SET sequence = excluded.sequence, hash = excluded.hash, occurred_at = excluded.occurred_at`,
    [organizationId, newest.sequence, newest.hash, instantText(newest.occurredAt)],
  )
}

// Stays below the 32,766 parameters that SQLite takes and the 65,535 of PostgreSQL.
const ROWS_A_STATEMENT = 1_000

export const insertEvents = async (writer: Writer, events: readonly AuditEvent[]): Promise<void> => {
  for (let start = 0; start < events.length; start += ROWS_A_STATEMENT) {
    const batch = events.slice(start, start + ROWS_A_STATEMENT)
    const row = `(${Array(COLUMN_COUNT).fill('?').join(', ')})`
    await writer.query(
      `INSERT INTO audit_events (${COLUMNS}) VALUES ${Array(batch.length).fill(row).join(', ')}`,
      batch.flatMap((event) => [
        event.organizationId,
        event.sequence,
        event.id,
        event.type,
        instantText(event.occurredAt),
        event.actor.kind,
        event.actor.id,
        event.actor.name,
        event.targetId,
        event.targetName,
        JSON.stringify(event.storedDetails),
        event.requestId,
        event.ipAddress,
        event.userAgent,
        event.previousHash,
        event.hash,
        event.credentialId,
        event.tokenId,
      ]),
    )
  }
}

interface Selection {
  readonly where: string
  readonly parameters: readonly unknown[]
  readonly types: readonly AuditEventType[] | null | undefined
  readonly order: 'ASC' | 'DESC'
  readonly limit: number
}

/**
 * The first events in an order. Each type has a stretch of the index to itself, and neither engine merges stretches in
 * order: of several types so many events each are read, and the first of those are kept.
 */
const selectEvents = async (
  reader: Reader,
  { where, parameters, types, order, limit }: Selection,
): Promise<AuditEvent[]> => {
  const inOrder = `ORDER BY sequence ${order} LIMIT ${limit}`
  const select = (condition: string) => `SELECT ${COLUMNS} FROM audit_events WHERE ${condition} ${inOrder}`
  if (types == null) return (await reader.query<StoredEvent>(select(where), parameters)).map(eventOf)
  const distinct = [...new Set(types)]
  if (distinct.length === 0) return []
  const parts = distinct.map(() => `SELECT * FROM (${select(`${where} AND type = ?`)}) AS of_type`)
  const rows = await reader.query<StoredEvent>(
    parts.length === 1 ? select(`${where} AND type = ?`) : `${parts.join(' UNION ALL ')} ${inOrder}`,
    distinct.flatMap((type) => [...parameters, type]),
  )
  return rows.map(eventOf)
}

/** Events behind a position in the order of the history, at most `limit`. */
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

/** The lowest sequence that a history has a row for: 1, or null where it has none, unless somebody put a row before. */
export const findFirstSequence = async (reader: Reader, organizationId: string): Promise<number | null> => {
  const [row] = await reader.query<{ first: string | number | null }>(
    'SELECT MIN(sequence) AS first FROM audit_events WHERE organization_id = ?',
    [organizationId],
  )
  return row?.first == null ? null : Number(row.first)
}

/** The hash of the event at a sequence, as it is stored; null where there is none. */
export const findHash = async (reader: Reader, organizationId: string, sequence: number): Promise<string | null> => {
  const [row] = await reader.query<{ hash: string }>(
    'SELECT hash FROM audit_events WHERE organization_id = ? AND sequence = ?',
    [organizationId, sequence],
  )
  return row?.hash ?? null
}

export const findEvent = async (reader: Reader, id: string): Promise<AuditEvent | null> => {
  const [row] = await reader.query<StoredEvent>(`SELECT ${COLUMNS} FROM audit_events WHERE id = ?`, [id])
  return row === undefined ? null : eventOf(row)
}

/** Whether anybody or anything of that id did something in an organization's history, or had something done to it. */
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

/** Refuses a filter by what can be no id of such a thing. Throws BAD_USER_INPUT. */
export const checkEventFilter = ({ types, actorId, targetId }: AuditEventFilter): void => {
  const issues = new InputIssues()
  checkLength(issues, 'filter.types', types ?? [], 'types')
  issues.throwIfAny()
  if (actorId != null && !isId('user', actorId) && !isId('key', actorId))
    throw badInput('filter.actorId', 'must be the id of a user or of a key')
  if (targetId != null && kindOfId(targetId) === null) throw badInput('filter.targetId', 'must be an id of this server')
}

/** Occurrence times never run backwards along a history, so that a time bound is a sequence bound. */
const sequenceAt = async (reader: Reader, organizationId: string, bound: 'after' | 'before', instant: Date) => {
  const [comparison, order] = bound === 'after' ? ['>', 'ASC'] : ['<', 'DESC']
  // By MIN(sequence) or MAX(sequence) either engine would look at every event behind the bound.
  const [row] = await reader.query<{ sequence: string | number }>(
    `SELECT sequence FROM audit_events WHERE organization_id = ? AND occurred_at ${comparison} ?
     ORDER BY occurred_at ${order}, sequence ${order} LIMIT 1`,
    [organizationId, instantText(instant)],
  )
  return row === undefined ? null : Number(row.sequence)
}

/** The heads of the histories that grew since an instant. */
export const headsSince = async (
  reader: Reader,
  since: Date,
): Promise<{ readonly organizationId: string; readonly sequence: number }[]> => {
  const rows = await reader.query<{ organization_id: string; sequence: string | number }>(
    'SELECT organization_id, sequence FROM audit_heads WHERE occurred_at >= ?',
    [instantText(since)],
  )
  return rows.map((row) => ({ organizationId: row.organization_id, sequence: Number(row.sequence) }))
}

/** The sequence of the last event before an instant; zero where there is none. */
export const sequenceBefore = async (reader: Reader, organizationId: string, instant: Date): Promise<number> =>
  (await sequenceAt(reader, organizationId, 'before', instant)) ?? 0

const cursorOf = (event: AuditEvent) => encodeCursor('audit', [event.sequence])

/**
 * One page of an organization's history, newest first. Throws BAD_USER_INPUT for bad paging arguments.
 */
export const pageOfEvents = async (
  reader: Reader,
  organizationId: string,
  filter: AuditEventFilter,
  paging: PageArguments,
): Promise<Page<AuditEvent>> => {
  const request = parsePage('audit', ['number'], paging)
  const parameters: unknown[] = [organizationId]
  const where = ['organization_id = ?']
  const and = (condition: string, ...values: readonly unknown[]) => {
    where.push(condition)
    parameters.push(...values)
  }
  if (filter.actorId != null) and('actor_id = ?', filter.actorId)
  if (filter.targetId != null) and('target_id = ?', filter.targetId)
  // One bound on each side: of two on the same side SQLite walks the index from the wider one.
  let [lowest, highest] = [1, Number.MAX_SAFE_INTEGER]
  if (filter.occurredAfter != null) {
    const from = await sequenceAt(reader, organizationId, 'after', filter.occurredAfter)
    if (from === null) return makePage(request, [], cursorOf)
    lowest = from
  }
  if (filter.occurredBefore != null) {
    const to = await sequenceAt(reader, organizationId, 'before', filter.occurredBefore)
    if (to === null) return makePage(request, [], cursorOf)
    highest = to
  }
  const [position] = request.position ?? []
  if (typeof position === 'number' && request.backward) lowest = Math.max(lowest, position + 1)
  if (typeof position === 'number' && !request.backward) highest = Math.min(highest, position - 1)
  if (lowest > 1) and('sequence >= ?', lowest)
  if (highest < Number.MAX_SAFE_INTEGER) and('sequence <= ?', highest)
  const events = await selectEvents(reader, {
    where: where.join(' AND '),
    parameters,
    types: filter.types,
    order: request.backward ? 'ASC' : 'DESC',
    limit: request.size + 1,
  })
  return makePage(request, events, cursorOf)
}
