import { getRouteApi, Link } from '@tanstack/react-router'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import { type AccountKeyFragment, AccountKeyFragmentDoc, AccountPageDocument } from '../../generated/graphql.ts'
import { signOut } from '../../session/session.ts'
import { KeyStatusBadge } from '../../ui/badge.tsx'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Card, PageHeader } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { EmptyState, Skeleton } from '../../ui/states.tsx'
import { Sessions } from './sessions.tsx'

const route = getRouteApi('/console/$organizationId/account')

const leave = async (): Promise<void> => {
  await signOut()
  location.replace('/console/sign-in')
}

/** The person's own keys and sessions. */
export const AccountScreen = () => {
  const { organizationId } = route.useParams()
  const { data, error, reload } = useData(AccountPageDocument, {}, { reach: 'below' })
  if (data === undefined)
    return (
      <>
        <PageHeader title="My account" />
        {error === null ? <Skeleton lines={8} /> : <PartFailure error={error} onRetry={reload} />}
      </>
    )
  const { user, sessions, personalAccessKeys } = data.viewer
  const keys = personalAccessKeys.map((key) => readFragment(AccountKeyFragmentDoc, key))
  return (
    <>
      <PageHeader
        title="My account"
        description={[user?.name, user?.email].filter(Boolean).join(' · ')}
        actions={<Button onClick={() => void leave()}>Sign out</Button>}
      />
      <div className="stack" data-gap="large">
        <Card
          title="My personal keys"
          description="Each can do at most what you may do, and ends with your membership."
          flush
          actions={
            <Link
              to="/console/$organizationId/keys/new"
              params={{ organizationId }}
              search={{ kind: 'personal' }}
              {...buttonStyle({ size: 'small' })}
            >
              <Icon name="plus" />
              Create a personal key
            </Link>
          }
        >
          {keys.length === 0 ? (
            <EmptyState icon="key" title="You have no personal keys" />
          ) : (
            <DataTable caption="My personal keys" columns={KEY_COLUMNS} rows={keys} rowKey={({ id }) => id} />
          )}
        </Card>
        <Sessions sessions={sessions} />
      </div>
    </>
  )
}

const KEY_COLUMNS: Column<AccountKeyFragment>[] = [
  {
    id: 'name',
    header: 'Key',
    isTitle: true,
    cell: ({ id, name, organization }) => (
      <Link to="/console/$organizationId/keys/$keyId" params={{ organizationId: organization.id, keyId: id }}>
        {name}
      </Link>
    ),
  },
  { id: 'organization', header: 'Organization', cell: ({ organization }) => organization.name, priority: 'low' },
  {
    id: 'status',
    header: 'Status',
    narrow: true,
    cell: ({ status, expiringSoon }) => <KeyStatusBadge status={status} expiringSoon={expiringSoon} />,
  },
  {
    id: 'expires',
    header: 'Expires',
    narrow: true,
    cell: ({ expiresAt }) => (expiresAt == null ? 'Never' : <RelativeTime instant={expiresAt} focusable={false} />),
  },
  {
    id: 'used',
    header: 'Last used',
    narrow: true,
    cell: ({ lastUsedAt }) => (lastUsedAt == null ? 'Never' : <RelativeTime instant={lastUsedAt} focusable={false} />),
  },
]
