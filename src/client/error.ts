/** One fault of the input: its path and what is wrong. */
export interface InputIssue {
  readonly path: string
  readonly message: string
}

interface ErrorFields {
  /** Why a credential was rejected: `EXPIRED`, `REVOKED`, `TOKEN_EXPIRED`, ... */
  readonly reason?: string
  /** The required grants, as `module:role`. One of them is missing. */
  readonly required?: readonly string[]
  readonly issues?: readonly InputIssue[]
  /** The field of the key policy that forbids the change. */
  readonly policy?: string
  readonly retryAfterSeconds?: number
  /** Id of the request in the server's log. */
  readonly requestId?: string
  /** HTTP status, or WebSocket close code. */
  readonly status?: number
  /** The data that came with the errors. */
  readonly data?: unknown
}

/**
 * A failed operation. `code` is that of the first GraphQL error (docs/errors.md), or one of the client's own: `NETWORK` (no
 * response; a mutation may have been executed) and `BAD_RESPONSE` (a response that is not GraphQL).
 */
export class KeyturnClientError extends Error {
  override readonly name = 'KeyturnClientError'
  readonly code: string
  readonly reason?: string
  readonly required?: string[]
  readonly issues?: { path: string; message: string }[]
  readonly policy?: string
  readonly retryAfterSeconds?: number
  readonly requestId?: string
  readonly status?: number
  readonly data?: unknown

  constructor(code: string, message: string, fields: ErrorFields = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    if (fields.reason !== undefined) this.reason = fields.reason
    if (fields.required !== undefined) this.required = [...fields.required]
    if (fields.issues !== undefined) this.issues = fields.issues.map((issue) => ({ ...issue }))
    if (fields.policy !== undefined) this.policy = fields.policy
    if (fields.retryAfterSeconds !== undefined) this.retryAfterSeconds = fields.retryAfterSeconds
    if (fields.requestId !== undefined) this.requestId = fields.requestId
    if (fields.status !== undefined) this.status = fields.status
    if (fields.data !== undefined) this.data = fields.data
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const isText = (value: unknown): value is string => typeof value === 'string'
const isIssue = (value: unknown): value is InputIssue => isRecord(value) && isText(value.path) && isText(value.message)

const defined = (fields: { readonly [Name in keyof ErrorFields]: ErrorFields[Name] | undefined }): ErrorFields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** The error for the `errors` of a response. Code, message and fields are those of the first one. */
export const errorOfGraphQL = (errors: readonly unknown[], answer: ErrorFields = {}): KeyturnClientError => {
  const first = isRecord(errors[0]) ? errors[0] : {}
  const extensions = isRecord(first.extensions) ? first.extensions : {}
  const { required, issues, retryAfterSeconds } = extensions
  return new KeyturnClientError(
    text(extensions.code) ?? 'BAD_RESPONSE',
    text(first.message) ?? 'The server refused the operation without a message.',
    {
      ...answer,
      ...defined({
        reason: text(extensions.reason),
        required: Array.isArray(required) ? required.filter(isText) : undefined,
        issues: Array.isArray(issues) ? issues.filter(isIssue) : undefined,
        policy: text(extensions.policy),
        retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined,
        requestId: text(extensions.requestId),
      }),
    },
  )
}
