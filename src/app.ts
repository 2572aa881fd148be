import type { Logger } from 'pino'
import { createLimits } from './access/create-limits.ts'
import { registerAppcircle } from './appcircle/appcircle-routes.ts'
import { type Audit, createAudit, createAuditQueries } from './audit/create-audit.ts'
import type { Config } from './config.ts'
import { createExpiry, type Expiry } from './expiry/create-expiry.ts'
import { createGraphQLServer, type GraphQLServer } from './graphql-server/create-graphql-server.ts'
import { createHttp, type Http } from './http/create-http.ts'
import { Metrics } from './http/metrics-route.ts'
import { readinessChecks } from './http/readiness-checks.ts'
import { type Clock, systemClock } from './kernel/clock.ts'
import { watchClock } from './kernel/clock-jumps.ts'
import { type StopStack, startOrStop } from './kernel/stop-stack.ts'
import { createKeys, type Keys } from './keys/create-keys.ts'
import { createLive, type Live } from './live/create-live.ts'
import { createTransport } from './live/create-transport.ts'
import { openRedis } from './live/redis-connection.ts'
import { createMemberships } from './memberships/create-memberships.ts'
import { MODEL } from './model.ts'
import { createNotifications } from './notifications/create-notifications.ts'
import type { NotificationWorker } from './notifications/notification-worker.ts'
import { pageAbout } from './notifications/page-about.ts'
import type { FirstStart } from './onboarding/bootstrap.ts'
import { createOnboarding } from './onboarding/create-onboarding.ts'
import { createOrganizations } from './organizations/create-organizations.ts'
import type { DataSources } from './persistence/data-source.ts'
import type { NestingGuard } from './persistence/database.ts'
import { openDatabase } from './persistence/open-database.ts'
import { checkpointReports, databaseReports } from './reports.ts'
import type { Services } from './schema-kit/context.ts'
import { rethrowAsConfigError } from './startup-faults.ts'
import { createTokens, type Tokens } from './tokens/create-tokens.ts'
import { deploymentKeys, feedSealOf } from './tokens/deployment-keys.ts'
import { createTracing } from './tracing/create-tracing.ts'

export interface App {
  /** Starts to serve. Returns the base URL. */
  listen(): Promise<string>
  /** Completes running requests, closes WebSockets with `Service restart`, writes what is buffered, and disconnects. */
  close(): Promise<void>
  /** Set if this start found an empty database. */
  readonly firstStart: FirstStart | null
  /** For tests and benchmarks. */
  readonly parts: AppParts
}

/** What tests and benchmarks reach into. */
export interface AppParts
  extends Live,
    Pick<Audit, 'log' | 'denials'>,
    Pick<Keys, 'keyFacts' | 'usage' | 'verifier'>,
    Pick<Tokens, 'authenticator' | 'signingKeys'>,
    Pick<Expiry, 'sweeper'>,
    Pick<Http, 'guard'>,
    GraphQLServer {
  readonly services: Services
  readonly sources: DataSources
  readonly notifications: NotificationWorker
}

export interface AppOptions {
  readonly config: Config
  readonly logger: Logger
  readonly clock?: Clock
  /** Detects transactions inside transactions. Tests set it. */
  readonly nestingGuard?: NestingGuard
}

/** Opens and migrates the database, constructs the service and starts it. If a part fails to start, stops the others. */
export const createApp = (options: AppOptions): Promise<App> =>
  startOrStop(
    (stack) => start(options, stack),
    (error) => options.logger.error({ err: error }, 'A part of the service failed to stop after a failed start'),
  )

