import { getRouteApi, Link } from '@tanstack/react-router'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { PeopleKeyGrantsDocument, type PeopleKeyGrantsQuery } from '../../generated/graphql.ts'
import { orderModules } from '../../keys/grantable.ts'
import { useRights } from '../../rights/rights.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Card } from '../../ui/layout.tsx'
import { EmptyState, NoPermission, Skeleton } from '../../ui/states.tsx'
import { moduleColumns } from './grant-matrix.tsx'
import { PageTurner } from './page-turner.tsx'

const route = getRouteApi('/console/$organizationId/people')
const PAGE_SIZE = 100
const FILTER = { status: ['ACTIVE', 'SUSPENDED'], includeSuborganizations: true } as const

type Row = NonNullable<NonNullable<PeopleKeyGrantsQuery['organization']>['apiKeys']>['edges'][number]['node']

/** What machines may do: the API keys in use, here and below, as a matrix of keys and modules. */
export const KeyMatrix = ({ organizationId }: { readonly organizationId: string }) => {
  const mayRead = useRights().has('keys', 'VIEWER')
  const { after } = route.useSearch()
  const variables = {
    organizationId,
    filter: { ...FILTER, status: [...FILTER.status] },
    first: PAGE_SIZE,
    after: after ?? null,
  }
  const { data, error, reload } = useData(PeopleKeyGrantsDocument, variables, { pause: !mayRead, reach: 'below' })
  if (!mayRead) return <NoPermission grant="keys:viewer" what="the grants of keys" />
  const organization = data?.organization
  if (organization?.apiKeys == null)
    return error === null ? <Skeleton lines={8} /> : <PartFailure error={error} onRetry={reload} />
  const rows = organization.apiKeys.edges.map(({ node }) => node)
  if (rows.length === 0) return <EmptyState icon="key" title="No API keys are in use" />
  return (
    <Card flush>
      <div className="matrix">
        <DataTable
          caption="API keys and their roles in each module"
          columns={[keyColumn(organizationId), ...moduleColumns<Row>(orderModules(organization.modules))]}
          rows={rows}
          rowKey={({ id }) => id}
        />
      </div>
      <PageTurner info={organization.apiKeys.pageInfo} after={after} />
    </Card>
  )
}

const keyColumn = (organizationId: string): Column<Row> => ({
  id: 'key',
  header: 'API key',
  isTitle: true,
  cell: ({ id, name, organization }) => (
    <span className="people-name">
      <Link
        to="/console/$organizationId/keys/$keyId"
        params={{ organizationId: organization.id, keyId: id }}
        className="people-key"
      >
        {name}
      </Link>
      {organization.id !== organizationId && <span className="muted small">{organization.name}</span>}
    </span>
  ),
})
