import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, preParsingHookHandler } from 'fastify'
import type { ConnectionGuard } from '../http/connection-guard.ts'
import { KEY_EXPIRES_HEADER } from '../http/key-expiry.ts'
import { MAX_PIPELINED_REQUESTS } from '../http/pipelining.ts'
import { PlainOrigin } from '../http/plain-origin.ts'
import type { PlainParts } from '../http/plain-parts.ts'
import { SECURITY_HEADERS } from '../http/security-headers.ts'
import { streamOf } from './http-stream.ts'
import type { Answer, KnownOperation, KnownOperations } from './known-operations.ts'

export interface PlainOperationsParts extends PlainParts {
  readonly known: KnownOperations
  readonly guard: ConnectionGuard
}

/** Longest body of a plain request, in bytes. Longer ones are Fastify's, which limits them. */
const LONGEST_BODY = 32_768

const PATH = '/graphql'
const JSON_TYPES: ReadonlySet<string | undefined> = new Set([
  'application/json',
  'application/json;charset=utf-8',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'application/json; charset=UTF-8',
])

/** Answers may contain a secret. */
const HEADERS = Object.entries({ ...SECURITY_HEADERS, 'cache-control': 'no-store' }).flat()

/**
 * Answers plain POST requests with known operations without Fastify, which takes longer than such an operation: HTTP/1.1, a short
 * body of stated length, no cookie. Every other request goes to the route, with its body if that has been read. What a hook of
 * Fastify does for the route must be done here too.
 */
export class PlainOperations {
  private readonly parts: PlainOperationsParts
  private readonly server: FastifyInstance
  private readonly parse: (request: IncomingMessage, body: string) => unknown
  private readonly bodies = new WeakMap<IncomingMessage, Buffer>()
  private stopped = false

  constructor(server: FastifyInstance, parts: PlainOperationsParts) {
    this.parts = parts
    this.server = server
    this.parse = parserOf(server)
  }

  /** Takes the requests of the server from now on. */
  attach(): void {
    const { server } = this.server
    const handlers = server.listeners('request')
    server.removeAllListeners('request')
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (!this.take(request, response)) for (const handle of handlers) handle.call(server, request, response)
    })
    // From then on Fastify refuses requests.
    this.server.addHook('preClose', async () => {
      this.stopped = true
    })
  }

  /** For the route: gives Fastify the body of a request that was read here. */
  get preParsing(): preParsingHookHandler {
    return (request, _reply, payload, done) => {
      const body = this.bodies.get(request.raw)
      done(null, body === undefined ? payload : Readable.from([body]))
    }
  }

  private take(request: IncomingMessage, response: ServerResponse): boolean {
    if (!this.isPlain(request)) return false
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
      const operation = this.operationOf(request, body)
      if (operation !== null) return void this.answer(operation, request, response, begunAt)
      response.off('close', ended)
      ended()
      this.bodies.set(request, body)
      this.server.routing(request, response)
    })
    return true
  }

  private isPlain({ method, url, headers, httpVersion, socket }: IncomingMessage): boolean {
    const { isValidHost, unanswered } = this.parts
    const length = Number(headers['content-length'])
    return (
      url === PATH &&
      method === 'POST' &&
      httpVersion === '1.1' &&
      JSON_TYPES.has(headers['content-type']) &&
      length > 0 &&
      length <= LONGEST_BODY &&
      headers.cookie === undefined &&
      headers.expect === undefined &&
      isValidHost(headers.host) &&
      unanswered.of(socket) < MAX_PIPELINED_REQUESTS &&
      !this.stopped
    )
  }

  private operationOf(request: IncomingMessage, body: Buffer): KnownOperation | null {
    try {
      return this.parts.known.find(this.parse(request, body.toString()), request.headers.accept)
    } catch {
      // Fastify reports the same error.
      return null
    }
  }

  private async answer(
    operation: KnownOperation,
    request: IncomingMessage,
    response: ServerResponse,
    begunAt: number,
  ): Promise<void> {
    const { known, guard, metrics, addressOf } = this.parts
    const origin = new PlainOrigin(request, addressOf)
    const { authorization } = request.headers
    const stream = streamOf(response, guard)
    const answer = await known.run(operation, { kind: 'http', origin, authorization, session: null, stream })
    response.once('close', () => {
      if (response.writableFinished) metrics.answered('POST', PATH, answer.status, (performance.now() - begunAt) / 1000)
    })
    send(response, origin, answer)
  }
}

const send = (
  response: ServerResponse,
  { requestId, keyExpiresAt }: PlainOrigin,
  { status, headers, body }: Answer,
): void => {
  const flat = [...HEADERS, 'x-request-id', requestId, 'content-length', String(Buffer.byteLength(body))]
  for (const name in headers) flat.push(name, headers[name] ?? '')
  if (keyExpiresAt !== null) flat.push(KEY_EXPIRES_HEADER, keyExpiresAt.toISOString())
  response.writeHead(status, flat).end(body)
}

/** Fastify's parser of JSON, which also refuses `__proto__`. Throws what it reports. */
const parserOf = (server: FastifyInstance): ((request: IncomingMessage, body: string) => unknown) => {
  const parse = server.getDefaultJsonParser('error', 'error')
  return (request, text) => {
    let failure: Error | null = null
    let parsed: unknown
    parse(request as never, text, (error, body) => {
      failure = error
      parsed = body
    })
    if (failure !== null) throw failure
    return parsed
  }
}