const start = async (
  { config, logger, clock = systemClock, nestingGuard }: AppOptions,
  stack: StopStack,
): Promise<App> => {
  const fault = (what: string) => (error: unknown) => logger.error({ err: error }, what)
  const metrics = new Metrics()
  stack.push(
    watchClock(clock, (ms) => {
      metrics.clockJumped(ms > 0 ? 'ahead' : 'back')
      logger.warn({ seconds: ms / 1000 }, 'The system clock jumped: check the time service of this machine')
    }),
  )
  const redis = config.redisUrl === null ? null : openRedis(config.redisUrl)

  // Each part takes what the parts before it offer.
  const tracing = await createTracing(config, stack)
  const { tracer } = tracing
  const storage = { ...config, model: MODEL, nestingGuard, tracer, ...databaseReports(logger) }
  const { sources, database } = await openDatabase(storage, stack)
  // After the database, which creates the data directory and locks it: only one process may create the key.
  const masterKeys = deploymentKeys(config.masterKeys, config.dataDir)
  const transport = createTransport({
    redis,
    clock,
    seal: feedSealOf(masterKeys),
    onFault: fault('Redis failed'),
    onRejected: (reason) => metrics.messageRejected(reason),
  })
  const live = createLive({
    database,
    clock,
    transport,
    onFeedFault: fault('The audit feed could not read missed events'),
    onCheckFault: fault('The credential of a live subscription could not be checked'),
  })
  const audit = createAudit({
    database,
    clock,
    publisher: live.feed,
    onDenialFault: fault('Denials could not be written to the audit log'),
  })
  const organizations = createOrganizations({ database, clock, ...audit })
  const { access, directory } = organizations
  const base = { database, clock, ...live, ...audit, access, directory }
  const limits = createLimits({
    clock,
    redis: redis?.publisher ?? null,
    perSecond: config.ratesPerSecond,
    findPath: (id) => directory.findPath(id),
    onFailure: (limited) => metrics.authenticationFailed(limited),
    onLimited: (action) => metrics.callerLimited(action),
  })
  const memberships = createMemberships({
    ...base,
    oidc: config.oidc,
    onProviderFault: fault('The identity provider failed'),
  })
  const keys = createKeys({
    ...base,
    prefix: config.keyPrefix,
    onUsageFault: fault('The last use of keys could not be written'),
  })
  const onboarding = createOnboarding({
    ...base,
    ...organizations,
    ...memberships,
    ...keys,
    acceptedBySignIn: config.oidc !== null,
  })
  const tokens = createTokens({
    ...base,
    ...limits,
    ...keys,
    issuer: config.publicUrl,
    defaultAudience: config.tokenAudience,
    algorithm: config.tokenAlgorithm,
    masterKeys,
    keyVerifier: keys.verifier,
    otherStrategies: memberships.identityProvider === null ? [] : [memberships.identityProvider],
    onFault: (error, what) => fault(what)(error),
    ...checkpointReports(logger, metrics),
  })
  const { checkpoints } = tokens.services
  const expiry = createExpiry({ ...base, ...keys, onFault: fault('A sweep of due keys failed') })
  const notifications = createNotifications({
    ...base,
    cipher: masterKeys,
    allowedRanges: config.notificationAllowedRanges,
    mail: config.mail,
    linkTo: (organizationId, keyId) => pageAbout(config.publicUrl, keyId ?? organizationId),
    onResult: (channel, result) => metrics.notified(channel, result),
    onFault: fault('Notifications could not be delivered'),
  })
  metrics.watchNotifications(notifications.backlog)
  const services: Services = {
    database,
    clock,
    denials: audit.denials,
    rates: limits.rates,
    audit: createAuditQueries({
      ...base,
      isKnownId: keys.isKnownId,
      findAnchors: checkpoints.anchors.bind(checkpoints),
    }),
    ...organizations.services,
    ...memberships.services,
    ...keys.services,
    ...onboarding.services,
    ...notifications.services,
    ...tokens.services,
    ...expiry.services,
  }
  const readiness = readinessChecks({ database, sources, redis: redis?.publisher ?? null })
  const http = await createHttp({ config, logger, metrics, tracing, tokens, readiness })
  const report = (error: unknown, requestId: string | null) =>
    logger.error({ err: error, requestId }, 'Operation failed')
  const { authenticator } = tokens
  const graphql = createGraphQLServer({ config, tracer, http, services, authenticator, report })
  registerAppcircle(http.server, { ...services, authenticator })
  metrics.watch({ openWebSockets: () => graphql.sockets.size, liveSubscriptions: () => live.live.size })

  // First to start and last to stop: the other parts append events, which must be published.
  stack.push(() => live.feed.close())
  await live.feed.start()
  stack.push(() => audit.denials.stop())
  stack.push(() => keys.usage.stop())
  await tokens.start(stack).catch(rethrowAsConfigError)
  // After everything that can fail: only this start returns the owner's secret.
  const firstStart = await onboarding.bootstrap(config.organization, config.ownerEmail)
  stack.push(() => expiry.sweeper.stop())
  expiry.sweeper.start()
  stack.push(() => notifications.stop())
  await notifications.start()
  stack.push(() => tokens.checkpointSchedule.stop())
  tokens.checkpointSchedule.start()
  stack.push(() => http.server.close())
  // Before the server: open streams would keep it from closing.
  stack.push(() => live.feed.endStreams())
  stack.push(() => graphql.sockets.close())
  stack.push(() => live.live.close())

  const parts: AppParts = {
    ...live,
    ...audit,
    ...keys,
    ...tokens,
    ...expiry,
    ...http,
    ...graphql,
    services,
    sources,
    notifications: notifications.worker,
  }
  return { firstStart, parts, listen: http.listen, close: () => stack.stop() }
}
