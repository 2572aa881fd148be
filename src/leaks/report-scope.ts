import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { drainAfterAnswer } from '../http/early-answer.ts'
import { NO_STORE } from '../http/form.ts'
import { type ErrorCode, KeyturnError } from '../kernel/errors.ts'
import { LARGEST_REPORT_BYTES } from './report-body.ts'

/** Status and RFC 6749 style error for each failure. */
const ANSWERS = {
  UNAUTHENTICATED: [401, 'invalid_token'],
  FORBIDDEN: [403, 'insufficient_scope'],
  NOT_FOUND: [404, 'not_found'],
  BAD_USER_INPUT: [400, 'invalid_request'],
  CONFLICT: [409, 'conflict'],
  POLICY_VIOLATION: [400, 'invalid_request'],
  LIMIT_REACHED: [413, 'invalid_request'],
  RATE_LIMITED: [429, 'slow_down'],
  QUERY_TOO_COMPLEX: [400, 'invalid_request'],
  UNAVAILABLE: [503, 'temporarily_unavailable'],
} as const satisfies Record<ErrorCode, readonly [number, string]>

const MESSAGES: Readonly<Record<number, string>> = {
  413: `The body is too large. The limit is ${LARGEST_REPORT_BYTES} bytes.`,
  415: 'This content type is not supported here: send application/json.',
}

/** Makes a scope take JSON as raw bytes, which a signature covers, and answer failures without a text of the body. */
export const takeReports = (scope: FastifyInstance): void => {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: LARGEST_REPORT_BYTES },
    (_request: FastifyRequest, body: Buffer, done: (error: Error | null, body: Buffer) => void) => done(null, body),
  )
  scope.setErrorHandler((failure: FastifyError | KeyturnError, request, reply) => {
    if (!request.raw.complete) {
      reply.header('connection', 'close')
      drainAfterAnswer(request.raw)
    }
    reply.headers(NO_STORE)
    if (failure instanceof KeyturnError) return answer(reply, failure)
    const status = failure.statusCode ?? 500
    if (status < 500)
      return reply.status(status).send({
        error: 'invalid_request',
        error_description: MESSAGES[status] ?? 'The request is malformed.',
      })
    request.log.error({ err: failure, requestId: request.id }, 'Request failed')
    return reply.status(500).send({ error: 'server_error', error_description: 'Something went wrong on our side.' })
  })
}

const answer = (reply: FastifyReply, { code, message, fields }: KeyturnError) => {
  const [status, error] = ANSWERS[code]
  if (fields.retryAfterSeconds !== undefined) reply.header('retry-after', fields.retryAfterSeconds)
  return reply.status(status).send({ error, error_description: message })
}

/**
 * Runs work when a report has been answered, so that it does not delay the answer. It also runs where the sender has closed
 * the connection before.
 */
export const onceAnswered =
  ({ raw }: FastifyReply) =>
  (work: () => void): void => {
    if (raw.destroyed) work()
    else raw.once('close', work)
  }

/** The answer to a method that a route does not take. */
export const WRONG_METHOD = {
  error: 'invalid_request',
  error_description: 'This address does not take this method.',
} as const
