import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ErrorCode, KeyturnError } from '../kernel/errors.ts'
import { NO_STORE } from './form.ts'

const ERRORS = {
  UNAUTHENTICATED: { status: 401, error: 'unauthenticated' },
  FORBIDDEN: { status: 403, error: 'forbidden' },
  NOT_FOUND: { status: 404, error: 'not_found' },
  BAD_USER_INPUT: { status: 400, error: 'invalid_request' },
  CONFLICT: { status: 409, error: 'conflict' },
  POLICY_VIOLATION: { status: 422, error: 'policy_violation' },
  LIMIT_REACHED: { status: 422, error: 'limit_reached' },
  RATE_LIMITED: { status: 429, error: 'rate_limited' },
  QUERY_TOO_COMPLEX: { status: 400, error: 'invalid_request' },
  UNAVAILABLE: { status: 503, error: 'temporarily_unavailable' },
} as const satisfies Record<ErrorCode, { status: number; error: string }>

/** Answers failures of the session routes: `error`, `error_description`, and `reason` where a credential was refused. */
export const answerSessionFailure = (failure: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  // Anything else happens before a route or is a bug: the server's own handler answers it.
  if (!(failure instanceof KeyturnError)) throw failure
  const { status, error } = ERRORS[failure.code]
  const { reason, retryAfterSeconds } = failure.fields
  reply.headers(NO_STORE)
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="keyturn"')
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
  return reply
    .status(status)
    .send({ error, error_description: failure.message, ...(reason === undefined ? {} : { reason }) })
}
