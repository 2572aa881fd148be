import { ConfigError } from './config.ts'
import { Unavailable } from './kernel/errors.ts'
import { DatabaseInUse } from './persistence/database-lock.ts'
import { ArchiveDirectoryError } from './retention/create-retention.ts'
import { WrongMasterKey } from './tokens/master-keys.ts'

/** Exit code for a configuration error (sysexits.h). */
const EX_CONFIG = 78

/** Messages for operators when a dependency is not available, by the error code of Node.js or a driver. */
const CAUSES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens on that address: stop it, or set KEYTURN_PORT',
  EADDRNOTAVAIL: 'this machine does not have that address: set KEYTURN_HOST',
  EACCES: 'the system denies access: check the port and the owner of KEYTURN_DATA_DIR',
  ECONNREFUSED: 'the database refuses connections: check KEYTURN_DATABASE_URL',
  ENOTFOUND: 'the host name of the database is unknown: check KEYTURN_DATABASE_URL',
  SQLITE_CANTOPEN: 'the database file cannot be opened: check KEYTURN_DATA_DIR',
  SQLITE_NOTADB: 'the database file is not an SQLite database: check KEYTURN_DATA_DIR',
}

/** Rethrows an error. A master key that does not match the database, or a directory that cannot be used, becomes a ConfigError. */
export const rethrowAsConfigError = (error: unknown): never => {
  if (error instanceof ArchiveDirectoryError) throw new ConfigError([`KEYTURN_AUDIT_ARCHIVE_DIR: ${error.message}`])
  throw error instanceof WrongMasterKey ? new ConfigError([`KEYTURN_MASTER_KEY: ${error.message}`]) : error
}

/** Exits with a message if the configuration is invalid or the database in use (code 78), or a dependency is not available (code 1). Rethrows any other error. */
export const exitOnStartupError = (error: unknown): never => {
  if (error instanceof ConfigError || error instanceof DatabaseInUse) {
    process.stderr.write(`${error.message}\n`)
    process.exit(EX_CONFIG)
  }
  const failure = error instanceof Unavailable ? error.cause : error
  const { code, message } = failure as { readonly code?: string; readonly message?: string }
  const cause = CAUSES[code ?? '']
  if (cause === undefined) throw failure
  process.stderr.write(`Keyturn cannot start: ${cause} (${message})\n`)
  process.exit(1)
}
