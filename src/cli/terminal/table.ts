import { displayWidth, truncate } from './display-width.ts'
import { harmless } from './harmless.ts'
import type { Paint, Style } from './style.ts'

/** A column of a table. */
export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  readonly style?: (row: Row) => Style | null
  /** Where the table is too wide, the column becomes narrower, down to this width. Without it the column is never cut. */
  readonly narrowest?: number
  /** Where the table is still too wide, the column with the highest rank is left out. Without it the column always stays. */
  readonly rank?: number
}

interface Laid<Row> {
  readonly column: Column<Row>
  readonly cells: readonly string[]
  readonly width: number
}

const GAP = 2

const totalWidth = (laid: readonly { width: number }[]): number =>
  laid.reduce((sum, { width }) => sum + width, GAP * (laid.length - 1))

/** Narrows the columns that can be narrowed, the widest first; null if they do not fit. */
const narrowed = <Row>(laid: readonly Laid<Row>[], width: number): readonly Laid<Row>[] | null => {
  const widths = laid.map((each) => each.width)
  for (let excess = totalWidth(laid) - width; excess > 0; excess -= 1) {
    let widest = -1
    for (const [index, { column }] of laid.entries()) {
      const own = widths[index] ?? 0
      if (column.narrowest !== undefined && own > column.narrowest && own > (widths[widest] ?? 0)) widest = index
    }
    if (widest === -1) return null
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return laid.map((each, index) => ({ ...each, width: widths[index] ?? each.width }))
}

/** The columns that fit, narrowed where needed; null where even those that must stay do not fit side by side. */
const fitting = <Row>(laid: readonly Laid<Row>[], width: number): readonly Laid<Row>[] | null => {
  let rest = laid
  for (;;) {
    const fits = narrowed(rest, width)
    if (fits !== null) return fits
    const highest = Math.max(...rest.map(({ column }) => column.rank ?? 0))
    if (highest === 0) return null
    rest = rest.filter(({ column }) => (column.rank ?? 0) !== highest)
  }
}

/** A line for each column of each row, for terminals that are too narrow for a table. */
const asRecords = <Row>([first, ...others]: readonly Laid<Row>[], rows: number, width: number): string[] => {
  const titles = Math.max(...others.map(({ column }) => displayWidth(column.title)))
  const lines: string[] = []
  for (let row = 0; row < rows; row += 1) {
    lines.push(first?.cells[row] ?? '')
    for (const { column, cells } of others)
      lines.push(`${column.title.padEnd(titles + GAP)}${truncate(cells[row] ?? '', width - titles - GAP)}`)
    if (row < rows - 1) lines.push('')
  }
  return lines
}

/**
 * Lays a table out: a line of titles and a line for each row, none wider than `width` columns. Where that is impossible,
 * each row takes a line for each column. Text of others becomes harmless.
 */
export const layoutTable = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] => {
  const laid = columns.map((column) => {
    const cells = rows.map((row) => harmless(column.text(row)))
    return { column, cells, width: Math.max(...[column.title, ...cells].map(displayWidth)) }
  })
  const fits = Number.isFinite(width) ? fitting(laid, width) : laid
  if (fits === null) return asRecords(laid, rows.length, width)
  const last = fits.length - 1
  const line = (cellOf: (each: Laid<Row>) => string, styleOf: (each: Laid<Row>) => Style | null): string =>
    fits
      .map((each, index) => {
        const text = truncate(cellOf(each), each.width)
        const style = styleOf(each)
        const painted = style === null ? text : paint(style, text)
        return index === last ? painted : painted + ' '.repeat(each.width - displayWidth(text) + GAP)
      })
      .join('')
      .trimEnd()
  return [
    line(
      ({ column }) => column.title,
      () => 'bold',
    ),
    ...rows.map((row, index) =>
      line(
        ({ cells }) => cells[index] ?? '',
        ({ column }) => column.style?.(row) ?? null,
      ),
    ),
  ]
}
