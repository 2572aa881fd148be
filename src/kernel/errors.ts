/** One thing that is wrong with an input: where (dotted path, relative to the input) and what to do about it. */
export interface InputIssue {
  readonly path: string
  readonly message: string
}

/** What a transport may show beside the message; each code uses its own fields. */
export interface ErrorFields {
  /** FORBIDDEN: the grants, any of which would have been enough, as `module:role`. */
  readonly required?: readonly string[]
  /** BAD_USER_INPUT: every fault that was found. */
  readonly issues?: readonly InputIssue[]
  /** POLICY_VIOLATION: the field of the key policy that forbids it. */
  readonly policy?: string
  /** RATE_LIMITED: whole seconds until the request can succeed again. */
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

/**
 * A failure that a caller can do something about. The message is safe to show and says what to do.
 * Everything else that is thrown is a bug: transports mask it and log it whole.
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

/** A credential that is not good, and whose it would be where that is known: failures are counted against both. */
export class RefusedCredential extends KeyturnError {
  readonly keyId: string | null

  constructor(message: string, keyId: string | null) {
    super('UNAUTHENTICATED', message)
    this.keyId = keyId
  }
}

export const unauthenticated = (message = 'A valid credential is needed: send "Authorization: Bearer <credential>".') =>
  new KeyturnError('UNAUTHENTICATED', message)

/** @param required the grants, any of which would have been enough, as `module:role` */
export const forbidden = (required: readonly string[], message?: string) =>
  new KeyturnError('FORBIDDEN', message ?? `This needs ${required.join(' or ')}.`, { required })

export const notFound = (what: string) => new KeyturnError('NOT_FOUND', `No such ${what}, or you may not see it.`)

export const badInput = (path: string, message: string) =>
  new KeyturnError('BAD_USER_INPUT', `${path}: ${message}`, { issues: [{ path, message }] })

export const conflict = (message: string) => new KeyturnError('CONFLICT', message)

/** @param policy name of the KeyPolicy field that forbids it */
export const policyViolation = (policy: string, message: string) =>
  new KeyturnError('POLICY_VIOLATION', message, { policy })

/** Collects every fault of an input, so that a caller hears of all of them at once. */
export class InputIssues {
  private readonly found: InputIssue[] = []

  add(path: string, message: string): void {
    this.found.push({ path, message })
  }

  get any(): boolean {
    return this.found.length > 0
  }

  /** BAD_USER_INPUT with all the issues, or null where there are none. */
  get error(): KeyturnError | null {
    const [first] = this.found
    if (first === undefined) return null
    const more = this.found.length > 1 ? ` (and ${this.found.length - 1} more)` : ''
    return new KeyturnError('BAD_USER_INPUT', `${first.path}: ${first.message}${more}`, { issues: [...this.found] })
  }

  /** Throws BAD_USER_INPUT with all the issues, if there are any. */
  throwIfAny(): void {
    const { error } = this
    if (error !== null) throw error
  }
}
