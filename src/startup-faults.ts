import { ConfigError } from './config.ts'

/** sysexits.h: EX_CONFIG. */
const BAD_CONFIGURATION = 78

/** What operators see when something that the service needs is not there: by the code that Node or a driver gives it. */
const CAUSES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens at that address: stop it, or set KEYTURN_PORT',
  EADDRNOTAVAIL: 'this machine does not have that address: set KEYTURN_HOST',
  EACCES: 'the system does not allow it: look at the port and at who owns KEYTURN_DATA_DIR',
  ECONNREFUSED: 'the database does not answer: look at KEYTURN_DATABASE_URL',
  ENOTFOUND: 'the host of the database is not known: look at KEYTURN_DATABASE_URL',
  SQLITE_CANTOPEN: 'the database file cannot be opened: look at KEYTURN_DATA_DIR',
  SQLITE_NOTADB: 'the database file is no SQLite database: look at KEYTURN_DATA_DIR',
}

/** Ends the process where the configuration is not usable, with every fault named, or where what it names is not there. */
export const orStop = (error: unknown): never => {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
    process.exit(BAD_CONFIGURATION)
  }
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  const cause = CAUSES[code ?? '']
  if (cause === undefined) throw error
  process.stderr.write(`Keyturn cannot start, ${cause} (${message})\n`)
  process.exit(1)
}
