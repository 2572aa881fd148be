import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import cors from '@fastify/cors'
import proxyAddress from '@fastify/proxy-addr'
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import helmet from 'helmet'
import type { Logger } from 'pino'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Limits, Timeouts } from '../config.ts'
import { systemClock } from '../kernel/clock.ts'
import { canonicalAddress } from '../kernel/ip-range.ts'
import { Periodic } from '../kernel/periodic.ts'
import { hideSecrets } from '../kernel/secret-text.ts'
import { ConnectionGuard } from './connection-guard.ts'
import { drainAfterAnswer } from './early-answer.ts'

/** The largest body and the largest WebSocket message that is read, in bytes. */
export const LARGEST_BODY_BYTES = 128 * 1024

const LONGEST_USER_AGENT = 256
/** How long a connection may be idle while the server closes. */
const IDLE_CHECK_MS = 100
/** How long requests may go on while the server closes; what does not read its answer by then is cut. */
const CLOSE_TIMEOUT_MS = 7_000
/** How often connections are checked for having taken too long to send a request. */
const TIMEOUT_CHECK_MS = 500
const SANE_REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/

/** The caller's request id where it is a sane one, a new one otherwise. Histories keep it, so a secret is none. */
const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) && hideSecrets(given) === given ? given : randomUUID()
}

/** What a history may keep of a User-Agent header: printable, no secret, and not endless. */
const userAgentOf = (request: IncomingMessage): string | null => {
  const given = request.headers['user-agent']
  return given === undefined ? null : hideSecrets(given.replace(/[^\x20-\x7e]/g, '?')).slice(0, LONGEST_USER_AGENT)
}

/** Where a request comes from. */
export const originOf = (request: FastifyRequest): CallOrigin => ({
  requestId: request.id,
  ipAddress: canonicalAddress(request.ip),
  userAgent: userAgentOf(request.raw),
})

/** Where a request comes from that the framework has not seen: a WebSocket's upgrade. */
export const upgradeOriginOf = (trustProxy: readonly string[]): ((request: IncomingMessage) => CallOrigin) => {
  const trusted = proxyAddress.compile([...trustProxy])
  return (request) => ({
    requestId: requestIdOf(request),
    ipAddress: canonicalAddress(proxyAddress(request, trusted)),
    userAgent: userAgentOf(request),
  })
}

const isHost = (host: string): boolean => !/[/?#@\\]/.test(host) && URL.canParse(`http://${host}`)

/** Whether a Host header is one: anything else would end up in the URL that a request is read as. HTTP/1.0 has none. */
const hostCheck = (): ((host: string | undefined) => boolean) => {
  // A service has few names, and nearly every request says the one that the last one said.
  let good: string | undefined
  return (host) => {
    if (host === undefined || host === good) return true
    if (!isHost(host)) return false
    good = host
    return true
  }
}

const MESSAGES: Readonly<Record<number, string>> = {
  413: `The body is too large: at most ${LARGEST_BODY_BYTES} bytes are read.`,
  415: 'The content type is not one of those that this address takes: send application/json.',
  404: 'There is nothing at this address.',
  405: 'This address does not take this method.',
}

/** Whether the page that a request comes from, if it comes from one, is of this server or of an allowed origin. */
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

/** What helmet says of every answer. It says the same each time, and asked each time it would cost as much as the answer. */
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

/** The HTTP server, with what all routes have in common. Routes are added by the composition root. */
export const createServer = async (options: ServerOptions): Promise<HttpServer> => {
  const { logger, trustProxy, allowedOrigins, timeouts } = options
  const server = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LARGEST_BODY_BYTES,
    genReqId: (request) => requestIdOf(request as IncomingMessage),
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    // A connection that is kept alive must not keep a restart waiting.
    forceCloseConnections: 'idle',
    requestTimeout: timeouts.requestSeconds * 1000,
    keepAliveTimeout: timeouts.keepAliveSeconds * 1000,
    http: {
      headersTimeout: timeouts.headersSeconds * 1000,
      requestTimeout: timeouts.requestSeconds * 1000,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
  }) as unknown as FastifyInstance
  const guard = guardConnections(server.server, options)
  answerExpectations(server.server)
  server.addHook('preClose', async () => closeAsTheyFallIdle(server))
  // Closed unless origins are named: without the headers a browser keeps answers from pages of other sites.
  if (allowedOrigins.length > 0)
    await server.register(cors, {
      origin: [...allowedOrigins],
      methods: ['GET', 'POST'],
      allowedHeaders: ['authorization', 'content-type', 'accept', 'x-request-id'],
      exposedHeaders: ['x-request-id', 'retry-after'],
      maxAge: 600,
    })
  server.removeContentTypeParser('text/plain')
  const namesAHost = hostCheck()
  // Whatever may be kept says so itself.
  const ofEveryAnswer = { ...securityHeaders(), 'cache-control': 'no-store' }
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(ofEveryAnswer).header('x-request-id', request.id)
    // RFC 9112 section 3.2: nothing can be answered in the name of a host that is none.
    if (!namesAHost(request.headers.host))
      throw Object.assign(new Error('The Host header names no host.'), { statusCode: 400 })
  })
  server.setNotFoundHandler((_request, reply) =>
    reply.status(404).send({ error: 'not_found', error_description: MESSAGES[404] }),
  )
  server.setErrorHandler((error: FastifyError, request, reply) => {
    if (!request.raw.complete) {
      reply.header('connection', 'close')
      drainAfterAnswer(request.raw)
    }
    const status = error.statusCode ?? 500
    if (status >= 500) {
      request.log.error({ err: error, requestId: request.id }, 'A request failed')
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

/** Asks for the body of a request that waits to be asked (RFC 9110 section 10.1.1), where it is one that would be read. */
const answerExpectations = (server: Server): void => {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!(Number(request.headers['content-length']) > LARGEST_BODY_BYTES)) response.writeContinue()
    server.emit('request', request, response)
  })
}

/** Node closes the connections that are idle when a server begins to close; those still busy then would be kept alive. */
const closeAsTheyFallIdle = ({ server, log }: FastifyInstance): void => {
  const checks = new Periodic({
    // Sockets live in real time.
    clock: systemClock,
    intervalMs: IDLE_CHECK_MS,
    task: () => server.closeIdleConnections(),
    onFault: (error) => log.error({ err: error }, 'Idle connections could not be closed'),
  })
  checks.start()
  const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
  server.once('close', () => {
    void checks.stop()
    clearTimeout(deadline)
  })
}

/** A request that cannot be an operation, in the form of a GraphQL answer. */
export const badRequest = (path: string, message: string) => ({
  errors: [{ message, extensions: { code: 'BAD_USER_INPUT', issues: [{ path, message }] } }],
})

/** A failure before a route could answer in its own words. */
const errorBody = (request: FastifyRequest, code: 'BAD_USER_INPUT' | 'INTERNAL', message: string) => {
  if (request.routeOptions.url !== '/graphql')
    return { error: code === 'INTERNAL' ? 'server_error' : 'invalid_request', error_description: message }
  if (code === 'BAD_USER_INPUT') return badRequest('body', message)
  return { errors: [{ message, extensions: { code, requestId: request.id } }] }
}
