import type { StopStack } from '../kernel/stop-stack.ts'
import type { Tracer } from '../kernel/tracer.ts'
import { prepareDataDir } from './data-dir.ts'
import {
  closeDataSources,
  type DatabaseUrl,
  type DataSources,
  engineOf,
  type Model,
  openDataSources,
} from './data-source.ts'
import { Database, type NestingGuard } from './database.ts'
import { migrate } from './migrate.ts'

export interface OpenDatabaseParts {
  readonly databaseUrl: DatabaseUrl
  /** Created before an embedded database is opened. */
  readonly dataDir: string
  readonly model: Model
  readonly nestingGuard: NestingGuard | undefined
  readonly tracer: Tracer
  /** Receives the names of the migrations that were run. */
  readonly onMigrated: (migrations: readonly string[]) => void
}

export interface OpenDatabase {
  readonly sources: DataSources
  readonly database: Database
}

/** Opens the database and runs the pending migrations. The stack stops it: it waits for running writes, then disconnects. */
export const openDatabase = async (parts: OpenDatabaseParts, stack: StopStack): Promise<OpenDatabase> => {
  const { databaseUrl, dataDir, model, nestingGuard, tracer, onMigrated } = parts
  if (engineOf(databaseUrl) === 'sqlite') prepareDataDir(dataDir)
  const sources = await openDataSources(databaseUrl, model)
  stack.push(() => closeDataSources(sources))
  const migrated = await migrate(sources)
  if (migrated.length > 0) onMigrated(migrated)
  const database = new Database(sources, { nestingGuard, tracer })
  stack.push(() => database.drain())
  return { sources, database }
}
