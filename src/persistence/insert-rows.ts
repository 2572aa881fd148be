import type { EntityMetadata, EntitySchema, ObjectLiteral } from 'typeorm'
import type { Engine } from './data-source.ts'
import type { Writer } from './reader.ts'

const ROWS_PER_STATEMENT = 1_000
/** Fewer rows do not repay another statement in the cache of prepared ones. */
const FEWEST_FOR_SHARED_VALUES = 100

interface InsertedColumn {
  readonly property: string
  readonly name: string
  readonly type: string
  readonly stored: (value: unknown) => unknown
}

interface InsertedTable {
  readonly name: string
  readonly columns: readonly InsertedColumn[]
}

const tables = new WeakMap<EntityMetadata, InsertedTable>()

/** A statement with its parameters. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/**
 * Inserts rows of one table. They travel as one JSON parameter: binding each value takes longer than everything else, and
 * the statement stays the same for any number of rows. What many rows have in common travels once.
 *
 * @param next an INSERT or UPDATE of another table that does not read the rows; PostgreSQL gets it in the same round trip
 */
export const insertRows = async <Row extends ObjectLiteral>(
  writer: Writer,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
  next: Statement | null = null,
): Promise<void> => {
  const table = tableOf(writer.manager.connection.getMetadata(entity))
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const { sql, parameters } = insertionOf(writer.engine, table, rows.slice(start, start + ROWS_PER_STATEMENT))
    const isLast = start + ROWS_PER_STATEMENT >= rows.length
    if (next === null || !isLast) await writer.query(sql, parameters)
    else if (writer.engine === 'postgres')
      await writer.query(`WITH inserted AS (${sql}) ${next.sql}`, [...parameters, ...next.parameters])
    else {
      await writer.query(sql, parameters)
      await writer.query(next.sql, next.parameters)
    }
  }
}

const insertionOf = (
  engine: Engine,
  { name: table, columns }: InsertedTable,
  rows: readonly ObjectLiteral[],
): Statement => {
  const [first = {}] = rows
  const isShared = ({ property }: InsertedColumn): boolean =>
    rows.length >= FEWEST_FOR_SHARED_VALUES && rows.every((row) => row[property] === first[property])
  const shared = columns.filter(isShared)
  const own = columns.filter((column) => !shared.includes(column))
  const ordered = [...shared, ...own]
  const selected = ordered.map(({ type }, index) => {
    const text = index < shared.length ? '?' : `value->>${index - shared.length}`
    if (engine === 'sqlite') return text
    return type === 'varchar' || type === 'text' ? `(${text})::text` : `(${text})::${type}`
  })
  // SQLite writes the text of `value` anew wherever it is named, unless it is stored once for each row.
  const source =
    engine === 'sqlite' ? '(SELECT value FROM json_each(?) LIMIT -1 OFFSET 0)' : 'jsonb_array_elements(?::jsonb)'
  return {
    sql: `INSERT INTO ${table} (${ordered.map(({ name }) => name).join(', ')}) SELECT ${selected.join(', ')} FROM ${source}`,
    parameters: [
      ...shared.map(({ property, stored }) => stored(first[property])),
      JSON.stringify(rows.map((row) => own.map(({ property, stored }) => stored(row[property])))),
    ],
  }
}

const tableOf = (metadata: EntityMetadata): InsertedTable => {
  const known = tables.get(metadata)
  if (known !== undefined) return known
  const table = {
    name: metadata.tableName,
    columns: metadata.columns.map(({ propertyName, databaseName, type, transformer }) => ({
      property: propertyName,
      name: databaseName,
      type: String(type),
      stored: (value: unknown) => (transformer === undefined ? value : transformed(transformer, value)),
    })),
  }
  tables.set(metadata, table)
  return table
}

type Transformer = NonNullable<EntityMetadata['columns'][number]['transformer']>

const transformed = (transformer: Transformer, value: unknown): unknown =>
  Array.isArray(transformer) ? transformer.reduce((made, one) => one.to(made), value) : transformer.to(value)
