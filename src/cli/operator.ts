import { existsSync } from 'node:fs'
import { MODEL, signingKeysFor, startWithMasterKey } from '../app.ts'
import { AuditLog } from '../audit/audit-log.ts'
import type { Config } from '../config.ts'
import { systemClock } from '../kernel/clock.ts'
import { AuditFeed } from '../live/audit-feed.ts'
import { inProcessTransport } from '../live/feed-transport.ts'
import { anyOrganization } from '../organizations/organizations.store.ts'
import { closeDataSources, type DataSources, engineOf, openDataSources } from '../persistence/data-source.ts'
import { Database } from '../persistence/database.ts'
import { listMigrations, type MigrationState, migrate, revertNewest } from '../persistence/migrate.ts'

/** Why an operator's command was not carried out; its message says what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}

const withDatabase = async <T>(config: Config, work: (sources: DataSources) => Promise<T>): Promise<T> => {
  const { databaseUrl } = config
  const file = databaseUrl.slice('sqlite:'.length)
  // To look at a database that is not there would make an empty one.
  if (engineOf(databaseUrl) === 'sqlite' && !existsSync(file))
    throw new OperatorError(`There is no database at ${file}: start the service once, or set KEYTURN_DATA_DIR.`)
  const sources = await openDataSources(databaseUrl, MODEL)
  try {
    return await work(sources)
  } finally {
    await closeDataSources(sources)
  }
}

/** Runs the migrations that are waiting; returns their names. Throws OperatorError. */
export const runMigrations = (config: Config): Promise<string[]> => withDatabase(config, migrate)

/** Takes back the newest migration; returns its name, or null where none has been run. Throws OperatorError. */
export const revertMigration = (config: Config): Promise<string | null> => withDatabase(config, revertNewest)

/** Every migration, and whether it has been run. Throws OperatorError. */
export const migrationStates = (config: Config): Promise<MigrationState[]> => withDatabase(config, listMigrations)

/**
 * Makes the next signing key the current one; returns its `kid`. Instances that run hear of it within seconds. Throws
 * OperatorError, and ConfigError for a master key that is not the database's.
 */
export const rotateSigningKey = (config: Config): Promise<string> =>
  withDatabase(config, async (sources) => {
    if ((await listMigrations(sources)).some(({ run }) => !run))
      throw new OperatorError('The database is older than this version: run keyturn migrate first.')
    const database = new Database(sources)
    if (!(await database.read(anyOrganization)))
      throw new OperatorError('There is no organization yet: start the service once.')
    const onFault = (error: unknown) => {
      throw error
    }
    const feed = new AuditFeed(database, systemClock, inProcessTransport, onFault)
    const log = new AuditLog(systemClock, feed)
    const signingKeys = signingKeysFor(config, { database, clock: systemClock, log, feed, onFault })
    try {
      await startWithMasterKey(signingKeys)
      return await signingKeys.rotate()
    } finally {
      await signingKeys.stop()
      await database.drain()
    }
  })
