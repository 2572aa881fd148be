import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { describeBug, Unavailable } from '../kernel/errors.ts'
import { LARGEST_BODY_BYTES } from './body-limit.ts'
import { drainAfterAnswer } from './early-answer.ts'

const MESSAGES: Readonly<Record<number, string>> = {
  413: `The body is too large. The limit is ${LARGEST_BODY_BYTES} bytes.`,
  415: 'This content type is not supported here: send application/json.',
  404: 'There is nothing at this address.',
  405: 'This address does not take this method.',
}

/** Answers requests that fail before a route handles them, and bugs. */
export const answerFailures = (server: FastifyInstance): void => {
  server.setNotFoundHandler((_request, reply) =>
    reply.status(404).send({ error: 'not_found', error_description: MESSAGES[404] }),
  )
  server.setErrorHandler((error: FastifyError, request, reply) => {
    if (!request.raw.complete) {
      reply.header('connection', 'close')
      drainAfterAnswer(request.raw)
    }
    if (error instanceof Unavailable) {
      reply.header('retry-after', error.fields.retryAfterSeconds)
      return reply.status(503).send({ error: 'temporarily_unavailable', error_description: error.message })
    }
    const status = error.statusCode ?? 500
    if (status >= 500) {
      request.log.error({ err: error, requestId: request.id }, 'Request failed')
      return reply.status(500).send(errorBody(request, 'INTERNAL', describeBug(error)))
    }
    return reply.status(status).send(errorBody(request, 'BAD_USER_INPUT', MESSAGES[status] ?? error.message))
  })
}

/** The GraphQL response to a request that is not a valid operation. */
export const badRequest = (path: string, message: string) => ({
  errors: [{ message, extensions: { code: 'BAD_USER_INPUT', issues: [{ path, message }] } }],
})

/** The body of a failure that occurs before a route handles the request. */
const errorBody = (request: FastifyRequest, code: 'BAD_USER_INPUT' | 'INTERNAL', message: string) => {
  if (request.routeOptions.url !== '/graphql')
    return { error: code === 'INTERNAL' ? 'server_error' : 'invalid_request', error_description: message }
  if (code === 'BAD_USER_INPUT') return badRequest('body', message)
  return { errors: [{ message, extensions: { code, requestId: request.id } }] }
}
