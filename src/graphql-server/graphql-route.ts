import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ConnectionGuard } from '../http/connection-guard.ts'
import { badRequest } from '../http/failures.ts'
import { originOf } from '../http/request-origin.ts'
import type { SessionOf } from '../http/session-cookie.ts'
import { type GraphiQLPage, wantsPage } from './graphiql-page.ts'
import { streamOf } from './http-stream.ts'
import type { KnownOperations } from './known-operations.ts'
import type { Yoga } from './yoga.ts'

export interface GraphQLRouteOptions {
  readonly yoga: Yoga
  readonly known: KnownOperations
  /** GraphiQL; null if it is off. */
  readonly page: GraphiQLPage | null
  readonly guard: ConnectionGuard
  readonly sessionOf: SessionOf
}

/** Whether a body can be an operation. Yoga would try to read any other body again. */
const isOperation = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length > 0

const NO_OPERATION = 'The body must be a JSON object with a query. Batches are not supported.'

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The first query parameter that must be JSON and is not, or that occurs more than once. */
const malformedParameter = (query: Readonly<Record<string, unknown>>): string | undefined =>
  ['variables', 'extensions'].find((name) => {
    const given = query[name] ?? ''
    return given !== '' && (typeof given !== 'string' || !isJson(given))
  })

/** Whether Yoga takes the body as JSON parameters. */
const isJsonPost = ({ method, headers }: FastifyRequest): boolean =>
  method === 'POST' && /^application\/json(?:;|$)/.test(headers['content-type'] ?? '')

/** Content types of complete responses. Others are streams. */
const COMPLETE = /^(?:application\/(?:graphql-response\+)?json)/

/** GraphQL over HTTP, subscriptions by server-sent events, and GraphiQL for browsers. */
export const registerGraphQL = (
  server: FastifyInstance,
  { yoga, known, page, guard, sessionOf }: GraphQLRouteOptions,
): void => {
  server.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    handler: async (request, reply) => {
      if (page !== null && wantsPage(request)) return page.answer(request, reply)
      if (request.method === 'POST' && !isOperation(request.body))
        return reply.status(400).send(badRequest('body', NO_OPERATION))
      const malformed = malformedParameter(request.query as Record<string, unknown>)
      if (malformed !== undefined)
        return reply.status(400).send(badRequest(malformed, `The parameter ${malformed} must be JSON, and occur once.`))
      const { authorization } = request.headers
      const source = {
        kind: 'http' as const,
        origin: originOf(request),
        authorization,
        // An authorization wins: its caller chose it, and a cookie comes along with every request.
        session: authorization === undefined ? sessionOf(request.headers) : null,
        stream: streamOf(reply.raw, guard),
      }
      const operation =
        request.url === '/graphql' && isJsonPost(request) ? known.find(request.body, request.headers.accept) : null
      if (operation !== null) {
        const { status, headers, body } = await known.run(operation, source)
        for (let index = 0; index < headers.length; index += 2) reply.header(headers[index] ?? '', headers[index + 1])
        return reply.status(status).send(body)
      }
      const response = await yoga.handleNodeRequestAndResponse(request, reply, { source })
      response.headers.forEach((value, name) => {
        reply.header(name, value)
      })
      // The response may contain a secret.
      reply.header('cache-control', 'no-store')
      const type = response.headers.get('content-type') ?? ''
      reply.status(response.status)
      // A complete response is sent at once: a stream would cost more than executing a small operation.
      return reply.send(COMPLETE.test(type) ? await response.text() : response.body)
    },
  })
}
