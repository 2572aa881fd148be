import { badInput, InputIssues } from '../kernel/errors.ts'
import { isId, kindOfId } from '../kernel/ids.ts'
import { checkLength } from '../kernel/list-input.ts'
import type { AuditEventType } from './events/event-types.ts'

/** Which events of an audit log to return. A field that is left out or null does not filter. */
export interface AuditEventFilter {
  readonly types?: readonly AuditEventType[] | null | undefined
  readonly actorId?: string | null | undefined
  readonly targetId?: string | null | undefined
  readonly afterSequence?: number | null | undefined
  readonly occurredAfter?: Date | null | undefined
  readonly occurredBefore?: Date | null | undefined
}

/** Throws BAD_USER_INPUT if the filter has too many types, a negative sequence, or a text that cannot be the id of such an object. */
export const checkEventFilter = ({ types, actorId, targetId, afterSequence }: AuditEventFilter): void => {
  const issues = new InputIssues()
  checkLength(issues, 'filter.types', types ?? [], 'types')
  issues.throwIfAny()
  if (actorId != null && !isId('user', actorId) && !isId('key', actorId))
    throw badInput('filter.actorId', 'must be the id of a user or of a key')
  if (afterSequence != null && afterSequence < 0) throw badInput('filter.afterSequence', 'must be zero or more')
  if (targetId != null && kindOfId(targetId) === null) throw badInput('filter.targetId', 'must be an id of this server')
}
