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

/** How often it was tried, and what the receiver answered. An answer that disabled the route is no attempt. */
const attemptsOf = ({ attempts, error }: Delivery): string => {
  const answer = error?.replace(/\.$/, '')
  if (attempts === 0 && answer !== undefined) return answer
  const tried = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
  return answer === undefined ? tried : `${tried}: ${answer}`
}

const DeliveryTime = ({ delivery }: { readonly delivery: Delivery }) => {
  const { deliveredAt, nextAttemptAt, route } = delivery
  if (deliveredAt != null) return <RelativeTime instant={deliveredAt} focusable={false} />
  if (nextAttemptAt == null) return attemptsOf(delivery)
  if (route?.enabled === false) return `${attemptsOf(delivery)}. It waits until the route is enabled.`
  return (
    <>
      {attemptsOf(delivery)}, next <RelativeTime instant={nextAttemptAt} focusable={false} />
    </>
  )
}
