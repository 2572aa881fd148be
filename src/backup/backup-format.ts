/**
 * A backup is a gzip file of JSON lines: a header, the rows of every table, and a footer. Values are stored as both engines
 * store them (text, whole numbers, true and false), so a backup of SQLite can be restored into PostgreSQL and the other way
 * round. It holds hashes of secrets and encrypted signing keys, but not the master key.
 */
export const FORMAT = 'keyturn-backup'
export const VERSION = 1

export type Value = string | number | boolean | null

export interface TableHeader {
  readonly name: string
  readonly columns: readonly string[]
}

/** The first line. */
export interface BackupHeader {
  readonly format: typeof FORMAT
  readonly version: typeof VERSION
  /** RFC 3339. */
  readonly createdAt: string
  /** Names of the migrations that had been run, oldest first. */
  readonly migrations: readonly string[]
  readonly tables: readonly TableHeader[]
}

/** A line of a row: the position of its table in the header, and its values in the order of the table's columns. */
export type BackupRow = readonly [table: number, values: readonly Value[]]

/** The last line. */
export interface BackupFooter {
  readonly rows: number
  /** SHA-256 (hex) of all lines before this one, line ends included. */
  readonly sha256: string
}

/** A file that is not a backup, is damaged, or does not fit this version. The message says what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}
