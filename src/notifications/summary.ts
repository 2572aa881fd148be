import type { JsonObject } from '../audit-chain/canonical-json.ts'
import type { NotificationPayload } from './payload.ts'

const DAY = 86_400
const HOUR = 3_600
const MINUTE = 60

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`

const timeLeft = (seconds: number): string => {
  if (seconds >= 2 * DAY) return plural(Math.round(seconds / DAY), 'day')
  if (seconds >= 2 * HOUR) return plural(Math.round(seconds / HOUR), 'hour')
  return plural(Math.max(1, Math.round(seconds / MINUTE)), 'minute')
}

const leakSummary = (name: string, { foundAt, tokenId }: JsonObject): string => {
  const what = tokenId === undefined ? 'A secret' : 'An access token'
  return `${what} of the key ${name} was found in a public place${typeof foundAt === 'string' ? `: ${foundAt}` : '.'}`
}

/** Summarizes a payload in one sentence. */
export const summaryOf = ({ type, data: { organization, event, key, warning } }: NotificationPayload): string => {
  if (event === null) return `This is a test notification of Keyturn for ${organization.name}.`
  const name = key?.name ?? event.targetName ?? 'unknown'
  switch (event.type) {
    case 'KEY_EXPIRY_WARNING':
      return warning === null
        ? `The key ${name} expires soon.`
        : `The key ${name} expires in ${timeLeft(warning.secondsLeft)}, at ${warning.expiresAt}.`
    case 'KEY_EXPIRED':
      return `The key ${name} has expired.`
    case 'KEY_LEAKED':
      return leakSummary(name, event.details)
    case 'RETIRED_SECRET_USED':
      return `A retired secret of the key ${name} was used.`
    case 'NOTIFICATION_ROUTE_UPDATED':
      return typeof event.details.disabledReason === 'string'
        ? `The notification route ${name} was disabled: ${event.details.disabledReason}`
        : `The notification route ${name} was changed.`
    default:
      return `${type}: ${name}, by ${event.actor.name ?? event.actor.kind}.`
  }
}
