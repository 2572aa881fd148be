import { verifyAuditLog } from '../audit/audit-verification.ts'
import { closeDataSources, type DataSources, type Model, openDataSources } from '../persistence/data-source.ts'
import { Reader, type Writer } from '../persistence/database.ts'
import { migrate } from '../persistence/migrate.ts'
import { insertRows, inTransaction, listLogs, listSignedHeads, requireEmpty } from './backup.store.ts'
import { BackupError, type BackupHeader, type Value } from './backup-format.ts'
import { type OpenBackup, openBackup } from './read-backup.ts'

/** Stays below the 32,766 parameters that a statement of SQLite takes. */
const PARAMETERS_A_STATEMENT = 30_000
const ROWS_A_STATEMENT = 500

export interface Restored {
  readonly rows: number
  /** When the backup was made. */
  readonly createdAt: Date
  /** Audit logs whose hash chain was verified after the restore. */
  readonly verifiedLogs: number
}

/**
 * Restores a backup into an empty database, brings the database up to date and verifies every audit log. All rows are
 * restored or none. Throws BackupError where the file is damaged or of a newer version, where the database is not empty,
 * and where an audit log is not intact.
 */
export const restoreBackup = async (file: string, databaseUrl: string, model: Model): Promise<Restored> => {
  const backup = await openBackup(file)
  const rows = await insertAll(backup, databaseUrl, migrationsOf(backup.header, model))
  const sources = await openDataSources(databaseUrl, model)
  try {
    await migrate(sources)
    return { rows, createdAt: new Date(backup.header.createdAt), verifiedLogs: await verifyAll(sources) }
  } finally {
    await closeDataSources(sources)
  }
}

/** The model as it was when the backup was made: rows of an older version go through the later migrations. */
const migrationsOf = ({ migrations }: BackupHeader, model: Model): Model => {
  const known = model.migrations.map((migration) => migration.name)
  if (migrations.length > known.length || migrations.some((name, index) => known[index] !== name))
    throw new BackupError(
      'The backup was made by a newer version of Keyturn: install that version and restore with it.',
    )
  return { ...model, migrations: model.migrations.slice(0, migrations.length) }
}

const insertAll = async (backup: OpenBackup, databaseUrl: string, model: Model): Promise<number> => {
  const sources = await openDataSources(databaseUrl, model)
  try {
    await migrate(sources)
    return await inTransaction(sources, async (writer) => {
      await requireEmpty(writer, backup.header.tables)
      return copyRows(writer, backup)
    })
  } finally {
    await closeDataSources(sources)
  }
}

const copyRows = async (writer: Writer, backup: OpenBackup): Promise<number> => {
  let count = 0
  let current = -1
  let pending: (readonly Value[])[] = []
  const flush = async () => {
    const table = backup.header.tables[current]
    if (table !== undefined && pending.length > 0) await insertRows(writer, table, pending)
    pending = []
  }
  for await (const [position, values] of backup.rows()) {
    const most = Math.min(ROWS_A_STATEMENT, Math.floor(PARAMETERS_A_STATEMENT / values.length))
    if (position !== current || pending.length >= most) await flush()
    current = position
    pending.push(values)
    count += 1
  }
  await flush()
  return count
}

/** Verifies every audit log against its hash chain and the checkpoints that were signed of it; returns their number. */
const verifyAll = async ({ engine, reading }: DataSources): Promise<number> => {
  const reader = new Reader(engine, reading.manager)
  const logs = await listLogs(reader)
  for (const id of logs) {
    const { intact, firstBrokenSequence } = await verifyAuditLog(reader, id, listSignedHeads)
    if (!intact)
      throw new BackupError(
        `The audit log of ${id} is not intact: event ${firstBrokenSequence} is the first that is not.`,
      )
  }
  return logs.length
}
