import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { KeyturnError } from '../kernel/errors.ts'
import { NO_STORE, parseForm } from './form.ts'
import { KEY_EXPIRES_HEADER } from './key-expiry.ts'
import type { OAuthEndpoint } from './oauth-endpoints.ts'
import { bugAnswer, type FailureAnswer, failureAnswer } from './oauth-errors.ts'
import { MAX_PIPELINED_REQUESTS } from './pipelining.ts'
import { PlainOrigin } from './plain-origin.ts'
import type { PlainParts } from './plain-parts.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** Longest body of a plain request, in bytes. Longer ones are Fastify's, which limits them. */
const LONGEST_BODY = 16_384

/** The content types of forms that common clients send. Fastify reads all others. */
const FORM_TYPES: ReadonlySet<string | undefined> = new Set([
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded;charset=UTF-8',
  'application/x-www-form-urlencoded;charset=utf-8',
  'application/x-www-form-urlencoded; charset=UTF-8',
  'application/x-www-form-urlencoded; charset=utf-8',
])

const JSON_HEADERS = { ...SECURITY_HEADERS, ...NO_STORE, 'content-type': 'application/json; charset=utf-8' }
const flat = (headers: Readonly<Record<string, string>>): string[] => Object.entries(headers).flat()
const SUCCESS_HEADERS = flat(JSON_HEADERS)

export interface PlainRoute {
  readonly path: string
  readonly endpoint: OAuthEndpoint
  /** Whether callers may authenticate by a bearer credential. */
  readonly takesBearer: boolean
}

export interface PlainRequestsParts extends PlainParts {
  readonly routes: readonly PlainRoute[]
  readonly logger: FastifyBaseLogger
}

/**
 * Answers plain requests to the busiest endpoints without Fastify, which takes longer than the endpoints themselves: HTTP/1.1,
 * a short form of stated length, the exact path. Every other request goes to Fastify's route of the same endpoint, and the
 * answers are the same. What a hook of Fastify does for these routes must be done here too.
 */
export const answerPlainRequests = (server: FastifyInstance, parts: PlainRequestsParts): void => {
  const plain = new PlainRequests(parts)
  server.addHook('preClose', async () => plain.stop())
  server.server.removeAllListeners('request')
  server.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!plain.take(request, response)) server.routing(request, response)
  })
}

class PlainRequests {
  private readonly parts: PlainRequestsParts
  private readonly routes: ReadonlyMap<string | undefined, PlainRoute>
  private stopped = false

  constructor(parts: PlainRequestsParts) {
    this.parts = parts
    this.routes = new Map(parts.routes.map((route) => [route.path, route]))
  }

  /** Takes no more requests: from now on Fastify refuses them. */
  stop(): void {
    this.stopped = true
  }

  /** Answers the request if it is plain. Returns whether it is. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const route = this.routes.get(request.url)
    if (route === undefined || !this.isPlain(request)) return false
    const { unanswered, metrics } = this.parts
    const { socket } = request
    const begunAt = performance.now()
    unanswered.begun(socket)
    response.on('close', () => {
      unanswered.ended(socket)
      if (response.writableFinished)
        metrics.answered('POST', route.path, response.statusCode, (performance.now() - begunAt) / 1000)
    })
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const [first] = chunks
      const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
      void this.answer(route, request, response, body.toString())
    })
    return true
  }

  private isPlain({ method, headers, httpVersion, socket }: IncomingMessage): boolean {
    const { isValidHost, unanswered } = this.parts
    const length = headers['content-length']
    return (
      method === 'POST' &&
      httpVersion === '1.1' &&
      FORM_TYPES.has(headers['content-type']) &&
      length !== undefined &&
      Number(length) > 0 &&
      Number(length) <= LONGEST_BODY &&
      isValidHost(headers.host) &&
      unanswered.of(socket) < MAX_PIPELINED_REQUESTS &&
      !this.stopped
    )
  }

  private async answer(
    { endpoint, takesBearer }: PlainRoute,
    request: IncomingMessage,
    response: ServerResponse,
    body: string,
  ): Promise<void> {
    const origin = new PlainOrigin(request, this.parts.addressOf)
    const { authorization } = request.headers
    try {
      const result = await endpoint({ form: parseForm(body), authorization, origin })
      send(response, origin, 200, [...SUCCESS_HEADERS], result)
    } catch (error) {
      const isBug = !(error instanceof KeyturnError)
      if (isBug) this.parts.logger.error({ err: error, requestId: origin.requestId }, 'Request failed')
      sendFailure(response, origin, isBug ? bugAnswer(error) : failureAnswer(error, authorization, takesBearer))
    }
  }
}

const sendFailure = (response: ServerResponse, origin: PlainOrigin, { status, headers, body }: FailureAnswer): void =>
  send(response, origin, status, flat({ ...JSON_HEADERS, ...headers }), body)

const send = (
  response: ServerResponse,
  { requestId, keyExpiresAt }: PlainOrigin,
  status: number,
  headers: string[],
  body: object | undefined,
): void => {
  const text = JSON.stringify(body)
  headers.push('x-request-id', requestId, 'content-length', String(Buffer.byteLength(text)))
  if (keyExpiresAt !== null) headers.push(KEY_EXPIRES_HEADER, keyExpiresAt.toISOString())
  response.writeHead(status, headers).end(text)
}
