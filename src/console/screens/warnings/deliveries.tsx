import type { WarningLineFragment } from '../../generated/graphql.ts'
import { Badge } from '../../ui/badge.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'

type Delivery = NonNullable<WarningLineFragment['deliveries']>[number]

const CHANNELS = { WEBHOOK: 'Webhook', SLACK: 'Slack', PAGERDUTY: 'PagerDuty', EMAIL: 'E-mail' } as const
const STATES = {
  DELIVERED: { tone: 'good', text: 'Delivered' },
  PENDING: { tone: 'info', text: 'On its way' },
  FAILED: { tone: 'bad', text: 'Failed' },
} as const

const count = (deliveries: readonly Delivery[], status: Delivery['status']): number =>
  deliveries.filter((delivery) => delivery.status === status).length

const summaryOf = (deliveries: readonly Delivery[]): string => {
  const parts = [`Delivered to ${count(deliveries, 'DELIVERED')} of ${deliveries.length}`]
  const failed = count(deliveries, 'FAILED')
  return failed === 0 ? parts.join() : `${parts.join()}, ${failed} failed`
}

/** Where a warning was sent, and whether it arrived. */
export const Deliveries = ({ deliveries }: { readonly deliveries: readonly Delivery[] }) =>
  deliveries.length === 0 ? (
    <span className="muted small">Shown here alone: no notification route takes it.</span>
  ) : (
    <details className="deliveries">
      <summary>{summaryOf(deliveries)}</summary>
      <ul>
        {deliveries.map((delivery) => (
          <li key={delivery.id} className="row">
            <Badge tone={STATES[delivery.status].tone}>{STATES[delivery.status].text}</Badge>
            <span>
              {delivery.route.name} <span className="muted">({CHANNELS[delivery.route.channel]})</span>
            </span>
            <span className="muted small">{<DeliveryTime delivery={delivery} />}</span>
          </li>
        ))}
      </ul>
    </details>
  )

const DeliveryTime = ({ delivery }: { readonly delivery: Delivery }) => {
  const { deliveredAt, nextAttemptAt, error, attempts } = delivery
  if (deliveredAt != null) return <RelativeTime instant={deliveredAt} focusable={false} />
  return (
    <>
      {attempts} {attempts === 1 ? 'attempt' : 'attempts'}
      {error && `: ${error.replace(/\.$/, '')}`}
      {nextAttemptAt != null && (
        <>
          , next <RelativeTime instant={nextAttemptAt} focusable={false} />
        </>
      )}
    </>
  )
}
