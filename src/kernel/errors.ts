/** One problem with an input: its dotted path, relative to the input, and what to do about it. */
export interface InputIssue {
  readonly path: string
  readonly message: string
}

/**
 * Why a caller is UNAUTHENTICATED. Only a caller that presents a real secret or token of a key receives a reason that is
 * about this key; everybody else receives MISSING, MALFORMED or UNKNOWN.
 */
export type UnauthenticatedReason =
  | 'MISSING'
  | 'MALFORMED'
  | 'UNKNOWN'
  | 'EXPIRED'
  | 'REVOKED'
  | 'SUSPENDED'
  | 'RETIRED'
  | 'ADDRESS'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_REVOKED'

/** Typed details that a transport may return beside the message. Each code uses its own fields. */
export interface ErrorFields {
  /** UNAUTHENTICATED: why, for programs. */
  readonly reason?: UnauthenticatedReason
  /** FORBIDDEN: the grants, any of which is sufficient, as `module:role`. */
  readonly required?: readonly string[]
  /** BAD_USER_INPUT: every issue found. */
  readonly issues?: readonly InputIssue[]
  /** POLICY_VIOLATION: the field of the key policy that forbids the request. */
  readonly policy?: string
  /** RATE_LIMITED, UNAVAILABLE: whole seconds until the request can succeed again. */
  readonly retryAfterSeconds?: number
}

export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  | 'POLICY_VIOLATION'
  | 'LIMIT_REACHED'
  | 'RATE_LIMITED'
  | 'QUERY_TOO_COMPLEX'
  | 'UNAVAILABLE'

/**
 * An expected failure that the caller can act on. The message is safe to return and says what to do.
 * Any other thrown value is a bug: transports mask it and log it in full.
 */
export class KeyturnError extends Error {
  readonly code: ErrorCode
  readonly fields: ErrorFields

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}) {
    super(message)
    this.name = 'KeyturnError'
    this.code = code
    this.fields = fields
  }
}

/** Seconds after which a caller may try again while a dependency is away. */
const RETRY_AFTER_SECONDS = 1

/**
 * UNAVAILABLE: a dependency (database, disk, identity provider) did not do its part, and nothing was changed. It says
 * nothing about the caller or the credential. `cause` has the failure, for the log.
 */
export class Unavailable extends KeyturnError {
  constructor(message: string, cause: unknown) {
    super('UNAVAILABLE', message, { retryAfterSeconds: RETRY_AFTER_SECONDS })
    this.name = 'Unavailable'
    this.cause = cause
  }
}

/**
 * The connection to the database failed while a change was saved, and the database could not be asked what became of it. Not
 * UNAVAILABLE: a caller must read the state before it repeats the request. The message is safe to return.
 */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
  readonly reason = 'OUTCOME_UNKNOWN'

  constructor(cause: unknown) {
    super('The change may have been saved or not: read the state before you repeat the request.', { cause })
  }
}

/** What a caller of a route may read about an error that is not its own fault. */
export const describeBug = (error: unknown): string =>
  error instanceof OutcomeUnknown ? error.message : 'Something went wrong on our side.'

export const unauthenticated = (
  reason: UnauthenticatedReason = 'MISSING',
  message = 'A valid credential is required: send "Authorization: Bearer <credential>".',
) => new KeyturnError('UNAUTHENTICATED', message, { reason })

/** @param required the grants, any of which is sufficient, as `module:role` */
export const forbidden = (required: readonly string[], message?: string) =>
  new KeyturnError('FORBIDDEN', message ?? `This needs ${required.join(' or ')}.`, { required })

export const notFound = (what: string) => new KeyturnError('NOT_FOUND', `No such ${what}, or you may not see it.`)

export const badInput = (path: string, message: string) =>
  new KeyturnError('BAD_USER_INPUT', `${path}: ${message}`, { issues: [{ path, message }] })

export const conflict = (message: string) => new KeyturnError('CONFLICT', message)

/** @param policy name of the KeyPolicy field that forbids the request */
export const policyViolation = (policy: string, message: string) =>
  new KeyturnError('POLICY_VIOLATION', message, { policy })

/** Collects every issue of an input, so that the caller receives all of them at once. */
export class InputIssues {
  private readonly issues: InputIssue[] = []

  add(path: string, message: string): void {
    this.issues.push({ path, message })
  }

  get any(): boolean {
    return this.issues.length > 0
  }

  /** BAD_USER_INPUT with all issues, or null if there are none. */
  get error(): KeyturnError | null {
    const [first] = this.issues
    if (first === undefined) return null
    const more = this.issues.length > 1 ? ` (and ${this.issues.length - 1} more)` : ''
    return new KeyturnError('BAD_USER_INPUT', `${first.path}: ${first.message}${more}`, { issues: [...this.issues] })
  }

  /** Throws BAD_USER_INPUT with all issues, if there are any. */
  throwIfAny(): void {
    const { error } = this
    if (error !== null) throw error
  }
}
