import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import cors from '@fastify/cors'
import proxyAddress from '@fastify/proxy-addr'
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify'
import helmet from 'helmet'
import type { Logger } from 'pino'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Limits, Timeouts } from '../config.ts'
import { systemClock } from '../kernel/clock.ts'
import { Unavailable } from '../kernel/errors.ts'
import { canonicalAddress } from '../kernel/ip-range.ts'
import { Periodic } from '../kernel/periodic.ts'
import { hideSecrets } from '../kernel/secret-text.ts'
import { ConnectionGuard } from './connection-guard.ts'
import { drainAfterAnswer } from './early-answer.ts'

/** Limit of a request body and of a WebSocket message, in bytes. */
export const LARGEST_BODY_BYTES = 128 * 1024

const MAX_USER_AGENT_LENGTH = 256
/** Interval of closing idle connections while the server closes. */
const IDLE_CHECK_MS = 100
/** Time for open requests to finish while the server closes. Then all connections are closed. */
const CLOSE_TIMEOUT_MS = 7_000
/** Interval of the check for requests that exceed their timeouts. */
const TIMEOUT_CHECK_MS = 500
const VALID_REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/

/** The caller's request id if valid, otherwise a new one. It is stored in the audit log, so values that look like a secret are invalid. */
const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && VALID_REQUEST_ID.test(given) && hideSecrets(given) === given
    ? given
    : randomUUID()
}

/** The User-Agent header as the audit log stores it: printable ASCII, secrets redacted, at most 256 characters. */
const userAgentOf = (request: IncomingMessage): string | null => {
  const given = request.headers['user-agent']
  return given === undefined ? null : hideSecrets(given.replace(/[^\x20-\x7e]/g, '?')).slice(0, MAX_USER_AGENT_LENGTH)
}

/** The origin of a request. */
export const originOf = (request: FastifyRequest): CallOrigin => ({
  requestId: request.id,
  ipAddress: canonicalAddress(request.ip),
  userAgent: userAgentOf(request.raw),
})

/** The origin of a WebSocket upgrade, which does not pass through Fastify. */
export const upgradeOriginOf = (trustProxy: readonly string[]): ((request: IncomingMessage) => CallOrigin) => {
  const trusted = proxyAddress.compile([...trustProxy])
  return (request) => ({
    requestId: requestIdOf(request),
    ipAddress: canonicalAddress(proxyAddress(request, trusted)),
    userAgent: userAgentOf(request),
  })
}

const isHost = (host: string): boolean => !/[/?#@\\]/.test(host) && URL.canParse(`http://${host}`)

/** Validates Host headers, which become part of request URLs. An absent header is allowed (HTTP/1.0). */
const hostCheck = (): ((host: string | undefined) => boolean) => {
  // Caches the last valid value: nearly all requests have the same one.
  let lastValid: string | undefined
  return (host) => {
    if (host === undefined || host === lastValid) return true
    if (!isHost(host)) return false
    lastValid = host
    return true
  }
}

const MESSAGES: Readonly<Record<number, string>> = {
  413: `The body is too large. The limit is ${LARGEST_BODY_BYTES} bytes.`,
  415: 'This content type is not supported here: send application/json.',
  404: 'There is nothing at this address.',
  405: 'This address does not take this method.',
}

/** Whether the Origin header, if present, is this server or an allowed origin. */
export const originPolicy =
  (allowed: readonly string[]): ((request: IncomingMessage) => boolean) =>
  ({ headers: { origin, host } }) => {
    if (origin === undefined || allowed.includes(origin)) return true
    return URL.canParse(origin) && new URL(origin).host === host
  }

export interface ServerOptions {
  readonly logger: Logger
  readonly trustProxy: readonly string[]
  readonly limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>
  readonly timeouts: Timeouts
  readonly allowedOrigins: readonly string[]
}

/** The headers that helmet sets. They are constant, so they are computed once: per response they cost as much as the response. */
const securityHeaders = (): Record<string, string> => {
  const headers: Record<string, string> = {}
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value
    },
    removeHeader: () => undefined,
  }
  helmet({
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }, useDefaults: false },
    strictTransportSecurity: false,
  })({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw error
  })
  return headers
}

