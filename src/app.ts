import type { Logger } from 'pino'
import { createLimits } from './access/create-limits.ts'
import { type AppParts, type Parts, partsForTests } from './app-parts.ts'
import { registerAppcircle } from './appcircle/appcircle-routes.ts'
import { createAudit, createAuditQueries } from './audit/create-audit.ts'
import type { Config } from './config.ts'
import { createExpiry } from './expiry/create-expiry.ts'
import { createGraphQLServer } from './graphql-server/create-graphql-server.ts'
import { createHttp } from './http/create-http.ts'
import { Metrics } from './http/metrics.ts'
import { readinessChecks } from './http/readiness-checks.ts'
import { instanceSources } from './instance-sources.ts'
import { type Clock, systemClock } from './kernel/clock.ts'
import { watchClock } from './kernel/clock-jumps.ts'
import { type StopStack, startOrStop } from './kernel/stop-stack.ts'
import { createKeys } from './keys/create-keys.ts'
import { governedKeys } from './keys/governed-keys.ts'
import { createLeaks } from './leaks/create-leaks.ts'
import { createLive } from './live/create-live.ts'
import { createTransport } from './live/create-transport.ts'
import { createMemberships } from './memberships/create-memberships.ts'
import { MODEL } from './model.ts'
import { createNotifications } from './notifications/create-notifications.ts'
import { pageAbout } from './notifications/page-about.ts'
import type { FirstStart } from './onboarding/bootstrap.ts'
import { createOnboarding } from './onboarding/create-onboarding.ts'
import { createOrganizations } from './organizations/create-organizations.ts'
import type { NestingGuard } from './persistence/nesting-guard.ts'
import { openDatabase } from './persistence/open-database.ts'
import { createPolicies } from './policies/create-policies.ts'
import { createReports, type Reports } from './reports.ts'
import { createRetention } from './retention/create-retention.ts'
import type { Services } from './schema-kit/context.ts'
import { createSessions } from './sessions/create-sessions.ts'
import { startParts } from './start-parts.ts'
import { createTokens } from './tokens/create-tokens.ts'
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

export interface AppOptions {
  readonly config: Config
  readonly logger: Logger
  readonly clock?: Clock
  /** Detects transactions inside transactions. Tests set it. */
  readonly nestingGuard?: NestingGuard
}

/** Opens and migrates the database, constructs the service and starts it. If a part fails to start, stops the others. */
export const createApp = (options: AppOptions): Promise<App> => {
  const metrics = new Metrics()
  const reports = createReports(options.logger, metrics)
  return startOrStop(async (stack) => {
    const parts = await constructParts(options, metrics, reports, stack)
    const firstStart = await startParts(parts, options.config, stack)
    return { firstStart, parts: partsForTests(parts), listen: parts.http.listen, close: () => stack.stop() }
  }, reports.onStopFault)
}

/** Loads the client of Redis only where there is one: modules take most of the time of a start. */
const connectRedis = async (url: string) => (await import('./live/redis-connection.ts')).openRedis(url)

/** Constructs the parts. Each takes what those before it offer. Only the database and the tracing are started. */
const constructParts = async (
  { config, logger, clock = systemClock, nestingGuard }: AppOptions,
  metrics: Metrics,
  reports: Reports,
  stack: StopStack,
): Promise<Parts> => {
  stack.push(watchClock(clock, reports.onClockJump))
  const tracing = await createTracing(config, stack)
  const { tracer } = tracing
  const { sources, database } = await openDatabase(
    { ...config, model: MODEL, nestingGuard, tracer, ...reports.database },
    stack,
  )
  // After the database, which creates the data directory and locks it: only one process may create the key.
  const masterKeys = deploymentKeys(config.masterKeys, config.dataDir)
  const redis = config.redisUrl === null ? null : await connectRedis(config.redisUrl)
  const transport = createTransport({ redis, clock, seal: feedSealOf(masterKeys), ...reports.transport })
  const live = createLive({ database, clock, transport, ...reports.live })
  const audit = createAudit({ database, clock, publisher: live.feed, ...reports.audit })
  const organizations = createOrganizations({ database, clock, ...audit })
  const { access, directory } = organizations
  const { policies, services: policyServices } = createPolicies({
    database,
    clock,
    ...audit,
    access,
    directory,
    keys: governedKeys,
  })
  const base = { database, clock, ...live, ...audit, access, directory, policies }
  const limits = createLimits({
    clock,
    redis: redis?.publisher ?? null,
    perSecond: config.ratesPerSecond,
    findPath: (id) => directory.findPath(id),
    ...reports.limits,
  })
  const memberships = createMemberships({ ...base, oidc: config.oidc, ...reports.memberships })
  const keys = createKeys({ ...base, prefix: config.keyPrefix, ...reports.keys })
  const { oidc, oidcClient, publicUrl } = config
  const provider =
    oidc === null || oidcClient === null ? null : { ...oidc, ...oidcClient, publicUrl, cipher: masterKeys }
  const sessions = createSessions({ ...base, ...keys, provider, ...reports.sessions })
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
    sessionVerifier: sessions.verifier,
    otherStrategies: memberships.identityProvider === null ? [] : [memberships.identityProvider],
    ...reports.tokens,
  })
  const expiry = createExpiry({ ...base, ...keys, ...reports.expiry })
  const notifications = createNotifications({
    ...base,
    cipher: masterKeys,
    allowedRanges: config.notificationAllowedRanges,
    mail: config.mail,
    linkTo: (organizationId, keyId) => pageAbout(config.publicUrl, organizationId, keyId),
    ...reports.notifications,
  })
  const retention = createRetention({ ...base, ...tokens, archiveDir: config.auditArchiveDir, ...reports.retention })
  const leaks = createLeaks({
    ...base,
    ...limits,
    ...config.leaks,
    prefix: config.keyPrefix,
    signatures: tokens.signatures,
    ...reports.leaks,
  })
  const services: Services = {
    database,
    clock,
    denials: audit.denials,
    rates: limits.rates,
    audit: createAuditQueries({
      ...base,
      isKnownId: keys.isKnownId,
      findAnchors: (reader, organizationId) => tokens.services.checkpoints.anchors(reader, organizationId),
    }),
    ...organizations.services,
    ...policyServices,
    ...memberships.services,
    ...keys.services,
    ...onboarding.services,
    ...notifications.services,
    ...tokens.services,
    ...expiry.services,
    ...sessions.services,
    ...retention.services,
  }
  const readiness = readinessChecks({ database, sources, redis: redis?.publisher ?? null })
  const http = await createHttp({ config, logger, metrics, tracing, tokens, sessions, readiness })
  const { authenticator } = tokens
  const graphql = createGraphQLServer({ config, tracer, http, services, authenticator, report: reports.graphql })
  registerAppcircle(http.server, { ...services, authenticator })
  leaks.register(http.server)
  metrics.watchBacklogs(notifications.backlog, leaks.backlog)
  metrics.watch(instanceSources({ database, live, audit, keys, tokens, expiry, graphql }))
  const features = { keys, sessions, onboarding, tokens, expiry, notifications, retention, leaks }
  return { sources, live, audit, ...features, services, http, graphql }
}
