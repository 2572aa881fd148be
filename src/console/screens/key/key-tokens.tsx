import { useRights } from '../../rights/rights.ts'
import { Badge } from '../../ui/badge.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Card } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { EmptyState, NoPermission, Skeleton } from '../../ui/states.tsx'
import { useNow } from '../../ui/use-now.ts'
import type { KeyFacts } from './key-facts.ts'
import { type IssuedToken, isLive } from './live-tokens.ts'
import { useTokens } from './use-token-events.ts'

/** The access tokens that were made from a key. */
export const KeyTokens = ({ keyFacts }: { readonly keyFacts: KeyFacts }) => {
  const rights = useRights()
  const { tokens, hasMore } = useTokens(keyFacts)
  const now = useNow(1_000)
  if (!rights.has('audit', 'VIEWER')) return <NoPermission grant="audit:viewer" what="the access tokens of this key" />
  if (tokens === null) return <Skeleton />
  if (tokens.length === 0)
    return (
      <EmptyState icon="shield" title="No access tokens yet">
        A program exchanges the secret of the key for short-lived access tokens at <code>/oauth/token</code>.
      </EmptyState>
    )
  const isEnded = keyFacts.status !== 'ACTIVE'
  return (
    <Card
      flush
      title={`${isEnded ? 0 : tokens.filter((token) => isLive(token, now)).length} live`}
      description={hasMore ? 'The newest are listed. The audit log has all.' : undefined}
    >
      <DataTable
        caption="Access tokens"
        rows={tokens}
        rowKey={(token) => token.tokenId}
        columns={columnsAt(now, isEnded)}
      />
    </Card>
  )
}

const columnsAt = (now: number, isEnded: boolean): Column<IssuedToken>[] => [
  {
    id: 'issued',
    header: 'Issued',
    isTitle: true,
    cell: (token) => <RelativeTime instant={token.issuedAt} focusable={false} />,
  },
  { id: 'state', header: 'State', cell: (token) => <TokenState token={token} live={!isEnded && isLive(token, now)} /> },
  { id: 'scope', header: 'Scope', cell: (token) => <code>{token.scope}</code> },
  {
    id: 'audience',
    header: 'Audience',
    priority: 'low',
    cell: (token) => <span className="mono">{token.audience}</span>,
  },
  {
    id: 'from',
    header: 'From',
    priority: 'low',
    cell: (token) => (
      <span className="small">
        {token.address ?? '—'} <span className="muted">{token.userAgent}</span>
      </span>
    ),
  },
]

const TokenState = ({ token, live }: { readonly token: IssuedToken; readonly live: boolean }) =>
  live ? (
    <>
      <Badge tone="good">Live</Badge>{' '}
      <span className="muted small">
        ends <RelativeTime instant={token.expiresAt} focusable={false} />
      </span>
    </>
  ) : (
    <Badge>{token.revokedAt === null ? 'Ended' : 'Revoked'}</Badge>
  )
