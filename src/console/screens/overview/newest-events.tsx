import { Link } from '@tanstack/react-router'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { OverviewEventsDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Card } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { NoPermission, Skeleton } from '../../ui/states.tsx'

/** "KEY_ROTATION_COMPLETED" as words. */
const wordsOf = (type: string): string => {
  const text = type.toLowerCase().replaceAll('_', ' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** The newest events of the audit log. */
export const NewestEvents = ({ organizationId }: { readonly organizationId: string }) => {
  const { has } = useRights()
  const mayRead = has('audit', 'VIEWER')
  const { data, error, reload } = useData(OverviewEventsDocument, { organizationId }, { pause: !mayRead })
  const events = data?.organization?.auditEvents?.edges.map(({ node }) => node)
  return (
    <Card
      flush
      title="Newest events"
      actions={
        <Link to="/console/$organizationId/audit" params={{ organizationId }}>
          Audit log
        </Link>
      }
    >
      {!mayRead ? (
        <NoPermission grant="audit:viewer" what="the audit log" />
      ) : events === undefined && error !== null ? (
        <PartFailure error={error} onRetry={reload} />
      ) : events === undefined ? (
        <Skeleton lines={6} />
      ) : (
        <ul className="lines">
          {events.map(({ id, type, occurredAt, targetId, targetName, actor }) => (
            <li key={id} className="line">
              <span className="line__name">
                <span>
                  <strong>{wordsOf(type)}</strong>{' '}
                  {targetId?.startsWith('key_') ? (
                    <Link to="/console/$organizationId/keys/$keyId" params={{ organizationId, keyId: targetId }}>
                      {targetName ?? targetId}
                    </Link>
                  ) : (
                    targetName
                  )}
                </span>
                <span className="muted small">by {actor.name ?? actor.kind.toLowerCase()}</span>
              </span>
              <span className="line__fact">
                <RelativeTime instant={occurredAt} focusable={false} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
