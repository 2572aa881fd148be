import type { ReactNode } from 'react'
import { IconButton } from './button.tsx'
import type { Column, Sort } from './data-table.tsx'
import { Select } from './select.tsx'

export interface TableBarProps<Row> {
  readonly columns: readonly Column<Row>[]
  readonly sort: Sort | undefined
  readonly onSort: ((sort: Sort) => void) | undefined
  /** What else the header of the table can do. */
  readonly children?: ReactNode
}

/** What the header of a table can do, for phones, where rows are cards and there is no header. */
export const TableBar = <Row,>({ columns, sort, onSort, children }: TableBarProps<Row>) => {
  const sortable = columns.filter(({ sortable }) => sortable)
  const isSortable = sort !== undefined && onSort !== undefined && sortable.length > 0
  if (!isSortable && !children) return null
  const isAscending = sort?.direction === 'ASC'
  return (
    <div className="table-bar">
      {children}
      {isSortable && (
        <div className="table-bar__sort">
          <Select
            aria-label="Sort by"
            size="small"
            value={sort.column}
            options={sortable.map(({ id, header }) => ({ value: id, label: header }))}
            onChange={(column) => onSort({ column, direction: sort.direction })}
          />
          <IconButton
            icon={isAscending ? 'chevron-up' : 'chevron-down'}
            size="small"
            label={isAscending ? 'Ascending. Change to descending' : 'Descending. Change to ascending'}
            onClick={() => onSort({ column: sort.column, direction: isAscending ? 'DESC' : 'ASC' })}
          />
        </div>
      )}
    </div>
  )
}
