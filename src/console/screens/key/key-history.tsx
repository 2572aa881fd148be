import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import { type HistoryEventFragment, HistoryEventFragmentDoc, KeyHistoryPageDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { usePlace } from '../../shell/place.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Card } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { EmptyState, NoPermission, Skeleton } from '../../ui/states.tsx'
import { isAboutKey } from './about-key.ts'
import { actorText, eventText } from './event-text.ts'

const PAGE = 20
const MOST = 100

/** What happened to a key and with it, newest first and live. */
export const KeyHistory = ({ keyId }: { readonly keyId: string }) => {
  const rights = useRights()
  const { organization } = usePlace()
  const [first, setFirst] = useState(PAGE)
  const mayRead = rights.has('audit', 'VIEWER')
  const { data, error, reload } = useData(
    KeyHistoryPageDocument,
    { id: keyId, origins: rights.has('audit', 'MANAGER'), first },
    { pause: !mayRead, concerns: isAboutKey(keyId) },
  )
  if (!mayRead) return <NoPermission grant="audit:viewer" what="the history of this key" />
  const history = data?.key?.history
  if (!history) return error === null ? <Skeleton lines={6} /> : <PartFailure error={error} onRetry={reload} />
  if (history.edges.length === 0) return <EmptyState title="Nothing has happened yet" />
  return (
    <Card flush>
      <ol className="key-events">
        {history.edges.map(({ node }) => {
          const event = readFragment(HistoryEventFragmentDoc, node)
          return <EventLine key={event.id} event={event} />
        })}
      </ol>
      {history.pageInfo.hasNextPage && (
        <div className="key-events__more">
          {first < MOST ? (
            <Button size="small" onClick={() => setFirst(Math.min(MOST, first * 2))}>
              Show more
            </Button>
          ) : (
            <Link to="/console/$organizationId/audit" params={{ organizationId: organization.id }}>
              The audit log has everything that happened before
            </Link>
          )}
        </div>
      )}
    </Card>
  )
}

const EventLine = ({ event }: { readonly event: HistoryEventFragment }) => (
  <li>
    <details className="key-event">
      <summary>
        <Icon name="chevron-right" />
        <span className="key-event__text">
          {eventText(event)}
          <span className="muted small">
            {actorText(event)}
            {event.ipAddress && ` · ${event.ipAddress}`}
            {event.userAgent && ` · ${event.userAgent}`}
          </span>
        </span>
        <span className="muted small">
          <RelativeTime instant={event.occurredAt} focusable={false} />
        </span>
      </summary>
      <CodeBlock
        title={`Event ${event.sequence}, ${event.type}`}
        code={JSON.stringify(
          {
            details: event.details,
            credentialId: event.credentialId,
            tokenId: event.tokenId,
            requestId: event.requestId,
            ipAddress: event.ipAddress,
            userAgent: event.userAgent,
          },
          null,
          2,
        )}
      />
    </details>
  </li>
)
