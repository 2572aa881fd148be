import type { AuditEventType } from '../../audit/events/event-types.ts'
import type { NotificationPayload } from '../payload.ts'

type IncidentAction = 'trigger' | 'acknowledge' | 'resolve'

/** What an event does to the incident of its key. */
export const incidentActionOf = (type: AuditEventType | null): IncidentAction => {
  switch (type) {
    case 'EXPIRY_WARNING_ACKNOWLEDGED':
      return 'acknowledge'
    case 'KEY_ROTATED':
    case 'KEY_REVOKED':
      return 'resolve'
    default:
      return 'trigger'
  }
}

const SEVERITIES: Partial<Record<AuditEventType, 'critical' | 'error'>> = {
  KEY_LEAKED: 'critical',
  RETIRED_SECRET_USED: 'error',
  KEY_EXPIRED: 'error',
}

const LONGEST_SUMMARY = 1_024

/** The body of a request to PagerDuty's Events API v2. All incidents of one key have one `dedup_key`. */
export const pagerDutyBody = (
  routingKey: string,
  payload: NotificationPayload,
  { deliveryId, link, summary }: { readonly deliveryId: string; readonly link: string; readonly summary: string },
): object => {
  const { event, key, organization } = payload.data
  const action = incidentActionOf(event?.type ?? null)
  const dedupKey = `keyturn/${key?.id ?? deliveryId}`
  if (action !== 'trigger') return { routing_key: routingKey, event_action: action, dedup_key: dedupKey }
  return {
    routing_key: routingKey,
    event_action: action,
    dedup_key: dedupKey,
    client: 'Keyturn',
    client_url: link,
    links: [{ href: link, text: 'Open in Keyturn' }],
    payload: {
      summary: summary.slice(0, LONGEST_SUMMARY),
      source: organization.name,
      severity: event === null ? 'info' : (SEVERITIES[event.type] ?? 'warning'),
      timestamp: payload.timestamp,
      component: key?.name ?? null,
      class: payload.type,
      custom_details: payload.data,
    },
  }
}
