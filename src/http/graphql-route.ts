import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CallOrigin } from '../access/authenticator.ts'
import { badRequest, originOf } from './server.ts'

/** What answers GraphQL over HTTP: a fetch-style handler of Node requests. */
export interface GraphQLHandler {
  handleNodeRequestAndResponse(
    request: FastifyRequest,
    reply: FastifyReply,
    context: {
      readonly source: {
        readonly kind: 'http'
        readonly origin: CallOrigin
        readonly authorization: string | undefined
      }
    },
  ): Promise<Response> | Response
}

/** Whether a body can be an operation at all; anything else would be read a second time, and waited for in vain. */
const isOperation = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length > 0

const NO_OPERATION = 'The body must be a JSON object with a query, and no batch of several.'

// GraphiQL is one page with its scripts, styles and workers inlined.
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'font-src data:',
  'img-src data:',
  'worker-src blob:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** GraphQL over HTTP, subscriptions by server-sent events, and GraphiQL for browsers. */
export const registerGraphQL = (server: FastifyInstance, handler: GraphQLHandler): void => {
  server.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    handler: async (request, reply) => {
      if (request.method === 'POST' && !isOperation(request.body))
        return reply.status(400).send(badRequest('body', NO_OPERATION))
      const source = { kind: 'http' as const, origin: originOf(request), authorization: request.headers.authorization }
      const response = await handler.handleNodeRequestAndResponse(request, reply, { source })
      response.headers.forEach((value, name) => {
        reply.header(name, value)
      })
      // An answer may hold a secret.
      reply.header('cache-control', 'no-store')
      if (response.headers.get('content-type')?.startsWith('text/html'))
        reply.header('content-security-policy', PAGE_POLICY)
      return reply.status(response.status).send(response.body)
    },
  })
}
