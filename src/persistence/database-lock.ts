import { closeSync, existsSync, mkdirSync, openSync, readSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import sqlite3 from 'sqlite3'

/** Another process serves the same SQLite database. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse'

  /** @param processId of the process that serves it; null where it has not said so yet */
  constructor(file: string, processId: number | null) {
    const holder = processId === null ? 'another process' : `process ${processId}`
    super(
      `The database ${file} is in use by ${holder}: stop that process, or give each instance a KEYTURN_DATA_DIR of its own. Several instances of one service need PostgreSQL.`,
    )
  }
}

/** A process that is stopping may hold the lock for a moment longer. */
const PATIENCE_MS = 1_000
/** Where SQLite stores `user_version` in the header of a file: 4 bytes, big-endian. */
const USER_VERSION_OFFSET = 60

const processIdIn = (lockFile: string): number | null => {
  const header = Buffer.alloc(USER_VERSION_OFFSET + 4)
  const descriptor = openSync(lockFile, 'r')
  try {
    const isComplete = readSync(descriptor, header, 0, header.length, 0) === header.length
    return isComplete ? header.readInt32BE(USER_VERSION_OFFSET) : null
  } finally {
    closeSync(descriptor)
  }
}

const open = (file: string): Promise<sqlite3.Database> =>
  new Promise((resolve, reject) => {
    const database: sqlite3.Database = new sqlite3.Database(file, (error) =>
      error === null ? resolve(database) : reject(error),
    )
  })
const close = (database: sqlite3.Database): Promise<void> =>
  new Promise((resolve, reject) => {
    database.close((error) => (error === null ? resolve() : reject(error)))
  })
const execute = (database: sqlite3.Database, sql: string): Promise<void> =>
  new Promise((resolve, reject) => {
    database.exec(sql, (error) => (error === null ? resolve() : reject(error)))
  })

/**
 * Takes the lock that keeps a second process from serving a SQLite database: each would accept what the other revoked.
 * Returns a function that releases it. Throws DatabaseInUse.
 *
 * The lock is an exclusive lock of SQLite on a file beside the database, so the operating system holds it for the process
 * and releases it when the process ends, however it ends. No stored process id decides anything: it may have been reused,
 * or belong to another container. It is stored only to be named. Operator commands do not take the lock.
 */
export const lockDatabase = async (file: string): Promise<() => Promise<void>> => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  // By its real path, so that two names of one database are one lock.
  const lockFile = `${realpathSync(file)}.lock`
  // Not opened where it exists: to close a file releases what its process holds of it.
  if (!existsSync(lockFile)) closeSync(openSync(lockFile, 'a', 0o600))
  const lock = await open(lockFile)
  try {
    await execute(lock, `PRAGMA busy_timeout = ${PATIENCE_MS}`)
    // In this mode the lock outlives the transaction. The journal in memory leaves no file behind.
    await execute(lock, 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY')
    await execute(lock, `BEGIN EXCLUSIVE; PRAGMA user_version = ${process.pid}; COMMIT`)
  } catch (error) {
    await close(lock)
    const isHeld = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
    throw isHeld ? new DatabaseInUse(file, processIdIn(lockFile)) : error
  }
  return () => close(lock)
}
