import type { EntityMetadata } from 'typeorm'
import type { AuditAnchor } from '../audit/audit-anchor.ts'
import type { DataSources } from '../persistence/data-source.ts'
import { Reader, Writer } from '../persistence/database.ts'
import { BackupError, type TableHeader, type Value } from './backup-format.ts'

const ROWS_A_PAGE = 1_000

/** A table as the entities describe it. */
export interface BackupTable {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly decode: (stored: unknown) => Value }[]
  readonly primary: readonly string[]
}

/** The drivers return the same value differently: 64-bit integers as text, booleans as 0 and 1. */
const decoderOf = (type: unknown): ((stored: unknown) => Value) => {
  if (type === 'bigint') return (stored) => (stored === null ? null : Number(stored))
  if (type === 'boolean') return (stored) => (stored === null ? null : Boolean(stored))
  return (stored) => (stored === null ? null : String(stored))
}

const tableOf = (entity: EntityMetadata): BackupTable => ({
  name: entity.tableName,
  columns: entity.columns.map(({ databaseName, type }) => ({ name: databaseName, decode: decoderOf(type) })),
  primary: entity.primaryColumns.map(({ databaseName }) => databaseName),
})

/** Reads a table in the order of its primary key, a page at a time. */
export async function* rowsOf(
  reader: Reader,
  { name, columns, primary }: BackupTable,
): AsyncGenerator<readonly Value[]> {
  const listed = columns.map((column) => column.name).join(', ')
  const key = primary.join(', ')
  const marks = primary.map(() => '?').join(', ')
  let last: readonly unknown[] | null = null
  for (;;) {
    const after: string = last === null ? '' : `WHERE (${key}) > (${marks})`
    const page: Record<string, unknown>[] = await reader.query(
      `SELECT ${listed} FROM ${name} ${after} ORDER BY ${key} LIMIT ${ROWS_A_PAGE}`,
      last ?? [],
    )
    for (const row of page) yield columns.map((column) => column.decode(row[column.name] ?? null))
    const end = page.at(-1)
    if (end === undefined || page.length < ROWS_A_PAGE) return
    last = primary.map((column) => end[column])
  }
}

/** Every table of the service. */
export const listTables = ({ reading }: DataSources): BackupTable[] =>
  reading.entityMetadatas.map(tableOf).sort((a, b) => (a.name < b.name ? -1 : 1))

/** Runs the work on one snapshot of the whole database. Others go on reading and writing meanwhile. */
export const inSnapshot = async <T>(
  { engine, reading }: DataSources,
  work: (reader: Reader) => Promise<T>,
): Promise<T> => {
  const runner = reading.createQueryRunner()
  try {
    // On SQLite the snapshot is that of the first read: in WAL mode a reader does not see what is committed after it.
    await runner.query(engine === 'sqlite' ? 'BEGIN' : 'START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
    try {
      return await work(new Reader(engine, runner.manager))
    } finally {
      await runner.query('ROLLBACK')
    }
  } finally {
    await runner.release()
  }
}

/** Runs the work in one transaction, all or nothing. */
export const inTransaction = async <T>(
  { engine, writing }: DataSources,
  work: (writer: Writer) => Promise<T>,
): Promise<T> => {
  const runner = writing.createQueryRunner()
  try {
    await runner.startTransaction()
    try {
      const result = await work(new Writer(engine, runner.manager))
      await runner.commitTransaction()
      return result
    } catch (error) {
      await runner.rollbackTransaction()
      throw error
    }
  } finally {
    await runner.release()
  }
}

/** Throws BackupError where one of the tables has rows. */
export const requireEmpty = async (reader: Reader, tables: readonly TableHeader[]): Promise<void> => {
  for (const { name } of tables)
    if ((await reader.query(`SELECT 1 FROM ${name} LIMIT 1`)).length > 0)
      throw new BackupError(`The database is not empty: table ${name} has rows. Restore into a new database.`)
}

/** Inserts rows with one statement. */
export const insertRows = async (
  writer: Writer,
  { name, columns }: TableHeader,
  rows: readonly (readonly Value[])[],
): Promise<void> => {
  const marks = `(${columns.map(() => '?').join(', ')})`
  await writer.query(
    `INSERT INTO ${name} (${columns.join(', ')}) VALUES ${rows.map(() => marks).join(', ')}`,
    rows.flat(),
  )
}

/** Ids of the organizations that have an audit log. */
export const listLogs = async (reader: Reader): Promise<string[]> => {
  const rows = await reader.query<{ organization_id: string }>('SELECT organization_id FROM audit_heads')
  return rows.map((row) => row.organization_id)
}

/** What was signed of an audit log. The signatures are for the service to verify: it has the master key. */
export const listSignedHeads = async (reader: Reader, organizationId: string): Promise<AuditAnchor[]> => {
  const rows = await reader.query<{ sequence: string | number; hash: string }>(
    'SELECT sequence, hash FROM audit_checkpoints WHERE organization_id = ?',
    [organizationId],
  )
  return rows.map(({ sequence, hash }) => ({ sequence: Number(sequence), hash, authentic: true }))
}
