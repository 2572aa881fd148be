import { memo, type ReactNode, useCallback, useLayoutEffect, useRef } from 'react'
import { Checkbox } from './choice.tsx'
import { Icon } from './icon.tsx'
import { TableBar } from './table-bar.tsx'

export interface Sort {
  readonly column: string
  readonly direction: 'ASC' | 'DESC'
}

export interface Column<Row> {
  readonly id: string
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  /** Names the row: a link to it, as a rule. */
  readonly isTitle?: boolean
  readonly sortable?: boolean
  readonly align?: 'start' | 'end'
  /** As narrow as its content. */
  readonly narrow?: boolean
  /** Low ones give way on small screens, and come back as lines of the card on phones. */
  readonly priority?: 'low'
  /** In the corner of the card on phones: a menu. */
  readonly isCorner?: boolean
  /** For columns of buttons: the header is for screen readers alone. */
  readonly headerHidden?: boolean
}

export interface Selection<Row> {
  readonly selected: ReadonlySet<string>
  readonly onChange: (selected: ReadonlySet<string>) => void
  readonly nameOf: (row: Row) => string
}

export interface DataTableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly sort?: Sort | undefined
  readonly onSort?: ((sort: Sort) => void) | undefined
  readonly selection?: Selection<Row> | undefined
  /** Newer rows are on their way. */
  readonly busy?: boolean
}

/** Selects a row or not, by the selection as it is now. The same function in all renderings: a row renders when it changes. */
const useSelect = <Row,>(selection: Selection<Row> | undefined) => {
  const latest = useRef(selection)
  useLayoutEffect(() => {
    latest.current = selection
  })
  return useCallback((id: string, checked: boolean): void => {
    const now = latest.current
    const others = [...(now?.selected ?? [])].filter((key) => key !== id)
    now?.onChange(new Set(checked ? [...others, id] : others))
  }, [])
}

/** A table whose rows become cards on phones. With the same columns, only the rows that changed render again. */
export const DataTable = <Row,>({ caption, columns, rows, rowKey, busy = false, ...rest }: DataTableProps<Row>) => {
  const onSelect = useSelect(rest.selection)
  return (
    <div className="table-frame">
      <TableBar columns={columns} sort={rest.sort} onSort={rest.onSort}>
        {rest.selection && <SelectAll rows={rows} rowKey={rowKey} selection={rest.selection} label="Select all" />}
      </TableBar>
      <table className="table" aria-busy={busy || undefined}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {rest.selection && (
              <th scope="col" data-narrow="">
                <SelectAll rows={rows} rowKey={rowKey} selection={rest.selection} />
              </th>
            )}
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={rest.sort} onSort={rest.onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <BodyRow
              key={rowKey(row)}
              row={row}
              id={rowKey(row)}
              columns={columns}
              name={rest.selection?.nameOf(row) ?? null}
              isSelected={rest.selection?.selected.has(rowKey(row)) ?? false}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface HeaderCellProps<Row> {
  readonly column: Column<Row>
  readonly sort: Sort | undefined
  readonly onSort: ((sort: Sort) => void) | undefined
}

const HeaderCell = <Row,>({ column, sort, onSort }: HeaderCellProps<Row>) => {
  const direction = sort?.column === column.id ? sort.direction : null
  const layout = {
    'data-align': column.align,
    'data-narrow': column.narrow ? '' : undefined,
    'data-priority': column.priority,
  }
  if (!column.sortable || !onSort)
    return (
      <th scope="col" {...layout}>
        <span className={column.headerHidden ? 'visually-hidden' : undefined}>{column.header}</span>
      </th>
    )
  return (
    <th
      scope="col"
      aria-sort={direction === 'ASC' ? 'ascending' : direction === 'DESC' ? 'descending' : 'none'}
      {...layout}
    >
      <button
        type="button"
        className="table__sort"
        onClick={() => onSort({ column: column.id, direction: direction === 'ASC' ? 'DESC' : 'ASC' })}
      >
        {column.header}
        <Icon name={direction === 'DESC' ? 'chevron-down' : direction === 'ASC' ? 'chevron-up' : 'sort'} />
      </button>
    </th>
  )
}

interface SelectAllProps<Row> {
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly selection: Selection<Row>
  readonly label?: string
}

const SelectAll = <Row,>({ rows, rowKey, selection, label }: SelectAllProps<Row>) => {
  const keys = rows.map(rowKey)
  const chosen = keys.filter((key) => selection.selected.has(key)).length
  return (
    <Checkbox
      label={label}
      aria-label={label === undefined ? 'Select all on this page' : undefined}
      checked={keys.length > 0 && chosen === keys.length}
      indeterminate={chosen > 0 && chosen < keys.length}
      onChange={(checked) => {
        const others = [...selection.selected].filter((key) => !keys.includes(key))
        selection.onChange(new Set(checked ? [...others, ...keys] : others))
      }}
    />
  )
}

interface BodyRowProps<Row> {
  readonly row: Row
  readonly id: string
  readonly columns: readonly Column<Row>[]
  /** What the row is called; null where rows cannot be selected. */
  readonly name: string | null
  readonly isSelected: boolean
  readonly onSelect: (id: string, checked: boolean) => void
}

const CellsContent = <Row,>({ row, columns }: Pick<BodyRowProps<Row>, 'row' | 'columns'>) => (
  <>
    {columns.map((column) => (
      <td
        key={column.id}
        data-label={column.headerHidden ? undefined : column.header}
        data-title={column.isTitle ? '' : undefined}
        data-align={column.align}
        data-narrow={column.narrow ? '' : undefined}
        data-priority={column.priority}
        data-corner={column.isCorner ? '' : undefined}
      >
        {column.cell(row)}
      </td>
    ))}
  </>
)

/** The cells render when the row changes, and not when it is selected. */
const Cells = memo(CellsContent) as typeof CellsContent

const BodyRowContent = <Row,>({ row, id, columns, name, isSelected, onSelect }: BodyRowProps<Row>) => (
  <tr data-selected={isSelected ? '' : undefined}>
    {name !== null && (
      <td data-select="" data-narrow="">
        <Checkbox aria-label={`Select ${name}`} checked={isSelected} onChange={(checked) => onSelect(id, checked)} />
      </td>
    )}
    <Cells row={row} columns={columns} />
  </tr>
)

// A memo forgets the type parameter.
const BodyRow = memo(BodyRowContent) as typeof BodyRowContent
