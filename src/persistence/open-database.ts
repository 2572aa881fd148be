import type { StopStack } from '../kernel/stop-stack.ts'
import type { Tracer } from '../kernel/tracer.ts'
import { prepareDataDir } from './data-dir.ts'
import { closeDataSources, type DatabaseUrl, type DataSources, engineOf, type Model } from './data-source.ts'
import { Database } from './database.ts'
import { lockDatabase } from './database-lock.ts'
import { openMigrated } from './migrate.ts'
import type { NestingGuard } from './nesting-guard.ts'
import { type OutageHandler, outageReport } from './outage-report.ts'

export interface OpenDatabaseParts {
  readonly databaseUrl: DatabaseUrl
  /** Created before an embedded database is opened. */
  readonly dataDir: string
  readonly model: Model
  readonly nestingGuard: NestingGuard | undefined
  readonly tracer: Tracer
  /** Receives the names of the migrations that were run. */
  readonly onMigrated: (migrations: readonly string[]) => void
  /** Receives failures of the database, one every five seconds at most. */
  readonly onOutage: OutageHandler
}

export interface OpenDatabase {
  readonly sources: DataSources
  readonly database: Database
}

/**
 * Opens the database and runs the pending migrations. The stack stops it: it waits for running writes, then disconnects.
 * Throws DatabaseInUse where another process serves the same SQLite database.
 */
export const openDatabase = async (parts: OpenDatabaseParts, stack: StopStack): Promise<OpenDatabase> => {
  const { databaseUrl, dataDir, model, nestingGuard, tracer, onMigrated, onOutage } = parts
  if (engineOf(databaseUrl) === 'sqlite') {
    prepareDataDir(dataDir)
    stack.push(await lockDatabase(databaseUrl.slice('sqlite:'.length)))
  }
  const { sources, migrated } = await openMigrated(databaseUrl, model)
  stack.push(() => closeDataSources(sources))
  if (migrated.length > 0) onMigrated(migrated)
  const database = new Database(sources, { nestingGuard, tracer, onUnavailable: outageReport(onOutage) })
  stack.push(() => database.drain())
  return { sources, database }
}
