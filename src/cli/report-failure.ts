import { KeyturnClientError } from '../client/client.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import { CommandError, EXIT } from './command-error.ts'
import { harmless } from './terminal/harmless.ts'

/** The exit code for each error of the API. */
const EXIT_CODES = {
  UNAUTHENTICATED: EXIT.notLoggedIn,
  FORBIDDEN: EXIT.failed,
  NOT_FOUND: EXIT.failed,
  BAD_USER_INPUT: EXIT.failed,
  CONFLICT: EXIT.failed,
  POLICY_VIOLATION: EXIT.failed,
  LIMIT_REACHED: EXIT.failed,
  RATE_LIMITED: EXIT.failed,
  QUERY_TOO_COMPLEX: EXIT.failed,
  UNAVAILABLE: EXIT.failed,
} satisfies Record<ErrorCode, number>

const exitCodeOf = (code: string): number =>
  Object.hasOwn(EXIT_CODES, code) ? EXIT_CODES[code as ErrorCode] : EXIT.failed

/** Whether the same key works again, from another address or after it was resumed. */
const keepsKey = ({ reason }: KeyturnClientError): boolean => reason === 'ADDRESS' || reason === 'SUSPENDED'

/** The message of a refusal, with what the user can do about it. */
const describe = (error: KeyturnClientError): string => {
  const { code, message, issues = [], requestId, retryAfterSeconds } = error
  switch (code) {
    case 'UNAUTHENTICATED':
      return keepsKey(error) ? message : `${message} Log in with keyturn login.`
    case 'BAD_USER_INPUT':
      return issues.length > 1 ? issues.map((issue) => `${issue.path}: ${issue.message}`).join('; ') : message
    case 'RATE_LIMITED':
    case 'UNAVAILABLE':
      return retryAfterSeconds === undefined ? message : `${message} Try again in ${retryAfterSeconds} s.`
    case 'INTERNAL':
      return requestId === undefined ? message : `${message} Its log has more about request ${requestId}.`
    case 'NETWORK':
      return `${message.replace(/\.$/, '')}${causeOf(error)}.`
    default:
      return message
  }
}

/** The innermost cause of a failed connection, such as ECONNREFUSED. */
const causeOf = (error: Error): string => {
  let cause: unknown = error.cause
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause
  if (!(cause instanceof Error)) return ''
  return ` (${(cause as NodeJS.ErrnoException).code ?? cause.message})`
}

/** Prints what went wrong on standard error, in one line, and returns the exit code. */
export const reportFailure = (error: unknown): number => {
  const [exitCode, message] =
    error instanceof CommandError
      ? [error.exitCode, error.message]
      : error instanceof KeyturnClientError
        ? [exitCodeOf(error.code), describe(error)]
        : [EXIT.failed, error instanceof Error ? `${error.message}${causeOf(error)}` : String(error)]
  process.stderr.write(`${harmless(message)}\n`)
  return exitCode
}
