import { type DataSource, QueryFailedError } from 'typeorm'
import { conflict, type KeyturnError } from '../kernel/errors.ts'

/** Messages for violations of unique indexes, by the name of the index. The features state them beside their tables. */
export type ConflictMessages = Readonly<Record<string, string>>

interface DriverError {
  readonly code?: string
  readonly message?: string
  readonly constraint?: string
}

const driverError = (error: unknown): DriverError | null =>
  error instanceof QueryFailedError ? (error.driverError as DriverError) : null

/** The messages by what the engine reports: PostgreSQL the index, SQLite its columns. */
export const messagesByReport = (source: DataSource, messages: ConflictMessages): ConflictMessages => {
  const reports = source.entityMetadatas.flatMap(({ tableName, indices }) =>
    indices.flatMap(({ name, columns }) => {
      const message = messages[name]
      const report = columns.map((column) => `${tableName}.${column.databaseName}`).join(', ')
      return message === undefined ? [] : [[name, message] as const, [report, message] as const]
    }),
  )
  return Object.fromEntries(reports)
}

/** Translates a violation of a unique index that has a message to a CONFLICT; null for any other error. */
export const conflictOf = (error: unknown, messages: ConflictMessages): KeyturnError | null => {
  const driver = driverError(error)
  if (driver === null) return null
  const [, columns] = /UNIQUE constraint failed: (.*)$/.exec(driver.message ?? '') ?? []
  // On PostgreSQL match the index name: the message is in the server's locale.
  const report = driver.code === '23505' ? driver.constraint : columns
  const message = report === undefined ? undefined : messages[report]
  return message === undefined ? null : conflict(message)
}

/** Whether PostgreSQL aborted a transaction that a retry may complete (deadlock, serialization failure). */
export const isRetryable = (error: unknown): boolean => {
  const code = driverError(error)?.code
  return code === '40P01' || code === '40001'
}
