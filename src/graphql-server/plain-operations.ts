import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ConnectionGuard } from '../http/connection-guard.ts'
import type { PlainAnswer, PlainRequest, PlainRoute } from '../http/plain-requests.ts'
import { streamOf } from './http-stream.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { KnownOperation, KnownOperations } from './known-operations.ts'

export interface PlainOperationsParts {
  /** Its parser of JSON reads the bodies. */
  readonly server: FastifyInstance
  readonly known: KnownOperations
  readonly guard: ConnectionGuard
}

const LONGEST_BODY = 32_768

const JSON_TYPES: ReadonlySet<string | undefined> = new Set([
  'application/json',
  'application/json;charset=utf-8',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'application/json; charset=UTF-8',
])

/** Plain requests with known operations. A request with a cookie is Fastify's: it may be one of the console. */
export const plainOperations = ({ server, known, guard }: PlainOperationsParts): PlainRoute => {
  const parse = parserOf(server)
  const operationOf = ({ body, headers }: PlainRequest): KnownOperation | null => {
    try {
      return known.find(parse(body), headers.accept)
    } catch {
      // Fastify reports the same error.
      return null
    }
  }
  const answerOf = (
    operation: KnownOperation,
    { origin, headers, response }: PlainRequest,
  ): MaybePromise<PlainAnswer> => {
    const stream = streamOf(response, guard)
    return known.run(operation, { kind: 'http', origin, authorization: headers.authorization, session: null, stream })
  }
  return {
    path: '/graphql',
    contentTypes: JSON_TYPES,
    longestBody: LONGEST_BODY,
    refuses: ({ cookie, expect }) => cookie !== undefined || expect !== undefined,
    answer: (request) => {
      const operation = operationOf(request)
      return operation === null ? null : answerOf(operation, request)
    },
  }
}

/** What Fastify's parser looks for with expressions that take longer than the parsing. */
const mayPoison = (text: string): boolean =>
  text.includes('__proto__') || text.includes('constructor') || text.includes('\\u')

/** Fastify's parser of JSON, which also refuses `__proto__`. Throws what it reports. */
const parserOf = (server: FastifyInstance): ((body: string) => unknown) => {
  const parse = server.getDefaultJsonParser('error', 'error')
  return (text) => {
    if (!mayPoison(text)) return JSON.parse(text)
    let failure: Error | null = null
    let parsed: unknown
    // The parser does not look at the request.
    parse({} as FastifyRequest, text, (error, body) => {
      failure = error
      parsed = body
    })
    if (failure !== null) throw failure
    return parsed
  }
}
