import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm'
import { KeyturnError, Unavailable } from '../kernel/errors.ts'

/** The connection failed, or there is none: every other call fails as well. Codes of Node.js and of PostgreSQL. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  // PostgreSQL stops, starts, or terminated the connection.
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  // It does not let this service in: password, pg_hba.conf, a database that is renamed or takes no connections.
  '28000',
  '28P01',
  '3D000',
  '55000',
  '25P03',
])

/** The database answered that it cannot do this now. Codes of PostgreSQL and of SQLite. */
const RESOURCE_CODES: ReadonlySet<string> = new Set([
  // Statement or lock timeout, a standby that takes no writes, an error of the disk.
  '57014',
  '55P03',
  '25006',
  '58030',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
  'SQLITE_NOMEM',
  'SQLITE_PROTOCOL',
])

/** Classes of SQLSTATE: 08 connection exception, 53 insufficient resources (disk, memory, connections). */
const RESOURCE_CLASS = /^53[0-9A-Z]{3}$/
const CONNECTION_CLASS = /^08[0-9A-Z]{3}$/

/** What pg reports without a code. */
const CONNECTION_MESSAGES = [
  'Query read timeout',
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
]

type Failure = 'connection' | 'resource'

const failureOf = (error: unknown): Failure | null => {
  // TypeORM releases the connection of a transaction as soon as it breaks.
  if (error instanceof QueryRunnerAlreadyReleasedError) return 'connection'
  if (error instanceof QueryRunnerProviderAlreadyReleasedError) return 'connection'
  if (error instanceof QueryFailedError) return failureOf(error.driverError)
  if (error instanceof AggregateError) return failureOf(error.errors[0])
  if (!(error instanceof Error) || error instanceof KeyturnError) return null
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (CONNECTION_CODES.has(code) || CONNECTION_CLASS.test(code)) return 'connection'
  if (RESOURCE_CODES.has(code) || RESOURCE_CLASS.test(code)) return 'resource'
  return code === '' && CONNECTION_MESSAGES.some((text) => error.message.includes(text)) ? 'connection' : null
}

/** Whether the connection to the database failed. What was sent on it may have been done or not. */
export const isConnectionFailure = (error: unknown): boolean => failureOf(error) === 'connection'

/** Translates a failure of the database to UNAVAILABLE; null for any other error. */
export const unavailableOf = (error: unknown): Unavailable | null =>
  failureOf(error) === null
    ? null
    : new Unavailable('The database is not available. Nothing was changed: try again.', error)
