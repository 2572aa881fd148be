import { Link } from '@tanstack/react-router'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { OverviewWarningsDocument } from '../../generated/graphql.ts'
import { Card } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { EmptyState, Skeleton } from '../../ui/states.tsx'

/** The newest warnings that nobody has acknowledged. */
export const OpenWarnings = ({ organizationId }: { readonly organizationId: string }) => {
  const { data, error, reload } = useData(OverviewWarningsDocument, { organizationId })
  const warnings = data?.organization?.expiryWarnings?.edges.map(({ node }) => node)
  return (
    <Card
      flush
      title="Open warnings"
      actions={
        <Link to="/console/$organizationId/warnings" params={{ organizationId }}>
          All warnings
        </Link>
      }
    >
      {warnings === undefined && error !== null ? (
        <PartFailure error={error} onRetry={reload} />
      ) : warnings === undefined ? (
        <Skeleton lines={4} />
      ) : warnings.length === 0 ? (
        <EmptyState icon="check" title="No open warnings">
          A warning appears here when a key comes near its expiry.
        </EmptyState>
      ) : (
        <ul className="lines">
          {warnings.map(({ id, key, expiresAt }) => (
            <li key={id} className="line">
              <span className="line__name">
                <Link
                  to="/console/$organizationId/keys/$keyId"
                  params={{ organizationId: key.organization.id, keyId: key.id }}
                >
                  {key.name}
                </Link>
              </span>
              <span className="line__fact">
                expires <RelativeTime instant={expiresAt} focusable={false} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
