import type { AuditEventFieldsFragment, ExpiryWarningFieldsFragment } from '../../generated/graphql.ts'
import { harmless } from '../terminal/harmless.ts'
import type { Output } from '../terminal/output.ts'
import type { Style } from '../terminal/style.ts'

/** What `watch` shows of an event. */
export type WatchedEvent = Pick<
  AuditEventFieldsFragment,
  'sequence' | 'type' | 'occurredAt' | 'targetId' | 'targetName' | 'details'
> &
  Partial<AuditEventFieldsFragment>

/** The event that a warning was written with, for those who receive warnings and no events. */
export const eventOfWarning = (warning: ExpiryWarningFieldsFragment): WatchedEvent => ({
  sequence: warning.sequence,
  type: 'KEY_EXPIRY_WARNING',
  occurredAt: warning.createdAt,
  targetId: warning.key.id,
  targetName: warning.key.name,
  details: {
    kind: warning.key.kind,
    warningId: warning.id,
    threshold: warning.threshold,
    expiresAt: warning.expiresAt,
  },
})

const STYLES: Partial<Record<WatchedEvent['type'], Style>> = {
  KEY_EXPIRY_WARNING: 'yellow',
  KEY_EXPIRED: 'red',
  KEY_LEAKED: 'red',
  RETIRED_SECRET_USED: 'red',
  KEY_REVOKED: 'dim',
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const remarkOf = ({ type, details }: WatchedEvent, output: Output): string | null => {
  const { expiresAt, reason, cause } = details
  if (type === 'KEY_EXPIRY_WARNING' && text(expiresAt) !== null)
    return `${cause === 'disuse' ? 'is revoked for disuse' : 'expires'} ${output.instant(text(expiresAt))}`
  if (type === 'KEY_REVOKED') return text(reason)?.toLowerCase() ?? null
  return null
}

/** One line about an event. */
export const describeEvent = (event: WatchedEvent, output: Output): string => {
  const { sequence, type, occurredAt, targetId, targetName, actor } = event
  const by = actor?.name == null || actor.kind === 'SYSTEM' ? null : `by ${actor.name}`
  const words = [targetName ?? '', targetId === null ? null : `(${targetId})`, remarkOf(event, output), by]
  const style = STYLES[type]
  return [
    String(sequence),
    output.time(occurredAt),
    style === undefined ? type : output.paint(style, type),
    harmless(words.filter((word) => word !== null).join(' ')),
  ].join('  ')
}
