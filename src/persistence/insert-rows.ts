import type { EntitySchema, ObjectLiteral } from 'typeorm'
import type { Writer } from './reader.ts'

// Below the limits of 32,766 parameters (SQLite) and 65,535 (PostgreSQL).
const MAX_PARAMETERS = 30_000

/**
 * Inserts rows of one table in one statement, or in several where they have too many values for one. TypeORM's own insert
 * takes about ten times as long for each row.
 */
export const insertRows = async <Row extends ObjectLiteral>(
  writer: Writer,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
): Promise<void> => {
  const { columns, tableName } = writer.manager.connection.getMetadata(entity)
  const { driver } = writer.manager.connection
  const into = `INSERT INTO ${tableName} (${columns.map((column) => column.databaseName).join(', ')}) VALUES `
  const placeholders = `(${Array(columns.length).fill('?').join(', ')})`
  const rowsPerStatement = Math.floor(MAX_PARAMETERS / columns.length)
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const batch = rows.slice(start, start + rowsPerStatement)
    const values = batch.flatMap((row) =>
      columns.map((column) => driver.preparePersistentValue(row[column.propertyName], column)),
    )
    await writer.query(into + Array(batch.length).fill(placeholders).join(', '), values)
  }
}
