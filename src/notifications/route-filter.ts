import type { AuditEvent } from '../audit/audit-event.ts'
import { type AuditEventType, KEY_EVENT_TYPES } from '../audit/events/event-types.ts'
import { parseDuration } from '../kernel/duration.ts'
import type { InputIssues } from '../kernel/errors.ts'
import { checkLength } from '../kernel/list-input.ts'
import type { NotificationRouteRow } from './notification.entity.ts'

/** The event types that a route sends by default. */
export const DEFAULT_TYPES: readonly AuditEventType[] = [
  'KEY_EXPIRY_WARNING',
  'KEY_EXPIRED',
  'KEY_LEAKED',
  'RETIRED_SECRET_USED',
]

/** Checks the event types of a route and removes duplicates. Adds an issue for each fault. */
export const checkTypes = (issues: InputIssues, types: readonly AuditEventType[]): AuditEventType[] => {
  if (!checkLength(issues, 'types', types, 'types')) return []
  if (types.length === 0) issues.add('types', 'must contain at least one event type')
  return [...new Set(types)]
}

const ABOUT_KEYS: ReadonlySet<AuditEventType> = new Set(KEY_EVENT_TYPES)

/** Whether events of the type have a key as their target. */
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
  // If the details of a warning cannot be read it is sent: a superfluous warning is better than a missed one.
  return threshold === null || threshold <= maximumThreshold
}
