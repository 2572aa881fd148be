import { Link } from '@tanstack/react-router'
import { useData } from '../../data/use-data.ts'
import { OverviewRoutesDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { buttonStyle } from '../../ui/button.tsx'
import { Card } from '../../ui/layout.tsx'

/** Offers a first notification route to those who may create one, while the organization has none. */
export const RouteOffer = ({ organizationId }: { readonly organizationId: string }) => {
  const isManager = useRights().has('keys', 'MANAGER')
  const { data } = useData(OverviewRoutesDocument, { organizationId }, { pause: !isManager, live: false })
  if (!isManager || data?.organization?.notificationRoutes?.length !== 0) return null
  return (
    <div className="overview__offer">
      <Card
        title="Nobody is notified yet"
        actions={
          <Link to="/console/$organizationId/notifications" params={{ organizationId }} {...buttonStyle({})}>
            Set up notifications
          </Link>
        }
      >
        <p className="muted">
          A notification route tells your team when a key is about to expire, expires, or leaks: by webhook, Slack,
          PagerDuty or e-mail.
        </p>
      </Card>
    </div>
  )
}
