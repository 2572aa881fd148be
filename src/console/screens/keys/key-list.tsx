import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { PartFailure } from '../../app/load-failure.tsx'
import type { KeyRowFragment } from '../../generated/graphql.ts'
import { usePlace } from '../../shell/place.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Card } from '../../ui/layout.tsx'
import { EmptyState, TableSkeleton } from '../../ui/states.tsx'
import { FilterBar } from './filter-bar.tsx'
import { keyColumns } from './key-columns.tsx'
import { isFiltered, orderOf } from './key-query.ts'
import { Pages } from './pages.tsx'
import type { KeysSearch } from './search.ts'
import { SelectionBar } from './selection-bar.tsx'
import { useIsReading } from './use-is-reading.ts'
import { useKeyList } from './use-key-list.ts'
import { ViewTabs } from './view-tabs.tsx'

const route = getRouteApi('/console/$organizationId/keys')

type Change = { readonly [Name in keyof KeysSearch]?: KeysSearch[Name] | undefined }

const clean = (search: Change): KeysSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined))

const columnOf = (column: string): KeysSearch['sort'] =>
  (['name', 'expires', 'used', 'created'] as const).find((one) => one === column)

/** The selected rows with these ids: as they are shown now, or as they were on another page. */
const withIds = (
  ids: ReadonlySet<string>,
  rows: readonly KeyRowFragment[],
  selected: ReadonlyMap<string, KeyRowFragment>,
): ReadonlyMap<string, KeyRowFragment> =>
  new Map(
    [...ids].flatMap((id) => {
      const row = rows.find((one) => one.id === id) ?? selected.get(id)
      return row === undefined ? [] : [[id, row] as const]
    }),
  )

/** Filters, the selection, and a page of keys. */
export const KeyList = () => {
  const navigate = route.useNavigate()
  const place = usePlace()
  const [selected, setSelected] = useState<ReadonlyMap<string, KeyRowFragment>>(new Map())
  const isReading = useIsReading()
  // Rows must not move under somebody who is choosing or reading them.
  const shown = useKeyList(isReading || selected.size > 0)
  const { organizationId, search, filter, list, usage, page, rows, info, total, personalDenied } = shown
  const columns = useMemo(() => keyColumns(usage), [usage])
  const change = (next: Change) => {
    setSelected(new Map())
    const search = (previous: KeysSearch) => ({ ...previous, after: undefined, before: undefined, ...next })
    void navigate({ search: (previous) => clean(search(previous)), replace: 'q' in next })
  }
  const turn = (position: { readonly after?: string; readonly before?: string }) =>
    void navigate({ search: (previous) => clean({ ...previous, after: undefined, before: undefined, ...position }) })
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
      <HeldNotice isShown={page.isHeld} onShow={page.reload} />
      {page.error !== null && rows === null ? (
        <PartFailure error={page.error} onRetry={page.reload} />
      ) : rows === null || info === null ? (
        <TableSkeleton rows={12} label="Loading keys" />
      ) : rows.length === 0 ? (
        <NoKeys filtered={isFiltered(search)} onClear={() => void navigate({ search: {} })} />
      ) : (
        <>
          <DataTable
            caption="Keys"
            columns={columns}
            rows={rows}
            rowKey={({ id }) => id}
            busy={page.isOutdated}
            sort={{ column: search.sort ?? 'created', direction: orderOf(search).direction }}
            onSort={({ column, direction }) =>
              change({ sort: columnOf(column), dir: direction === 'ASC' ? 'asc' : 'desc' })
            }
            selection={{
              selected: new Set(selected.keys()),
              onChange: (ids) => setSelected(withIds(ids, rows, selected)),
              nameOf: ({ name }) => name,
            }}
          />
          <Pages
            info={info}
            shown={rows.length}
            total={total}
            size={search.size ?? '50'}
            onSize={(size) => change({ size })}
            onPage={turn}
          />
        </>
      )}
    </Card>
  )
}

const HeldNotice = ({ isShown, onShow }: { readonly isShown: boolean; readonly onShow: () => void }) => (
  <div className="held" role="status" hidden={!isShown}>
    {isShown && (
      <>
        The list has changed.
        <Button size="small" icon="rotate" onClick={onShow}>
          Show the changes
        </Button>
      </>
    )}
  </div>
)

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
