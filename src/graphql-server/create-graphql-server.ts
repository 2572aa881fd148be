import type { Authenticator } from '../access/authenticator.ts'
import type { Config } from '../config.ts'
import { LARGEST_BODY_BYTES } from '../http/body-limit.ts'
import type { Http } from '../http/create-http.ts'
import { originPolicy } from '../http/host-check.ts'
import { upgradeOriginOf } from '../http/request-origin.ts'
import type { Tracer } from '../kernel/tracer.ts'
import type { Services } from '../schema-kit/context.ts'
import type { ReportBug } from './errors.ts'
import { GraphiQLPage } from './graphiql-page.ts'
import { registerGraphQL } from './graphql-route.ts'
import { createLiveLimits, type LiveLimits } from './live-limits.ts'
import { plainOperations } from './plain-operations.ts'
import { GraphQLWebSockets } from './websocket.ts'
import { createGraphQL } from './yoga.ts'

export interface GraphQLServerParts {
  readonly config: Config
  /** The HTTP server that carries GraphQL. */
  readonly http: Http
  readonly services: Services
  readonly authenticator: Authenticator
  readonly report: ReportBug
  readonly tracer: Tracer
}

export interface GraphQLServer {
  readonly sockets: GraphQLWebSockets
  readonly limits: LiveLimits
}

/** Constructs GraphQL over HTTP and WebSocket, and attaches both to the HTTP server. */
export const createGraphQLServer = (parts: GraphQLServerParts): GraphQLServer => {
  const { config, http, services, authenticator, report, tracer } = parts
  const { server, guard, sessionOf } = http
  const limits = createLiveLimits(config.limits)
  const { yoga, known, executeSubscription } = createGraphQL({
    services,
    authenticator,
    report,
    introspection: config.introspection,
    limits,
    tracer,
  })
  const { plain } = http
  plain?.add(plainOperations({ server, known, guard }))
  const page = config.graphiql ? new GraphiQLPage() : null
  registerGraphQL(server, { yoga, known, page, guard, sessionOf })
  const sockets = new GraphQLWebSockets({
    yoga,
    executeSubscription,
    authenticator,
    sessionOf,
    report,
    originOf: upgradeOriginOf(config.trustProxy),
    allowsOrigin: originPolicy([new URL(config.publicUrl).origin, ...config.allowedOrigins]),
    maxMessageBytes: LARGEST_BODY_BYTES,
    limits,
    messagesPerSecond: config.limits.socketMessagesPerSecond,
    onAuthenticated: (connection) => guard.exempt(connection),
  })
  sockets.attach(server.server)
  return { sockets, limits }
}
