import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Sessions } from '../sessions/create-sessions.ts'
import type { Tokens } from '../tokens/create-tokens.ts'
import type { Tracing } from '../tracing/tracing.ts'
import type { ConnectionGuard } from './connection-guard.ts'
import { builtConsole, readConsole } from './console-files.ts'
import { registerConsole } from './console-routes.ts'
import type { Metrics } from './metrics.ts'
import { registerMetrics } from './metrics-route.ts'
import { INTROSPECT_PATH, registerOAuth, TOKEN_PATH } from './oauth-routes.ts'
import { type ReadinessCheck, registerHealth } from './operations-routes.ts'
import { plainOAuth } from './plain-oauth.ts'
import { PlainRequests } from './plain-requests.ts'
import { callerAddress } from './request-origin.ts'
import { createServer } from './server.ts'
import { createSessionCookie, type SessionOf } from './session-cookie.ts'
import { registerSessions } from './session-routes.ts'
import { registerWellKnown } from './well-known-routes.ts'

export interface HttpParts {
  readonly config: Config
  readonly logger: Logger
  readonly metrics: Metrics
  readonly tokens: Tokens
  readonly sessions: Sessions
  readonly tracing: Tracing
  readonly readiness: Readonly<Record<string, ReadinessCheck>>
}

export interface Http {
  /** Takes the routes of the other transports until it listens. */
  readonly server: FastifyInstance
  readonly guard: ConnectionGuard
  /** Takes routes that answer without Fastify's hooks; null if all requests need the hooks. */
  readonly plain: PlainRequests | null
  /** Finds the console session of a request; null for each request where the console is off. */
  readonly sessionOf: SessionOf
  /** Starts to listen. Returns the base URL. */
  readonly listen: () => Promise<string>
}

/** Constructs the HTTP server with its own routes: metrics, OAuth, sessions, well-known, health and the console. */
export const createHttp = async (parts: HttpParts): Promise<Http> => {
  const { config, logger, metrics, tokens, sessions, readiness, tracing } = parts
  const { authenticator, clients, signingKeys, checkpointKeys } = tokens
  const { server, guard, isValidHost, unanswered } = await createServer({ logger, ...config })
  tracing.traceRequests(server)
  // First: its hook counts only the routes that are registered after it.
  registerMetrics(server, metrics, config.metricsToken)
  const endpoints = registerOAuth(server, { authenticator, clients, ...tokens.services })
  // Spans and CORS headers are work of hooks.
  const hasOtherHooks = config.otlpEndpoint !== null || config.allowedOrigins.length > 0
  const addressOf = callerAddress(config.trustProxy)
  const plain = hasOtherHooks
    ? null
    : new PlainRequests(server, { logger, requests: metrics.requests, isValidHost, unanswered, addressOf })
  plain?.add(plainOAuth({ path: TOKEN_PATH, endpoint: endpoints.token, takesBearer: false, logger }))
  plain?.add(plainOAuth({ path: INTROSPECT_PATH, endpoint: endpoints.introspect, takesBearer: true, logger }))
  const { publicUrl: issuer, tokenAlgorithm: algorithm } = config
  registerWellKnown(server, {
    issuer,
    algorithm,
    keySet: () => signingKeys.keySet,
    checkpointKeySet: () => checkpointKeys.keySet(),
  })
  registerHealth(server, readiness)
  const cookie = createSessionCookie(config.publicUrl)
  if (config.console) {
    registerSessions(server, { publicUrl: config.publicUrl, cookie, authenticator, clients, sessions })
    registerConsole(server, readConsole(builtConsole()))
  }
  const listen = async () => {
    await server.listen({ host: config.host, port: config.port })
    const { port } = server.server.address() as AddressInfo
    return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  }
  return { server, guard, plain, sessionOf: config.console ? cookie.sessionOf : () => null, listen }
}
