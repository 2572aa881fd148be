import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CallOrigin } from '../access/call-origin.ts'
import { badRequest, originOf } from '../http/server.ts'
import { type LiveReader, RESTART } from '../live/live-request.ts'

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
        readonly stream: Pick<LiveReader, 'end' | 'onGone'>
      }
    },
  ): Promise<Response> | Response
}

/** Whether a body can be an operation at all; anything else would be read a second time, and waited for in vain. */
const isOperation = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length > 0

const NO_OPERATION = 'The body must be a JSON object with a query, and no batch of several.'

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The first of a query's parameters that must be JSON and is not, or is given more than once. */
const malformedParameter = (query: Readonly<Record<string, unknown>>): string | undefined =>
  ['variables', 'extensions'].find((name) => {
    const given = query[name] ?? ''
    return given !== '' && (typeof given !== 'string' || !isJson(given))
  })

/** Types of answers that are complete when they are given; others go on. */
const WHOLE = /^(?:application\/(?:graphql-response\+)?json|text\/html)/

/** How long a client may take to read the end of its stream before the connection is cut. */
const READ_OUT_MS = 2_000

const streamOf = ({ raw }: FastifyReply): Pick<LiveReader, 'end' | 'onGone'> => ({
  end: (code) => {
    // A stream that a restart breaks off must not look complete, or its client would not come back.
    if (code === RESTART) return void raw.destroy()
    setTimeout(() => {
      if (!raw.writableFinished) raw.destroy()
    }, READ_OUT_MS).unref()
  },
  onGone: (callback) => {
    if (raw.destroyed) callback()
    else raw.once('close', callback)
    return () => raw.off('close', callback)
  },
})

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
      const malformed = malformedParameter(request.query as Record<string, unknown>)
      if (malformed !== undefined)
        return reply.status(400).send(badRequest(malformed, `The parameter ${malformed} must be JSON, and given once.`))
      const { authorization } = request.headers
      const source = { kind: 'http' as const, origin: originOf(request), authorization, stream: streamOf(reply) }
      const response = await handler.handleNodeRequestAndResponse(request, reply, { source })
      response.headers.forEach((value, name) => {
        reply.header(name, value)
      })
      // An answer may hold a secret.
      reply.header('cache-control', 'no-store')
      const type = response.headers.get('content-type') ?? ''
      if (type.startsWith('text/html')) reply.header('content-security-policy', PAGE_POLICY)
      reply.status(response.status)
      // What is complete is sent in one piece: to pass it through a stream costs more than to execute a small operation.
      return reply.send(WHOLE.test(type) ? await response.text() : response.body)
    },
  })
}
