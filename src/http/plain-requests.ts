import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyBaseLogger, FastifyInstance, preParsingHookHandler } from 'fastify'
import { KEY_EXPIRES_HEADER } from './key-expiry.ts'
import type { Metrics } from './metrics-route.ts'
import { MAX_PIPELINED_REQUESTS, type UnansweredRequests } from './pipelining.ts'
import { PlainOrigin } from './plain-origin.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** A plain request that was received completely. */
export interface PlainRequest {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly origin: PlainOrigin
  readonly response: ServerResponse
}

export interface PlainAnswer {
  readonly status: number
  /** Names and values in turn, beside those of every answer. */
  readonly headers: readonly string[]
  readonly body: string
}

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
  readonly answer: (request: PlainRequest) => Promise<PlainAnswer> | null
}

export interface PlainRequestsParts {
  readonly logger: FastifyBaseLogger
  readonly metrics: Metrics
  readonly isValidHost: (host: string | undefined) => boolean
  readonly unanswered: UnansweredRequests
  /** The address of the caller, in canonical form. */
  readonly addressOf: (request: IncomingMessage) => string | null
}

const HEADERS = Object.entries(SECURITY_HEADERS).flat()

/**
 * Answers plain requests to the busiest paths without Fastify, which takes longer than they do themselves: POST over HTTP/1.1, a
 * short body of stated length, the exact path. Every other request goes to Fastify's route of the same path, with its body if that
 * has been read, and the answers are the same. What a hook of Fastify does for these routes must be done here too.
 */
export class PlainRequests {
  private readonly server: FastifyInstance
  private readonly parts: PlainRequestsParts
  private readonly routes = new Map<string | undefined, PlainRoute>()
  private readonly bodies = new WeakMap<IncomingMessage, Buffer>()
  private stopped = false

  constructor(server: FastifyInstance, parts: PlainRequestsParts) {
    this.server = server
    this.parts = parts
    // From then on Fastify refuses requests.
    server.addHook('preClose', async () => {
      this.stopped = true
    })
    server.server.removeAllListeners('request')
    server.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const route = this.routes.get(request.url)
      if (route !== undefined && this.isPlain(route, request)) this.take(route, request, response)
      else server.routing(request, response)
    })
  }

  add(route: PlainRoute): void {
    this.routes.set(route.path, route)
  }

  /** For Fastify's route of a path: gives it the body of a request that was read here. */
  get preParsing(): preParsingHookHandler {
    return (request, _reply, payload, done) => {
      const body = this.bodies.get(request.raw)
      done(null, body === undefined ? payload : Readable.from([body]))
    }
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
      unanswered.of(socket) < MAX_PIPELINED_REQUESTS &&
      !this.stopped
    )
  }

  private take(route: PlainRoute, request: IncomingMessage, response: ServerResponse): void {
    const { unanswered } = this.parts
    const begunAt = performance.now()
    unanswered.begun(request.socket)
    const ended = () => unanswered.ended(request.socket)
    response.once('close', ended)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => {
      const [first] = chunks
      const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
      const origin = new PlainOrigin(request, this.parts.addressOf)
      const answering = route.answer({ headers: request.headers, body: body.toString(), origin, response })
      if (answering !== null) return void this.send(route, origin, response, begunAt, answering)
      response.off('close', ended)
      ended()
      this.bodies.set(request, body)
      this.server.routing(request, response)
    })
  }

  private async send(
    { path }: PlainRoute,
    origin: PlainOrigin,
    response: ServerResponse,
    begunAt: number,
    answering: Promise<PlainAnswer>,
  ): Promise<void> {
    const { metrics, logger } = this.parts
    const { requestId } = origin
    try {
      const { status, headers, body } = await answering
      response.once('close', () => {
        if (response.writableFinished) metrics.answered('POST', path, status, (performance.now() - begunAt) / 1000)
      })
      const all = [...HEADERS, 'x-request-id', requestId, 'content-length', String(Buffer.byteLength(body)), ...headers]
      const { keyExpiresAt } = origin
      if (keyExpiresAt !== null) all.push(KEY_EXPIRES_HEADER, keyExpiresAt.toISOString())
      response.writeHead(status, all).end(body)
    } catch (error) {
      // The answer cannot be sent.
      logger.error({ err: error, requestId }, 'Request failed')
      response.destroy()
    }
  }
}