export interface HttpServer {
  readonly server: FastifyInstance
  readonly guard: ConnectionGuard
}

/** Creates the HTTP server with limits, security headers and error handling. The composition root adds the routes. */
export const createServer = async (options: ServerOptions): Promise<HttpServer> => {
  const { logger, trustProxy, allowedOrigins, timeouts } = options
  // Typed as Fastify's logger: with pino's type, the server's type would not be the one that plugins take.
  const loggerInstance: FastifyBaseLogger = logger
  const server = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LARGEST_BODY_BYTES,
    genReqId: (request) => requestIdOf(request as IncomingMessage),
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    // A kept-alive connection must not delay a restart.
    forceCloseConnections: 'idle',
    requestTimeout: timeouts.requestSeconds * 1000,
    keepAliveTimeout: timeouts.keepAliveSeconds * 1000,
    http: {
      headersTimeout: timeouts.headersSeconds * 1000,
      requestTimeout: timeouts.requestSeconds * 1000,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
  })
  const guard = guardConnections(server.server, options)
  answerExpectations(server.server)
  server.addHook('preClose', async () => closeIdleConnectionsUntilClosed(server))
  // No CORS headers unless origins are configured: browsers then block pages of other sites.
  if (allowedOrigins.length > 0)
    await server.register(cors, {
      origin: [...allowedOrigins],
      methods: ['GET', 'POST'],
      allowedHeaders: ['authorization', 'content-type', 'accept', 'x-request-id'],
      exposedHeaders: ['x-request-id', 'retry-after'],
      maxAge: 600,
    })
  server.removeContentTypeParser('text/plain')
  const isValidHost = hostCheck()
  // Routes with cacheable responses override cache-control.
  const defaultHeaders = { ...securityHeaders(), 'cache-control': 'no-store' }
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(defaultHeaders).header('x-request-id', request.id)
    // RFC 9112 section 3.2: an invalid Host header is answered with 400.
    if (!isValidHost(request.headers.host))
      throw Object.assign(new Error('The Host header is invalid.'), { statusCode: 400 })
  })
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
      return reply.status(500).send(errorBody(request, 'INTERNAL', 'Something went wrong on our side.'))
    }
    return reply.status(status).send(errorBody(request, 'BAD_USER_INPUT', MESSAGES[status] ?? error.message))
  })
  return { server, guard }
}

const guardConnections = (server: Server, { limits, timeouts, trustProxy }: ServerOptions): ConnectionGuard => {
  const trusts = proxyAddress.compile([...trustProxy])
  server.maxConnections = limits.connections
  const guard = new ConnectionGuard({
    perAddress: limits.connectionsPerAddress,
    isProxy: (address) => trusts(address, 0),
    writeTimeoutMs: timeouts.writeSeconds * 1000,
  })
  guard.watch(server)
  return guard
}

/** Answers `Expect: 100-continue` (RFC 9110 section 10.1.1), unless the announced body exceeds the limit. */
const answerExpectations = (server: Server): void => {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!(Number(request.headers['content-length']) > LARGEST_BODY_BYTES)) response.writeContinue()
    server.emit('request', request, response)
  })
}

/** Closes connections as they become idle. Node.js closes only those that are idle when the server starts to close. */
const closeIdleConnectionsUntilClosed = ({ server, log }: FastifyInstance): void => {
  const checks = new Periodic({
    // Socket timeouts use real time.
    clock: systemClock,
    intervalMs: IDLE_CHECK_MS,
    task: () => server.closeIdleConnections(),
    onFault: (error) => log.error({ err: error }, 'Closing idle connections failed'),
  })
  checks.start()
  const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
  server.once('close', () => {
    void checks.stop()
    clearTimeout(deadline)
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
