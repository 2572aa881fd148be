import { getRouteApi, Link } from '@tanstack/react-router'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { usePolling } from '../../data/use-polling.ts'
import {
  type DeliveryStatus,
  NotificationDeliveriesDocument,
  type NotificationDeliveriesQuery,
} from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Select } from '../../ui/select.tsx'
import { EmptyState, Skeleton } from '../../ui/states.tsx'
import { labelOf } from '../audit/event-types.ts'
import { DELIVERY_STATUSES } from './search.ts'

const screen = getRouteApi('/console/$organizationId/notifications')
const PAGE_SIZE = 20
const POLL_MS = 3_000

type RouteNode = Extract<NonNullable<NotificationDeliveriesQuery['node']>, { __typename: 'NotificationRoute' }>
type Delivery = RouteNode['deliveries']['edges'][number]['node']

const STATES: Readonly<Record<DeliveryStatus, { readonly tone: Tone; readonly text: string }>> = {
  PENDING: { tone: 'info', text: 'Pending' },
  DELIVERED: { tone: 'good', text: 'Delivered' },
  FAILED: { tone: 'bad', text: 'Failed' },
}

const STATUS_OPTIONS = [
  { value: '' as const, label: 'All deliveries' },
  ...DELIVERY_STATUSES.map((value) => ({ value, label: STATES[value].text })),
]

/** What was sent by a route, newest first and live. */
export const Deliveries = ({ routeId }: { readonly routeId: string }) => {
  const { organizationId } = screen.useParams()
  const { status, after } = screen.useSearch()
  const navigate = screen.useNavigate()
  const events = useRights().has('audit', 'VIEWER')
  const variables = { routeId, status: status ?? null, first: PAGE_SIZE, after: after ?? null, events }
  const { data, error, reload } = useData(NotificationDeliveriesDocument, variables)
  usePolling(reload, POLL_MS)
  const page = data?.node?.__typename === 'NotificationRoute' ? data.node.deliveries : null
  const rows = page?.edges.map(({ node }) => node) ?? []
  return (
    <section className="route-deliveries" aria-label="Deliveries">
      <div className="row">
        <Select
          size="small"
          aria-label="Which deliveries"
          value={status ?? ''}
          options={STATUS_OPTIONS}
          onChange={(next) =>
            void navigate({ search: next === '' ? { route: routeId } : { route: routeId, status: next } })
          }
        />
      </div>
      {page === null ? (
        error === null ? (
          <Skeleton lines={4} />
        ) : (
          <PartFailure error={error} onRetry={reload} />
        )
      ) : rows.length === 0 ? (
        <EmptyState icon="bell" title="Nothing was sent">
          Send a test, or wait for an event of a type that this route sends.
        </EmptyState>
      ) : (
        <>
          <DataTable caption="Deliveries" columns={columnsOf(organizationId)} rows={rows} rowKey={({ id }) => id} />
          {(page.pageInfo.hasNextPage || after !== undefined) && (
            <div className="row">
              <Button
                size="small"
                disabledReason={after === undefined ? 'These are the newest.' : null}
                onClick={() => void navigate({ search: ({ after: _, ...rest }) => rest })}
              >
                Newest
              </Button>
              <Button
                size="small"
                disabledReason={page.pageInfo.hasNextPage ? null : 'There are no older ones.'}
                onClick={() => void navigate({ search: (now) => ({ ...now, after: page.pageInfo.endCursor ?? '' }) })}
              >
                Older
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  )
}

const columnsOf = (organizationId: string): Column<Delivery>[] => [
  {
    id: 'event',
    header: 'Event',
    isTitle: true,
    cell: ({ event }) =>
      event == null ? (
        'Test message'
      ) : (
        <Link to="/console/$organizationId/audit" params={{ organizationId }} search={{ event: event.id }}>
          {labelOf(event.type)} {event.targetName ?? ''}
        </Link>
      ),
  },
  {
    id: 'status',
    header: 'State',
    narrow: true,
    cell: ({ status }) => (
      <Badge tone={STATES[status].tone} dot>
        {STATES[status].text}
      </Badge>
    ),
  },
  { id: 'attempts', header: 'Attempts', narrow: true, align: 'end', cell: ({ attempts }) => attempts },
  {
    id: 'answer',
    header: 'Last answer',
    cell: ({ responseStatus, error }) => [responseStatus, error].filter((part) => part != null).join(': ') || '–',
  },
  {
    id: 'when',
    header: 'Last attempt',
    narrow: true,
    cell: ({ lastAttemptAt, createdAt }) => <RelativeTime instant={lastAttemptAt ?? createdAt} focusable={false} />,
  },
  {
    id: 'next',
    header: 'Next attempt',
    narrow: true,
    priority: 'low',
    cell: ({ nextAttemptAt }) =>
      nextAttemptAt == null ? '–' : <RelativeTime instant={nextAttemptAt} focusable={false} />,
  },
]
