import { QueryFailedError } from 'typeorm'
import { conflict, type KeyturnError } from '../kernel/errors.ts'

/** Messages for unique index violations. PostgreSQL reports the index, SQLite its columns. */
const RULES: readonly { readonly index: string; readonly lastColumn: string; readonly message: string }[] = [
  {
    index: 'keys_active_name',
    lastColumn: 'keys.active_name',
    message: 'An active key already has this name: choose another, or revoke that key first.',
  },
  {
    index: 'organizations_slug',
    lastColumn: 'organizations.slug',
    message: 'This slug is already in use here: choose another.',
  },
  {
    index: 'projects_slug',
    lastColumn: 'projects.slug',
    message: 'A project of this organization already has this slug: choose another.',
  },
  {
    index: 'modules_name',
    lastColumn: 'modules.name',
    message: 'A module already has this name: choose another.',
  },
  {
    index: 'members_user',
    lastColumn: 'members.user_id',
    message: 'This person is already a member of the organization.',
  },
  {
    index: 'users_email',
    lastColumn: 'users.email',
    message: 'Another user already has this e-mail address: choose another.',
  },
]

interface DriverError {
  readonly code?: string
  readonly message?: string
  readonly constraint?: string
}

const driverError = (error: unknown): DriverError | null =>
  error instanceof QueryFailedError ? (error.driverError as DriverError) : null

/** Translates a unique index violation to a CONFLICT; null for any other error. */
export const conflictOf = (error: unknown): KeyturnError | null => {
  const driver = driverError(error)
  if (driver === null) return null
  const [, columns] = /UNIQUE constraint failed: (.*)$/.exec(driver.message ?? '') ?? []
  const lastColumn = columns?.split(', ').at(-1)
  // On PostgreSQL match the index name: the message is in the server's locale.
  const rule = RULES.find(({ index, lastColumn: column }) =>
    driver.code === '23505' ? index === driver.constraint : column === lastColumn,
  )
  return rule === undefined ? null : conflict(rule.message)
}

/** Whether PostgreSQL aborted a transaction that a retry may complete (deadlock, serialization failure). */
export const isRetryable = (error: unknown): boolean => {
  const code = driverError(error)?.code
  return code === '40P01' || code === '40001'
}
