import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { useFeedState } from '../../data/use-live-events.ts'
import { usePolling } from '../../data/use-polling.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import { AuditPageDocument, type AuditRowFragment, AuditRowFragmentDoc } from '../../generated/graphql.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Card } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { EmptyState, Skeleton } from '../../ui/states.tsx'
import { filterOf, isFiltered, labelOf, toneOf } from './event-types.ts'
import { FilterBar } from './filter-bar.tsx'

const route = getRouteApi('/console/$organizationId/audit')

const PAGE_SIZE = 50
const TAIL_MS = 2_000

/** The events that the filters of the address find, newest first. The first page follows the log. */
export const EventList = () => {
  const { organizationId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const variables = { organizationId, filter: filterOf(search), first: PAGE_SIZE, after: search.after ?? null }
  const isTail = search.after === undefined
  const { data, error, isLoading, reload } = useData(AuditPageDocument, variables, { live: isTail })
  usePolling(reload, TAIL_MS, isTail)
  const page = data?.organization?.auditEvents
  const rows = page?.edges.map(({ node }) => readFragment(AuditRowFragmentDoc, node)) ?? []
  const newest = useNewestSeen(rows, JSON.stringify(variables))
  return (
    <Card flush>
      <FilterBar />
      {page == null ? (
        error === null ? (
          <Skeleton lines={12} label="Loading events" />
        ) : (
          <PartFailure error={error} onRetry={reload} />
        )
      ) : rows.length === 0 ? (
        <NoEvents filtered={isFiltered(search)} onClear={() => void navigate({ search: {} })} />
      ) : (
        <>
          <DataTable caption="Events, newest first" columns={columnsOf(newest)} rows={rows} rowKey={({ id }) => id} />
          <footer className="audit-pages">
            {isTail ? <TailState /> : <span className="muted small">Older events</span>}
            <div className="row">
              <Button
                size="small"
                disabledReason={isTail ? 'These are the newest events.' : null}
                onClick={() => void navigate({ search: ({ after: _, ...rest }) => rest })}
              >
                Newest
              </Button>
              <Button
                size="small"
                busy={isLoading && !isTail}
                disabledReason={page.pageInfo.hasNextPage ? null : 'There are no older events.'}
                onClick={() => void navigate({ search: (now) => ({ ...now, after: page.pageInfo.endCursor ?? '' }) })}
              >
                Older
              </Button>
            </div>
          </footer>
        </>
      )}
    </Card>
  )
}

/** The newest sequence that was there when this list was first shown: what is above it has just happened. */
const useNewestSeen = (rows: readonly AuditRowFragment[], list: string): number => {
  const seen = useRef({ list: '', sequence: Number.POSITIVE_INFINITY })
  const head = rows[0]?.sequence
  useEffect(() => {
    if (seen.current.list !== list && head !== undefined) seen.current = { list, sequence: head }
  }, [list, head])
  return seen.current.list === list ? seen.current.sequence : Number.POSITIVE_INFINITY
}

const TailState = () => {
  const isOffline = useFeedState() === 'offline'
  return (
    <span className="audit-live" data-offline={isOffline || undefined}>
      {isOffline ? 'Waiting for the server' : 'Live: new events appear by themselves'}
    </span>
  )
}

const NoEvents = ({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) =>
  filtered ? (
    <EmptyState icon="filter" title="No event matches" actions={<Button onClick={onClear}>Clear the filters</Button>}>
      Nothing of this kind happened in the chosen time.
    </EmptyState>
  ) : (
    <EmptyState title="Nothing has happened yet" />
  )

const columnsOf = (newest: number): Column<AuditRowFragment>[] => [
  {
    id: 'sequence',
    header: 'No.',
    narrow: true,
    align: 'end',
    priority: 'low',
    cell: ({ sequence }) => (
      <span className="mono muted" data-fresh={sequence > newest ? '' : undefined}>
        {sequence}
      </span>
    ),
  },
  {
    id: 'type',
    header: 'Event',
    isTitle: true,
    cell: (event) => (
      <Link
        from="/console/$organizationId/audit"
        to="."
        search={(now) => ({ ...now, event: event.id })}
        className="audit-event"
      >
        <Badge tone={toneOf(event.type)} dot>
          {labelOf(event.type)}
        </Badge>
      </Link>
    ),
  },
  { id: 'target', header: 'About', cell: ({ targetName, targetId }) => targetName ?? <Id value={targetId} /> },
  {
    id: 'actor',
    header: 'By',
    cell: ({ actor }) => (
      <span className={actor.name === null ? 'audit-actor muted' : 'audit-actor'}>
        {actor.name ?? labelOf(actor.kind)}
      </span>
    ),
  },
  {
    id: 'when',
    header: 'When',
    narrow: true,
    cell: ({ occurredAt }) => <RelativeTime instant={occurredAt} focusable={false} />,
  },
]

const Id = ({ value }: { readonly value: string | null }) =>
  value === null ? <span className="muted">–</span> : <span className="mono">{value}</span>
