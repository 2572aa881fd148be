import { existsSync } from 'node:fs'
import { AuditLog } from '../audit/audit-log.ts'
import { makeBackup } from '../backup/make-backup.ts'
import { type Restored, restoreBackup } from '../backup/restore-backup.ts'
import type { Config } from '../config.ts'
import { systemClock } from '../kernel/clock.ts'
import { KeyAccess } from '../keys/key-access.ts'
import { CreateKey } from '../keys/lifecycle/create-key.ts'
import { AuditFeed } from '../live/audit-feed.ts'
import { inProcessTransport } from '../live/feed-transport.ts'
import { MODEL } from '../model.ts'
import { issueOwnerKey, type OwnerKey } from '../onboarding/issue-owner-key.ts'
import { createOrganizations } from '../organizations/create-organizations.ts'
import { anyOrganization } from '../organizations/organizations.store.ts'
import { closeDataSources, type DataSources, engineOf, openDataSources } from '../persistence/data-source.ts'
import { Database } from '../persistence/database.ts'
import { listMigrations, type MigrationState, migrate, revertNewest } from '../persistence/migrate.ts'
import { PolicyDirectory } from '../policies/policy-directory.ts'
import { rethrowAsConfigError } from '../startup-faults.ts'
import { deploymentKeys } from '../tokens/deployment-keys.ts'
import { SigningKeys } from '../tokens/signing-keys.ts'
import { failed } from './command-error.ts'

const withDatabase = async <T>(config: Config, work: (sources: DataSources) => Promise<T>): Promise<T> => {
  const { databaseUrl } = config
  const file = databaseUrl.slice('sqlite:'.length)
  // Opening a missing database would create an empty one.
  if (engineOf(databaseUrl) === 'sqlite' && !existsSync(file))
    throw failed(`There is no database at ${file}: start the service once, or set KEYTURN_DATA_DIR.`)
  const sources = await openDataSources(databaseUrl, MODEL)
  try {
    return await work(sources)
  } finally {
    await closeDataSources(sources)
  }
}

/**
 * Backs the database up into a new file, beside a running service. The file does not contain the master key.
 * Throws CommandError and BackupError.
 */
export const backUp = (config: Config, file: string): Promise<Restored> =>
  withDatabase(config, (sources) => makeBackup(sources, file, MODEL, systemClock.now()))

/** Restores a backup into the configured database, which must be empty. Throws BackupError. */
export const restore = (config: Config, file: string): Promise<Restored> =>
  restoreBackup(file, config.databaseUrl, MODEL)

/** Runs the pending migrations and returns their names. Throws CommandError. */
export const runMigrations = (config: Config): Promise<string[]> => withDatabase(config, migrate)

/** Reverts the newest migration; returns its name, or null if none has been run. Throws CommandError. */
export const revertMigration = (config: Config): Promise<string | null> => withDatabase(config, revertNewest)

/** Every migration, and whether it has been run. Throws CommandError. */
export const migrationStates = (config: Config): Promise<MigrationState[]> => withDatabase(config, listMigrations)

/** Refuses a database that the service has not prepared, or that is of an older version. */
const requireReady = async (sources: DataSources, database: Database): Promise<void> => {
  if ((await listMigrations(sources)).some(({ run }) => !run))
    throw failed('The database has pending migrations: run keyturn migrate first.')
  if (!(await database.read(anyOrganization))) throw failed('The database has no organization: start the service once.')
}

const onFault = (error: unknown) => {
  throw error
}

/** Issues a new key to the owner of the server. Throws CommandError, NOT_FOUND and CONFLICT. */
export const createOwnerKey = (config: Config, force: boolean): Promise<OwnerKey> =>
  withDatabase(config, async (sources) => {
    const database = new Database(sources)
    await requireReady(sources, database)
    const clock = systemClock
    const log = new AuditLog(clock, new AuditFeed(database, clock, inProcessTransport, onFault))
    const { access, directory } = createOrganizations({ database, clock, log })
    const keyAccess = new KeyAccess(access, database, directory)
    const policies = new PolicyDirectory(directory)
    const prefix = config.keyPrefix
    const createKey = new CreateKey({ prefix, database, clock, access, keyAccess, directory, policies, log })
    try {
      return await issueOwnerKey(database, createKey, { now: clock.now(), force, signInCode: config.console })
    } finally {
      await database.drain()
    }
  })

/**
 * Rotates the signing key and returns the `kid` of the new one. Running instances receive the change within seconds. Throws
 * CommandError, and ConfigError if the master key does not match the database.
 */
export const rotateSigningKey = (config: Config): Promise<string> =>
  withDatabase(config, async (sources) => {
    const database = new Database(sources)
    await requireReady(sources, database)
    const feed = new AuditFeed(database, systemClock, inProcessTransport, onFault)
    const log = new AuditLog(systemClock, feed)
    const masterKeys = deploymentKeys(config.masterKeys, config.dataDir)
    const algorithm = config.tokenAlgorithm
    const signingKeys = new SigningKeys({ database, clock: systemClock, log, feed, masterKeys, algorithm, onFault })
    try {
      await signingKeys.start().catch(rethrowAsConfigError)
      return await signingKeys.rotate()
    } finally {
      await signingKeys.stop()
      await database.drain()
    }
  })
