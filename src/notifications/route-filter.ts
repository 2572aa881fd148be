import type { AuditEvent } from '../audit/audit-event.ts'
import { type AuditEventType, KEY_EVENT_TYPES } from '../audit/events/event-types.ts'
import { parseDuration } from '../kernel/duration.ts'
import type { InputIssues } from '../kernel/errors.ts'
import { checkLength } from '../kernel/list-input.ts'
import type { NotificationRouteRow } from './notification.entity.ts'

/** What a route sends unless it says otherwise. */
export const DEFAULT_TYPES: readonly AuditEventType[] = [
  'KEY_EXPIRY_WARNING',
  'KEY_EXPIRED',
  'KEY_LEAKED',
  'RETIRED_SECRET_USED',
]

/** Reads the types of a route. Adds an issue for everything that is wrong with them. */
export const checkTypes = (issues: InputIssues, types: readonly AuditEventType[]): AuditEventType[] => {
  if (!checkLength(issues, 'types', types, 'types')) return []
  if (types.length === 0) issues.add('types', 'must name at least one type of event')
  return [...new Set(types)]
}

const ABOUT_KEYS: ReadonlySet<AuditEventType> = new Set(KEY_EVENT_TYPES)

/** Whether an event is about a key, which is its target. */
export const isAboutKey = (type: AuditEventType): boolean => ABOUT_KEYS.has(type)

/** Whether a route sends an event, by its types, its threshold and its project. */
export const isWanted = (
  route: Pick<NotificationRouteRow, 'types' | 'maximumThreshold' | 'projectId'>,
  event: AuditEvent,
  projectOf: (keyId: string) => string | null,
): boolean => {
  if (!route.types.includes(event.type)) return false
  return isInProject(route, event, projectOf) && isUrgentEnough(route, event)
}

export const isInProject = (
  { projectId }: Pick<NotificationRouteRow, 'projectId'>,
  { type, targetId }: AuditEvent,
  projectOf: (keyId: string) => string | null,
): boolean => projectId === null || (isAboutKey(type) && targetId !== null && projectOf(targetId) === projectId)

const isUrgentEnough = ({ maximumThreshold }: Pick<NotificationRouteRow, 'maximumThreshold'>, event: AuditEvent) => {
  if (maximumThreshold === null || event.type !== 'KEY_EXPIRY_WARNING') return true
  const threshold = parseDuration(event.details?.threshold ?? '')
  // A warning whose details cannot be read is sent: one too many is better than one too few.
  return threshold === null || threshold <= maximumThreshold
}
