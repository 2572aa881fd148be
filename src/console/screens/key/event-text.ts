import type { HistoryEventFragment } from '../../generated/graphql.ts'
import { formatDuration } from '../../ui/format-time.ts'

type Details = Record<string, unknown>

const text = (details: Details, name: string): string | null => {
  const value = details[name]
  return typeof value === 'string' && value !== '' ? value : null
}

const lower = (value: string): string => value.toLowerCase().replaceAll('_', ' ')

/** What the page calls a field whose name in the schema is no word. */
const FIELDS: Readonly<Record<string, string>> = {
  allowedIps: 'allowed addresses',
  expiresAt: 'expiry',
  warnBefore: 'warnings',
  projectId: 'project',
}

const changedFields = (details: Details): string => {
  const { changes } = details
  const names = typeof changes === 'object' && changes !== null ? Object.keys(changes) : []
  return names.length === 0 ? '' : `: ${names.map((name) => FIELDS[name] ?? name).join(', ')}`
}

/** What an event about a key says, in a few words. Unknown types keep their name, so a newer server is readable too. */
export const eventText = ({ type, details }: Pick<HistoryEventFragment, 'type' | 'details'>): string => {
  const hint = text(details, 'hint')
  switch (type) {
    case 'KEY_CREATED':
      return 'Created'
    case 'KEY_UPDATED':
      return details.newSecretFirstUsed === true
        ? 'New secret used for the first time'
        : `Changed${changedFields(details)}`
    case 'KEY_ROTATED':
      return hint === null ? 'Rotated' : `Rotated: new secret ${hint}`
    case 'KEY_ROTATION_COMPLETED':
      return text(details, 'rotatedAt') === null ? 'Rotation completed' : 'Rotation completed: the overlap ended'
    case 'KEY_ROTATION_CANCELLED':
      return 'Rotation cancelled'
    case 'KEY_SUSPENDED':
      return 'Suspended'
    case 'KEY_RESUMED':
      return 'Resumed'
    case 'KEY_REVOKED':
      return `Revoked: ${lower(text(details, 'reason') ?? 'unspecified')}${text(details, 'note') === null ? '' : `. ${text(details, 'note')}`}`
    case 'KEY_EXPIRY_WARNING':
      return `Warned ${formatDuration(text(details, 'threshold') ?? '')} before its end`
    case 'EXPIRY_WARNING_ACKNOWLEDGED':
      return 'Warning acknowledged'
    case 'KEY_EXPIRED':
      return 'Expired'
    case 'RETIRED_SECRET_USED':
      return 'A retired secret was used'
    case 'KEY_LEAKED':
      return `Leaked${text(details, 'foundAt') === null ? '' : `: ${text(details, 'foundAt')}`}`
    case 'TOKEN_ISSUED':
      return `Access token issued: ${text(details, 'scope') ?? ''}`
    case 'TOKEN_REVOKED':
      return 'Access token revoked'
    default:
      return lower(type).replace(/^./, (first) => first.toUpperCase())
  }
}

/** Who did it. */
export const actorText = ({ actor }: Pick<HistoryEventFragment, 'actor'>): string => {
  if (actor.kind === 'SYSTEM') return 'Keyturn'
  return actor.name ?? lower(actor.kind)
}
