import type { EntityMetadata, EntitySchema, ObjectLiteral } from 'typeorm'
import type { Engine } from './data-source.ts'
import { jsonElements } from './json-elements.ts'
import type { Writer } from './reader.ts'

const ROWS_PER_STATEMENT = 1_000

interface Insertion {
  readonly sql: string
  readonly columns: readonly { readonly property: string; readonly stored: (value: unknown) => unknown }[]
}

const insertions = new WeakMap<EntityMetadata, Insertion>()

/** A statement with its parameters. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/**
 * Inserts rows of one table. They travel as one JSON parameter: binding each value takes longer than everything else, and
 * the statement stays the same for any number of rows.
 *
 * @param next an INSERT or UPDATE of another table that does not read the rows; PostgreSQL gets it in the same round trip
 */
export const insertRows = async <Row extends ObjectLiteral>(
  writer: Writer,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
  next: Statement | null = null,
): Promise<void> => {
  const { sql, columns } = insertionOf(writer.engine, writer.manager.connection.getMetadata(entity))
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const batch = rows.slice(start, start + ROWS_PER_STATEMENT)
    const values = batch.map((row) => columns.map(({ property, stored }) => stored(row[property])))
    const isLast = start + ROWS_PER_STATEMENT >= rows.length
    if (next === null || !isLast) await writer.query(sql, [JSON.stringify(values)])
    else if (writer.engine === 'postgres')
      await writer.query(`WITH inserted AS (${sql}) ${next.sql}`, [JSON.stringify(values), ...next.parameters])
    else {
      await writer.query(sql, [JSON.stringify(values)])
      await writer.query(next.sql, next.parameters)
    }
  }
}

const insertionOf = (engine: Engine, metadata: EntityMetadata): Insertion => {
  const known = insertions.get(metadata)
  if (known !== undefined) return known
  const { tableName, columns } = metadata
  const selected = columns.map(({ type }, index) =>
    engine === 'sqlite' || type === 'varchar' || type === 'text' ? `value->>${index}` : `(value->>${index})::${type}`,
  )
  const insertion = {
    sql: `INSERT INTO ${tableName} (${columns.map(({ databaseName }) => databaseName).join(', ')})
      SELECT ${selected.join(', ')} FROM ${jsonElements(engine)}`,
    columns: columns.map(({ propertyName, transformer }) => ({
      property: propertyName,
      stored: (value: unknown) => (transformer === undefined ? value : transformed(transformer, value)),
    })),
  }
  insertions.set(metadata, insertion)
  return insertion
}

type Transformer = NonNullable<EntityMetadata['columns'][number]['transformer']>

const transformed = (transformer: Transformer, value: unknown): unknown =>
  Array.isArray(transformer) ? transformer.reduce((made, one) => one.to(made), value) : transformer.to(value)
