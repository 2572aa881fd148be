import type { AuditEventFilter, AuditEventType } from '../../generated/graphql.ts'
import type { Tone } from '../../ui/badge.tsx'
import type { AuditSearch } from './search.ts'

/** Every type, in the order in which they are offered; a new type of the schema does not compile without a place here. */
const TONES: Readonly<Record<AuditEventType, Tone>> = {
  KEY_CREATED: 'good',
  KEY_UPDATED: 'info',
  KEY_ROTATED: 'info',
  KEY_ROTATION_COMPLETED: 'info',
  KEY_ROTATION_CANCELLED: 'neutral',
  KEY_SUSPENDED: 'warn',
  KEY_RESUMED: 'good',
  KEY_REVOKED: 'bad',
  KEY_EXPIRED: 'bad',
  KEY_EXPIRY_WARNING: 'warn',
  EXPIRY_WARNING_ACKNOWLEDGED: 'neutral',
  KEY_LEAKED: 'bad',
  RETIRED_SECRET_USED: 'bad',
  KEY_TOKENS_INVALIDATED: 'warn',
  TOKEN_ISSUED: 'neutral',
  TOKEN_REVOKED: 'warn',
  SIGNING_KEY_ROTATED: 'info',
  ACCESS_DENIED: 'bad',
  SESSION_STARTED: 'neutral',
  SESSION_ENDED: 'neutral',
  MEMBER_INVITED: 'info',
  MEMBER_JOINED: 'good',
  MEMBER_UPDATED: 'info',
  MEMBER_REMOVED: 'bad',
  ORGANIZATION_CREATED: 'good',
  ORGANIZATION_UPDATED: 'info',
  PROJECT_CREATED: 'good',
  MODULE_DEFINED: 'good',
  MODULE_REMOVED: 'bad',
  POLICY_UPDATED: 'info',
  NOTIFICATION_ROUTE_CREATED: 'good',
  NOTIFICATION_ROUTE_UPDATED: 'info',
  NOTIFICATION_ROUTE_DELETED: 'bad',
  AUDIT_EVENTS_ARCHIVED: 'neutral',
}

export const EVENT_TYPES = Object.keys(TONES) as AuditEventType[]

/** Groups that a filter offers above single types. */
const GROUPS: Readonly<Record<string, { readonly label: string; readonly pattern: RegExp }>> = {
  KEYS: { label: 'Everything about keys', pattern: /KEY_(?!TOKENS)|RETIRED|ACKNOWLEDGED/ },
  TOKENS: { label: 'Access tokens', pattern: /TOKEN|SIGNING/ },
  PEOPLE: { label: 'Members and sessions', pattern: /^(MEMBER|SESSION)/ },
  STRUCTURE: {
    label: 'Organization, projects, modules, policy',
    pattern: /^(ORGANIZATION|PROJECT|MODULE|POLICY|AUDIT)/,
  },
  ROUTES: { label: 'Notification routes', pattern: /^NOTIFICATION/ },
}

export const toneOf = (type: AuditEventType): Tone => TONES[type]

/** "Key expiry warning". */
export const labelOf = (type: string): string => {
  const words = type.toLowerCase().replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** What the filter offers: everything, groups, types. */
export const TYPE_OPTIONS = [
  { value: '', label: 'All events' },
  ...Object.entries(GROUPS).map(([value, { label }]) => ({ value, label })),
  ...EVENT_TYPES.map((type) => ({ value: type, label: labelOf(type) })),
]

const typesOf = (name: string | undefined): AuditEventType[] | undefined => {
  if (name === undefined) return undefined
  const group = GROUPS[name]
  const types = EVENT_TYPES.filter((type) => (group === undefined ? type === name : group.pattern.test(type)))
  return types.length === 0 ? undefined : types
}

const DAY_MS = 86_400_000

/** The filter of the API for the state in the address. Days are whole days in UTC. */
export const filterOf = ({ type, actor, target, from, to }: AuditSearch): AuditEventFilter => {
  const types = typesOf(type)
  const start = Date.parse(`${from}T00:00:00.000Z`)
  const end = Date.parse(`${to}T00:00:00.000Z`)
  return {
    ...(types === undefined ? {} : { types }),
    ...(actor === undefined ? {} : { actorId: actor }),
    ...(target === undefined ? {} : { targetId: target }),
    ...(Number.isNaN(start) ? {} : { occurredAfter: new Date(start - 1).toISOString() }),
    ...(Number.isNaN(end) ? {} : { occurredBefore: new Date(end + DAY_MS).toISOString() }),
  }
}

export const isFiltered = (search: AuditSearch): boolean => Object.keys(filterOf(search)).length > 0
