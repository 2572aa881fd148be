import { badInput } from '../kernel/errors.ts'
import { encodeCursor, makePage, type Page, type PageRequest } from '../kernel/page.ts'
import type { Reader } from '../persistence/database.ts'
import { selectEvents, sequenceAt } from './audit.store.ts'
import { findBase } from './audit-base.store.ts'
import type { AuditEvent } from './audit-event.ts'
import type { AuditEventFilter } from './event-filter.ts'

const cursorOf = (event: AuditEvent) => encodeCursor('audit', [event.sequence])

const AFTER_BASE = 'sequence > (SELECT COALESCE(MAX(sequence), 0) FROM audit_bases WHERE organization_id = ?)'

/**
 * One page of an organization's audit log, newest first. Throws BAD_USER_INPUT where events between the cursor and the page
 * were archived: a reader that goes forward in time would miss them.
 */
export const pageOfEvents = async (
  reader: Reader,
  organizationId: string,
  filter: AuditEventFilter,
  request: PageRequest,
): Promise<Page<AuditEvent>> => {
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
  if (filter.afterSequence != null) lowest = Math.max(lowest, filter.afterSequence + 1)
  if (filter.occurredAfter != null) {
    const from = await sequenceAt(reader, organizationId, 'after', filter.occurredAfter)
    if (from === null) return makePage(request, [], cursorOf)
    lowest = Math.max(lowest, from)
  }
  if (filter.occurredBefore != null) {
    const to = await sequenceAt(reader, organizationId, 'before', filter.occurredBefore)
    if (to === null) return makePage(request, [], cursorOf)
    highest = to
  }
  const [position] = request.position ?? []
  if (typeof position === 'number' && request.backward) lowest = Math.max(lowest, position + 1)
  if (typeof position === 'number' && !request.backward) highest = Math.min(highest, position - 1)
  if (lowest === 1) and(AFTER_BASE, organizationId)
  else and('sequence >= ?', Math.max(lowest, (await findBase(reader, organizationId)).sequence + 1))
  if (highest < Number.MAX_SAFE_INTEGER) and('sequence <= ?', highest)
  const events = await selectEvents(reader, {
    where: where.join(' AND '),
    parameters,
    types: filter.types,
    order: request.backward ? 'ASC' : 'DESC',
    limit: request.size + 1,
  })
  if (typeof position === 'number' && request.backward) {
    const { sequence } = await findBase(reader, organizationId)
    if (position < sequence)
      throw badInput(
        'before',
        `is before event ${sequence + 1}, where the audit log begins: older events were archived`,
      )
  }
  return makePage(request, events, cursorOf)
}
