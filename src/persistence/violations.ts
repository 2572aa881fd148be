import { QueryFailedError } from 'typeorm'
import { conflict, type KeyturnError } from '../kernel/errors.ts'

/** What a caller is told when a unique index decides a race. PostgreSQL says which index it was, SQLite its columns. */
const RULES: readonly { readonly index: string; readonly lastColumn: string; readonly message: string }[] = [
  {
    index: 'keys_active_name',
    lastColumn: 'keys.active_name',
    message: 'An active key already has this name: choose another, or revoke that key first.',
  },
  {
    index: 'organizations_slug',
    lastColumn: 'organizations.slug',
    message: 'This slug is taken here: choose another.',
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
    message: 'This person already is a member of the organization.',
  },
  { index: 'users_email', lastColumn: 'users.email', message: 'Somebody already has this e-mail address.' },
]

interface DriverError {
  readonly code?: string
  readonly message?: string
  readonly constraint?: string
}

const driverError = (error: unknown): DriverError | null =>
  error instanceof QueryFailedError ? (error.driverError as DriverError) : null

/** The CONFLICT that stands for a unique index's refusal, or null where the error is something else. */
export const conflictOf = (error: unknown): KeyturnError | null => {
  const driver = driverError(error)
  if (driver === null) return null
  const [, columns] = /UNIQUE constraint failed: (.*)$/.exec(driver.message ?? '') ?? []
  const lastColumn = columns?.split(', ').at(-1)
  // By the index's name on PostgreSQL: what it says of the columns is in the language of the server.
  const rule = RULES.find(({ index, lastColumn: column }) =>
    driver.code === '23505' ? index === driver.constraint : column === lastColumn,
  )
  return rule === undefined ? null : conflict(rule.message)
}

/** Whether PostgreSQL ended a transaction that would succeed if it were tried again (deadlock, serialization). */
export const isRetryable = (error: unknown): boolean => {
  const code = driverError(error)?.code
  return code === '40P01' || code === '40001'
}
