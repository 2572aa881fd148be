import type { DataSources } from './data-source.ts'

// Any constant will do; it only has to be the same in every instance.
const MIGRATION_LOCK = 0x6b657974

/**
 * Brings the schema up to date, each migration in a transaction of its own; returns the names of those that ran.
 * Instances that start together on PostgreSQL take turns.
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

/** Every migration in its order, and whether it has been run. */
export const listMigrations = async ({ writing }: DataSources): Promise<MigrationState[]> => {
  const runner = writing.createQueryRunner()
  try {
    const begun = await runner.hasTable('migrations')
    const rows: { readonly name: string }[] = begun ? await writing.query('SELECT name FROM migrations') : []
    const run = new Set(rows.map(({ name }) => name))
    const names = writing.migrations.map((migration) => migration.name ?? migration.constructor.name)
    return names.map((name) => ({ name, run: run.has(name) }))
  } finally {
    await runner.release()
  }
}

/** Takes back the newest migration; returns its name, or null where none was left. */
export const revertNewest = async ({ writing }: DataSources): Promise<string | null> => {
  const before = await writing.query('SELECT name FROM migrations ORDER BY id DESC LIMIT 1')
  if (before.length === 0) return null
  await writing.undoLastMigration()
  return before[0].name
}

/** What would have to be run to make the database's tables equal to the entities; nothing, where they have not drifted. */
export const schemaDrift = async ({ writing }: DataSources): Promise<string[]> => {
  const log = await writing.driver.createSchemaBuilder().log()
  return log.upQueries.map((query) => query.query)
}
