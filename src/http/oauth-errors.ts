import type { FastifyReply, FastifyRequest } from 'fastify'
import { describeBug, type ErrorCode, KeyturnError } from '../kernel/errors.ts'
import { NO_STORE, REPEATED } from './form.ts'

/** Status and error code for each failure (RFC 6749 section 5.2). */
const ERRORS = {
  UNAUTHENTICATED: { status: 401, error: 'invalid_client' },
  FORBIDDEN: { status: 400, error: 'invalid_scope' },
  NOT_FOUND: { status: 400, error: 'invalid_request' },
  BAD_USER_INPUT: { status: 400, error: 'invalid_request' },
  CONFLICT: { status: 400, error: 'invalid_request' },
  POLICY_VIOLATION: { status: 400, error: 'invalid_request' },
  LIMIT_REACHED: { status: 400, error: 'invalid_request' },
  RATE_LIMITED: { status: 429, error: 'rate_limited' },
  QUERY_TOO_COMPLEX: { status: 400, error: 'invalid_request' },
  UNAVAILABLE: { status: 503, error: 'temporarily_unavailable' },
} as const satisfies Record<ErrorCode, { status: number; error: string }>

/** Error codes for invalid fields (RFC 6749 section 5.2, RFC 8707 section 2). */
const ERRORS_OF_FIELDS: Readonly<Record<string, string>> = {
  scope: 'invalid_scope',
  audience: 'invalid_target',
  resource: 'invalid_target',
  grant_type: 'unsupported_grant_type',
}

/** RFC 8693 and 8707 allow these to repeat. A server may reject several values with invalid_target. */
const MAY_REPEAT: ReadonlySet<string> = new Set(['audience', 'resource'])

/**
 * The failure of a token exchange because of its subject token: invalid_request, not invalid_client (RFC 8693 section
 * 2.2.2).
 */
export class InvalidSubjectToken extends KeyturnError {
  constructor({ message, fields }: KeyturnError) {
    super('BAD_USER_INPUT', message, fields)
  }
}

const errorOf = (failure: KeyturnError): string => {
  const [issue] = failure.fields.issues ?? []
  const ofRequest = issue?.message === 'is missing' || (issue?.message === REPEATED && !MAY_REPEAT.has(issue.path))
  const own = issue === undefined || ofRequest ? undefined : ERRORS_OF_FIELDS[issue.path]
  return own ?? ERRORS[failure.code].error
}

/** A challenge of the scheme that the caller used (RFC 6749 section 5.2, RFC 6750 section 3). */
const challengeOf = (authorization: string | undefined, takesBearer: boolean): string =>
  takesBearer && /^bearer /i.test(authorization ?? '')
    ? 'Bearer realm="keyturn", error="invalid_token"'
    : 'Basic realm="keyturn", charset="UTF-8"'

// RFC 6749 section 5.2: error_description is printable ASCII without quotes and backslashes.
const describe = (message: string): string => message.replaceAll('"', "'").replaceAll(/[^\x20-\x7e]|\\/g, '?')

/** The response to a failure. */
export interface FailureAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

/**
 * The response to a failure that the caller can act on.
 *
 * @param takesBearer whether callers of the endpoint may authenticate by a bearer credential
 */
export const failureAnswer = (
  failure: KeyturnError,
  authorization: string | undefined,
  takesBearer: boolean,
): FailureAnswer => {
  const { status } = ERRORS[failure.code]
  const { reason, retryAfterSeconds } = failure.fields
  return {
    status,
    headers: {
      ...NO_STORE,
      ...(status === 401 ? { 'www-authenticate': challengeOf(authorization, takesBearer) } : {}),
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: {
      error: errorOf(failure),
      error_description: describe(failure.message),
      ...(reason === undefined ? {} : { reason }),
    },
  }
}

/** The response to a bug. */
export const bugAnswer = (bug: unknown): FailureAnswer => ({
  status: 500,
  headers: NO_STORE,
  body: { error: 'server_error', error_description: describeBug(bug) },
})

/** @param bearerPath the route whose callers may authenticate by a bearer credential */
export const oauthErrorHandler =
  (bearerPath: string) =>
  (failure: Error & { readonly statusCode?: number }, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const send = ({ status, headers, body }: FailureAnswer) => reply.status(status).headers(headers).send(body)
    if (failure instanceof KeyturnError)
      return send(failureAnswer(failure, request.headers.authorization, request.routeOptions.url === bearerPath))
    const status = failure.statusCode ?? 500
    if (status < 500)
      return send({
        status: status === 413 ? 413 : 400,
        headers: NO_STORE,
        body: {
          error: 'invalid_request',
          error_description: 'The body must be application/x-www-form-urlencoded and within the size limit.',
        },
      })
    request.log.error({ err: failure, requestId: request.id }, 'Request failed')
    return send(bugAnswer(failure))
  }
