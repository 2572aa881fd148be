import { closeDataSources, type DatabaseUrl, type DataSources, type Model, openDataSources } from './data-source.ts'

// An arbitrary constant, equal in every instance.
const MIGRATION_LOCK = 0x6b657974

/**
 * Runs the pending migrations, each in its own transaction, and returns their names.
 * On PostgreSQL an advisory lock serializes instances that start at the same time.
 */
export const migrate = async ({ engine, writing }: DataSources): Promise<string[]> => {
  if (engine === 'sqlite') return (await writing.runMigrations()).map((migration) => migration.name)
  const runner = writing.createQueryRunner()
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    return (await writing.runMigrations()).map((migration) => migration.name)
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK])
    await runner.release()
  }
}

export interface MigrationState {
  readonly name: string
  readonly run: boolean
}

/** Every migration in order, and whether it has been run. */
export const listMigrations = async ({ writing }: DataSources): Promise<MigrationState[]> => {
  const runner = writing.createQueryRunner()
  try {
    const hasMigrations = await runner.hasTable('migrations')
    const rows: { readonly name: string }[] = hasMigrations ? await writing.query('SELECT name FROM migrations') : []
    const run = new Set(rows.map(({ name }) => name))
    const names = writing.migrations.map((migration) => migration.name ?? migration.constructor.name)
    return names.map((name) => ({ name, run: run.has(name) }))
  } finally {
    await runner.release()
  }
}

/** Reverts the newest migration; returns its name, or null if none has been run. */
export const revertNewest = async ({ writing }: DataSources): Promise<string | null> => {
  const before = await writing.query('SELECT name FROM migrations ORDER BY id DESC LIMIT 1')
  if (before.length === 0) return null
  await writing.undoLastMigration()
  return before[0].name
}

/** The SQL statements that would make the tables match the entities; empty if there is no drift. */
export const schemaDrift = async ({ writing }: DataSources): Promise<string[]> => {
  const log = await writing.driver.createSchemaBuilder().log()
  return log.upQueries.map((query) => query.query)
}

/**
 * Opens the database for the service, with limits on the time of each statement, after its pending migrations have been run
 * without them. Also returns the names of these migrations.
 */
export const openMigrated = async (
  url: DatabaseUrl,
  model: Model,
): Promise<{ readonly sources: DataSources; readonly migrated: readonly string[] }> => {
  const sources = await openDataSources(url, model)
  let migrated: string[]
  try {
    migrated = await migrate(sources)
  } catch (error) {
    await closeDataSources(sources)
    throw error
  }
  if (sources.engine === 'sqlite') return { sources, migrated }
  await closeDataSources(sources)
  return { sources: await openDataSources(url, model, 'limited'), migrated }
}
