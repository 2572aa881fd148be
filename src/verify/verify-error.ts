const STATUS = {
  missing: 401,
  malformed: 401,
  expired: 401,
  revoked: 401,
  unknown: 401,
  audience: 401,
  insufficient_scope: 403,
  unavailable: 503,
} as const satisfies Record<string, 401 | 403 | 503>

export type VerifyErrorCode = keyof typeof STATUS

// RFC 6750 section 3: the values are quoted and hold printable ASCII without quotes and backslashes.
const quoted = (text: string): string => `"${text.replaceAll('"', "'").replaceAll(/[^\x20-\x7e]|\\/g, '?')}"`

/** The challenge of a rejection (RFC 6750 section 3). A request without a credential gets no error code. */
const challengeOf = (code: VerifyErrorCode, message: string, scope: string | undefined): string => {
  if (code === 'missing' || code === 'unavailable') return 'Bearer'
  const error = code === 'insufficient_scope' ? code : 'invalid_token'
  const needs = scope === undefined ? '' : `, scope=${quoted(scope)}`
  return `Bearer error="${error}", error_description=${quoted(message)}${needs}`
}

/** A rejected credential. The message may be shown to its holder. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError'
  readonly status: 401 | 403 | 503
  readonly code: VerifyErrorCode
  /** The value of the `www-authenticate` header (RFC 6750 section 3). */
  readonly wwwAuthenticate: string

  /** @param scope the missing grant, for `insufficient_scope` */
  constructor(code: VerifyErrorCode, message: string, options: ErrorOptions & { readonly scope?: string } = {}) {
    super(message, options)
    this.code = code
    this.status = STATUS[code]
    this.wwwAuthenticate = challengeOf(code, message, options.scope)
  }
}
