import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { LoadFailure } from '../../app/not-found.tsx'
import { useData } from '../../data/use-data.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import {
  KeyCountDocument,
  KeyListDocument,
  type KeyListQuery,
  KeyPageInfoFragmentDoc,
  type KeyRowFragment,
  KeyRowFragmentDoc,
} from '../../generated/graphql.ts'
import { CreateKeyLink } from '../../keys/create-key-link.tsx'
import { useRights } from '../../rights/rights.ts'
import { usePlace } from '../../shell/place.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Card, PageHeader } from '../../ui/layout.tsx'
import { EmptyState, NoPermission, Skeleton } from '../../ui/states.tsx'
import { FilterBar } from './filter-bar.tsx'
import { keyColumns } from './key-columns.tsx'
import { filterOf, isFiltered, listOf, orderOf, pageOf } from './key-query.ts'
import { Pages } from './pages.tsx'
import type { KeysSearch } from './search.ts'
import { SelectionBar } from './selection-bar.tsx'
import { ViewTabs } from './view-tabs.tsx'
import './keys.css'

const route = getRouteApi('/console/$organizationId/keys')

/** The keys of the organization and of everything below it. */
export const KeysScreen = () => {
  const { organizationId } = route.useParams()
  const { has, denied } = useRights()
  const refusal = denied('keys', 'OPERATOR')
  return (
    <>
      <PageHeader
        title="Keys"
        description="API keys of machines, and the personal keys of people."
        actions={
          refusal === undefined ? (
            <CreateKeyLink organizationId={organizationId} />
          ) : (
            <Button variant="primary" icon="plus" disabledReason={refusal}>
              Create a key
            </Button>
          )
        }
      />
      {has('keys', 'VIEWER') ? <KeyList /> : <NoPermission grant="keys:viewer" what="the keys" />}
    </>
  )
}

const connectionOf = (organization: KeyListQuery['organization'] | undefined) =>
  organization?.keys ?? organization?.apiKeys ?? organization?.personalAccessKeys

/** Everything that decides which keys are shown, from the address and the person's rights. */
const useKeyList = () => {
  const { organizationId } = route.useParams()
  const search = route.useSearch()
  const { has, denied } = useRights()
  // To the minute: filters by time must not change with each rendering.
  const [now] = useState(() => Math.floor(Date.now() / 60_000) * 60_000)
  const filter = filterOf(search, now)
  const list = listOf(search, has('keys', 'MANAGER'))
  const usage = has('keys', 'OPERATOR')
  const variables = { organizationId, filter, orderBy: orderOf(search), ...pageOf(search), ...list, usage }
  const page = useData(KeyListDocument, variables)
  // Counting reads every key that matches: the page must not wait behind it.
  const count = useData(KeyCountDocument, { organizationId, filter, ...list }, { pause: page.data === undefined })
  return { organizationId, search, filter, list, usage, page, count, personalDenied: denied('keys', 'MANAGER') }
}

const KeyList = () => {
  const { organizationId, search, filter, list, usage, page, count, personalDenied } = useKeyList()
  const columns = useMemo(() => keyColumns(usage), [usage])
  const navigate = route.useNavigate()
  const place = usePlace()
  const [selected, setSelected] = useState<ReadonlyMap<string, KeyRowFragment>>(new Map())
  const connection = connectionOf(page.data?.organization)
  const rows = connection?.edges.map(({ node }) => readFragment(KeyRowFragmentDoc, node)) ?? []
  const counted = count.data?.organization
  const total = (counted?.keys ?? counted?.apiKeys ?? counted?.personalAccessKeys)?.totalCount ?? null
  const change = (next: { readonly [Name in keyof KeysSearch]?: KeysSearch[Name] | undefined }) => {
    setSelected(new Map())
    const search = (previous: KeysSearch) => ({ ...previous, after: undefined, before: undefined, ...next })
    void navigate({ search: (previous) => clean(search(previous)), replace: 'q' in next })
  }
  return (
    <Card flush>
      <ViewTabs organizationId={organizationId} search={search} />
      <FilterBar
        search={search}
        onChange={change}
        onClear={() => void navigate({ search: {} })}
        hasBelow={place.organization.suborganizations.length > 0}
        personalDenied={personalDenied}
      />
      <SelectionBar
        organizationId={organizationId}
        filter={filter}
        list={list}
        total={total}
        selected={selected}
        onClear={() => setSelected(new Map())}
      />
      {page.error !== null && connection == null ? (
        <LoadFailure error={page.error} onRetry={page.reload} />
      ) : connection == null ? (
        <Skeleton lines={12} label="Loading keys" />
      ) : rows.length === 0 ? (
        <NoKeys filtered={isFiltered(search)} onClear={() => void navigate({ search: {} })} />
      ) : (
        <>
          <DataTable
            caption="Keys"
            columns={columns}
            rows={rows}
            rowKey={({ id }) => id}
            busy={page.isLoading && page.data === undefined}
            sort={{ column: search.sort ?? 'created', direction: orderOf(search).direction }}
            onSort={({ column, direction }) =>
              change({ sort: columnOf(column), dir: direction === 'ASC' ? 'asc' : 'desc' })
            }
            selection={{
              selected: new Set(selected.keys()),
              onChange: (ids) =>
                setSelected(
                  new Map(
                    [...ids].flatMap((id) => {
                      const row = rows.find((one) => one.id === id) ?? selected.get(id)
                      return row === undefined ? [] : [[id, row] as const]
                    }),
                  ),
                ),
              nameOf: ({ name }) => name,
            }}
          />
          <Pages
            info={readFragment(KeyPageInfoFragmentDoc, connection.pageInfo)}
            shown={rows.length}
            total={total}
            size={search.size ?? '50'}
            onSize={(size) => change({ size })}
            onPage={(position) =>
              void navigate({
                search: (previous) => clean({ ...previous, after: undefined, before: undefined, ...position }),
              })
            }
          />
        </>
      )}
    </Card>
  )
}

const columnOf = (column: string): KeysSearch['sort'] =>
  (['name', 'expires', 'used', 'created'] as const).find((one) => one === column)

const clean = (search: { readonly [Name in keyof KeysSearch]?: KeysSearch[Name] | undefined }): KeysSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined))

const NoKeys = ({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) =>
  filtered ? (
    <EmptyState icon="search" title="No key matches" actions={<Button onClick={onClear}>Clear the filters</Button>}>
      No key fits all of these filters.
    </EmptyState>
  ) : (
    <EmptyState icon="key" title="No keys yet">
      Create an API key for a machine, or a personal key for yourself.
    </EmptyState>
  )
