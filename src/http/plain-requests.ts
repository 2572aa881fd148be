import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import { CollectedRequest } from './collected-request.ts'
import { MAX_PIPELINED_REQUESTS, type UnansweredRequests } from './pipelining.ts'
import { PlainOrigin } from './plain-origin.ts'
import type { RequestMetrics, RequestSeries } from './request-metrics.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { type WholeAnswer, WholeResponses } from './whole-response.ts'

/** A plain request that was received completely. */
export interface PlainRequest {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly origin: PlainOrigin
  readonly response: ServerResponse
}

export type PlainAnswer = WholeAnswer

/** How the plain requests to a path are answered. */
export interface PlainRoute {
  readonly path: string
  /** The content types that common clients send. Fastify reads all others. */
  readonly contentTypes: ReadonlySet<string | undefined>
  /** Longest body, in bytes. Longer ones are Fastify's, which limits them. */
  readonly longestBody: number
  /** Whether Fastify must answer a request with such headers. */
  readonly refuses?: (headers: IncomingHttpHeaders) => boolean
  /** Answers a request; null if Fastify must. Does not reject. */
  readonly answer: (request: PlainRequest) => MaybePromise<PlainAnswer> | null
}

interface CountedRoute extends PlainRoute {
  readonly series: RequestSeries
}

export interface PlainRequestsParts {
  readonly logger: FastifyBaseLogger
  readonly requests: RequestMetrics
  readonly isValidHost: (host: string | undefined) => boolean
  readonly unanswered: UnansweredRequests
  /** The address of the caller, in canonical form. */
  readonly addressOf: (request: IncomingMessage) => string | null
}

/**
 * Answers plain requests to the busiest paths without Fastify, which takes longer than they do themselves: POST over HTTP/1.1, a
 * short body of stated length, the exact path. Every other request goes to Fastify's route of the same path, with its body if that
 * has been read, and the answers are the same. What a hook of Fastify does for these routes must be done here too.
 */
export class PlainRequests {
  private readonly server: FastifyInstance
  private readonly parts: PlainRequestsParts
  private readonly routes = new Map<string | undefined, CountedRoute>()
  private readonly responses: WholeResponses
  private stopped = false

  constructor(server: FastifyInstance, parts: PlainRequestsParts) {
    this.server = server
    this.parts = parts
    this.responses = new WholeResponses(Object.entries(SECURITY_HEADERS).flat(), () => server.server.keepAliveTimeout)
    // From then on Fastify refuses requests.
    server.addHook('preClose', async () => {
      this.stopped = true
    })
    server.server.removeAllListeners('request')
    server.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const route = this.routes.get(request.url)
      if (route !== undefined && request instanceof CollectedRequest && this.isPlain(route, request))
        this.take(route, request, response)
      else server.routing(request, response)
    })
  }

  add(route: PlainRoute): void {
    this.routes.set(route.path, { ...route, series: this.parts.requests.of('POST', route.path) })
  }

  private isPlain(route: PlainRoute, { method, headers, httpVersion, socket }: IncomingMessage): boolean {
    const { isValidHost, unanswered } = this.parts
    const length = Number(headers['content-length'])
    return (
      method === 'POST' &&
      httpVersion === '1.1' &&
      route.contentTypes.has(headers['content-type']) &&
      length > 0 &&
      length <= route.longestBody &&
      route.refuses?.(headers) !== true &&
      isValidHost(headers.host) &&
      unanswered.of(socket).count < MAX_PIPELINED_REQUESTS &&
      !this.stopped
    )
  }

  private take(route: CountedRoute, request: CollectedRequest, response: ServerResponse): void {
    const unanswered = this.parts.unanswered.of(request.socket)
    const begunAt = performance.now()
    unanswered.count += 1
    const closed = () => {
      unanswered.count -= 1
      if (response.writableFinished) route.series.answered(response.statusCode, (performance.now() - begunAt) / 1000)
    }
    response.on('close', closed)
    request.collect((body) => {
      const origin = new PlainOrigin(request, this.parts.addressOf)
      const answer = route.answer({ headers: request.headers, body: body.toString(), origin, response })
      if (answer instanceof Promise)
        answer.then(
          (known) => this.send(response, known, origin),
          (error: unknown) => this.fail(response, error, origin),
        )
      else if (answer !== null) this.send(response, answer, origin)
      else {
        response.off('close', closed)
        unanswered.count -= 1
        request.giveBack(body)
        this.server.routing(request, response)
      }
    })
  }

  private send(response: ServerResponse, answer: PlainAnswer, origin: PlainOrigin): void {
    try {
      this.responses.send(response, answer, origin)
    } catch (error) {
      this.fail(response, error, origin)
    }
  }

  /** The answer cannot be sent. */
  private fail(response: ServerResponse, error: unknown, { requestId }: PlainOrigin): void {
    this.parts.logger.error({ err: error, requestId }, 'Request failed')
    response.destroy()
  }
}
