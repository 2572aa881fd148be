import { QueryFailedError } from 'typeorm'
import { conflict, type KeyturnError } from '../kernel/errors.ts'

/** What a caller is told when a unique index decides a race, by `table.column` of the index's last column. */
const MESSAGES: Readonly<Record<string, string>> = {
  'keys.active_name': 'An active key already has this name: choose another, or revoke that key first.',
  'organizations.slug': 'This slug is taken here: choose another.',
  'projects.slug': 'A project of this organization already has this slug: choose another.',
  'modules.name': 'A module already has this name: choose another.',
  'members.user_id': 'This person already is a member of the organization.',
  'users.email': 'Somebody already has this e-mail address.',
}

interface DriverError {
  readonly code?: string
  readonly message?: string
  readonly table?: string
  readonly detail?: string
}

const driverError = (error: unknown): DriverError | null =>
  error instanceof QueryFailedError ? (error.driverError as DriverError) : null

/** `table.column` of the unique index that refused a row, or null where the error is something else. */
const violatedUnique = (error: unknown): string | null => {
  const driver = driverError(error)
  if (driver === null) return null
  if (driver.code === '23505') {
    const columns = /^Key \(([^)]*)\)/.exec(driver.detail ?? '')?.[1]?.split(', ')
    return `${driver.table}.${columns?.at(-1)}`
  }
  const failed = /UNIQUE constraint failed: (.*)$/.exec(driver.message ?? '')?.[1]
  return failed?.split(', ').at(-1) ?? null
}

/** The CONFLICT that stands for a unique index's refusal, or null where the error is something else. */
export const conflictOf = (error: unknown): KeyturnError | null => {
  const index = violatedUnique(error)
  if (index === null) return null
  const message = MESSAGES[index]
  return message === undefined ? null : conflict(message)
}

/** Whether PostgreSQL ended a transaction that would succeed if it were tried again (deadlock, serialization). */
export const isRetryable = (error: unknown): boolean => {
  const code = driverError(error)?.code
  return code === '40P01' || code === '40001'
}
