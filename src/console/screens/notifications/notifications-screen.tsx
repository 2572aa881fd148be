import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { useLogRefresh } from '../../data/use-log-refresh.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import { NotificationsPageDocument, type RouteFieldsFragment, RouteFieldsFragmentDoc } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Button } from '../../ui/button.tsx'
import { PageHeader } from '../../ui/layout.tsx'
import { OneTimeSecret } from '../../ui/one-time-secret.tsx'
import { EmptyState, NoPermission, Skeleton } from '../../ui/states.tsx'
import { Deliveries } from './deliveries.tsx'
import { RouteCard } from './route-card.tsx'
import { RouteDialog } from './route-dialog.tsx'
import { type RouteTask, RouteTaskDialog } from './route-tasks.tsx'
import './notifications.css'

const route = getRouteApi('/console/$organizationId/notifications')

/** A signing secret that was just made. */
export interface NewSecret {
  readonly name: string
  readonly secret: string
}

/** Where events are sent, what arrived, and what did not. */
export const NotificationsScreen = () => {
  const { organizationId } = route.useParams()
  const { route: openId } = route.useSearch()
  const { has, denied } = useRights()
  const [isCreating, setCreating] = useState(false)
  const [open, setOpen] = useState<{ readonly task: RouteTask; readonly route: RouteFieldsFragment } | null>(null)
  const [issued, setIssued] = useState<NewSecret | null>(null)
  const mayRead = has('keys', 'MANAGER')
  useLogRefresh(organizationId)
  const { data, error, reload } = useData(NotificationsPageDocument, { organizationId }, { pause: !mayRead })
  const organization = data?.organization
  const routes = organization?.notificationRoutes?.map((one) => readFragment(RouteFieldsFragmentDoc, one))
  return (
    <>
      <PageHeader
        title="Notifications"
        description="A route sends events to a webhook, Slack, PagerDuty or e-mail. It reads the audit log, so nothing is skipped while a receiver is down."
        actions={
          <Button
            variant="primary"
            icon="plus"
            disabledReason={denied('keys', 'MANAGER')}
            onClick={() => setCreating(true)}
          >
            New route
          </Button>
        }
      />
      {!mayRead ? (
        <NoPermission grant="keys:manager" what="the notification routes" />
      ) : routes === undefined ? (
        error === null ? (
          <Skeleton lines={6} />
        ) : (
          <PartFailure error={error} onRetry={reload} />
        )
      ) : routes.length === 0 ? (
        <EmptyState icon="bell" title="No routes yet">
          Nobody is told when a key is about to expire, expires, or leaks. Create a route to change that.
        </EmptyState>
      ) : (
        <ul className="routes">
          {routes.map((one) => (
            <li key={one.id}>
              <RouteCard route={one} onTask={(task) => setOpen({ task, route: one })} />
              {one.id === openId && <Deliveries routeId={one.id} />}
            </li>
          ))}
        </ul>
      )}
      {isCreating && (
        <RouteDialog
          organizationId={organizationId}
          route={null}
          projects={organization?.projects ?? []}
          onClose={() => setCreating(false)}
          onSecret={setIssued}
        />
      )}
      {open !== null && (
        <RouteTaskDialog
          {...open}
          organizationId={organizationId}
          projects={organization?.projects ?? []}
          onClose={() => setOpen(null)}
          onSecret={setIssued}
        />
      )}
      {issued !== null && (
        <OneTimeSecret
          title={`Store the signing secret of “${issued.name}” now`}
          secret={issued.secret}
          onStored={() => setIssued(null)}
        >
          <p>
            This is the only time that it is shown. The receiver checks with it that messages come from this server
            (Standard Webhooks 1.0).
          </p>
        </OneTimeSecret>
      )}
    </>
  )
}
