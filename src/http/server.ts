import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import cors from '@fastify/cors'
import proxyAddress from '@fastify/proxy-addr'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Limits, Timeouts } from '../config.ts'
import { LARGEST_BODY_BYTES } from './body-limit.ts'
import { closeIdleConnectionsUntilClosed } from './close-idle-connections.ts'
import { CollectedRequest } from './collected-request.ts'
import { ConnectionGuard } from './connection-guard.ts'
import { answerFailures } from './failures.ts'
import { hostCheck } from './host-check.ts'
import { addKeyExpiryHeader, KEY_EXPIRES_HEADER } from './key-expiry.ts'
import { limitPipelining, UnansweredRequests } from './pipelining.ts'
import { requestIdOf } from './request-origin.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** Interval of the check for requests that exceed their timeouts. */
const TIMEOUT_CHECK_MS = 500

export interface ServerOptions {
  readonly logger: FastifyBaseLogger
  readonly trustProxy: readonly string[]
  readonly limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>
  readonly timeouts: Timeouts
  readonly allowedOrigins: readonly string[]
}

export interface HttpServer {
  readonly server: FastifyInstance
  readonly guard: ConnectionGuard
  /** Checks Host headers. */
  readonly isValidHost: (host: string | undefined) => boolean
  readonly unanswered: UnansweredRequests
}

/** Creates the HTTP server with limits, security headers and error handling. The composition root adds the routes. */
const refuseSchema = (): never => {
  throw new Error('Routes validate their input themselves: a JSON schema has no compiler here.')
}

export const createServer = async (options: ServerOptions): Promise<HttpServer> => {
  const { logger, trustProxy, allowedOrigins, timeouts } = options
  const server: FastifyInstance = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LARGEST_BODY_BYTES,
    // No route has a JSON schema. Fastify's own compilers would take a twentieth of the start.
    schemaController: { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } },
    genReqId: (request) => requestIdOf(request),
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    // A kept-alive connection must not delay a restart.
    forceCloseConnections: 'idle',
    requestTimeout: timeouts.requestSeconds * 1000,
    keepAliveTimeout: timeouts.keepAliveSeconds * 1000,
    http: {
      IncomingMessage: CollectedRequest,
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
      exposedHeaders: ['x-request-id', 'retry-after', KEY_EXPIRES_HEADER],
      maxAge: 600,
    })
  const unanswered = new UnansweredRequests()
  limitPipelining(server, unanswered)
  server.removeContentTypeParser('text/plain')
  const isValidHost = hostCheck()
  // Routes with cacheable responses override cache-control.
  const defaultHeaders = { ...SECURITY_HEADERS, 'cache-control': 'no-store' }
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(defaultHeaders).header('x-request-id', request.id)
    // RFC 9112 section 3.2: an invalid Host header is answered with 400.
    if (!isValidHost(request.headers.host))
      throw Object.assign(new Error('The Host header is invalid.'), { statusCode: 400 })
  })
  addKeyExpiryHeader(server)
  answerFailures(server)
  return { server, guard, isValidHost, unanswered }
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
