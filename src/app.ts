import type { Logger } from 'pino'
import type { Authenticator } from './access/authenticator.ts'
import { CallerRates } from './access/caller-rates.ts'
import { FailureLimiter } from './access/failure-limiter.ts'
import { sharedLimiters } from './access/shared-limiters.ts'
import { registerAppcircle } from './appcircle/appcircle-routes.ts'
import type { AuditLog } from './audit/audit-log.ts'
import { createAudit, createAuditQueries } from './audit/create-audit.ts'
import type { DenialRecorder } from './audit/denial-recorder.ts'
import type { Config } from './config.ts'
import { createExpiry } from './expiry/create-expiry.ts'
import type { Sweeper } from './expiry/sweeper.ts'
import { createGraphQLServer } from './graphql-server/create-graphql-server.ts'
import type { LiveLimits } from './graphql-server/live-limits.ts'
import type { GraphQLWebSockets } from './graphql-server/websocket.ts'
import type { ConnectionGuard } from './http/connection-guard.ts'
import { createHttp } from './http/create-http.ts'
import { Metrics } from './http/metrics-route.ts'
import { readinessChecks } from './http/readiness-checks.ts'
import { type Clock, systemClock } from './kernel/clock.ts'
import { type StopStack, startOrStop } from './kernel/stop-stack.ts'
import { KeyAccess } from './keys/key-access.ts'
import { CreateKey, type KeyParts } from './keys/lifecycle/create-key.ts'
import { RevokeKey } from './keys/lifecycle/revoke-key.ts'
import { RotateKey } from './keys/lifecycle/rotate-key.ts'
import { SuspendKey } from './keys/lifecycle/suspend-key.ts'
import { UpdateKey } from './keys/lifecycle/update-key.ts'
import { PolicyService } from './keys/policy.service.ts'
import { isKnownIn } from './keys/queries/acquaintance.ts'
import { KeyEventFeed } from './keys/queries/key-event-feed.ts'
import { KeyQueries } from './keys/queries/key-queries.ts'
import { KeyFactsMemory, principalOf } from './keys/verification/key-facts.ts'
import { KeyVerifier } from './keys/verification/key-verifier.ts'
import { RetiredSecretRule } from './keys/verification/retired-secret-rule.ts'
import { UsageRecorder } from './keys/verification/usage-recorder.ts'
import type { AuditFeed } from './live/audit-feed.ts'
import { createLive } from './live/create-live.ts'
import { createTransport } from './live/create-transport.ts'
import type { LiveSubscriptions } from './live/live-subscriptions.ts'
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
import type { Services } from './schema-kit/context.ts'
import { rethrowAsConfigError } from './startup-faults.ts'
import { createTokens } from './tokens/create-tokens.ts'
import { deploymentKeys, feedSealOf } from './tokens/deployment-keys.ts'
import type { SigningKeys } from './tokens/signing-keys.ts'
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

export interface AppParts {
  readonly services: Services
  readonly sources: DataSources
  readonly feed: AuditFeed
  readonly live: LiveSubscriptions
  readonly sockets: GraphQLWebSockets
  readonly limits: LiveLimits
  readonly guard: ConnectionGuard
  readonly log: AuditLog
  readonly sweeper: Sweeper
  readonly notifications: NotificationWorker
  readonly usage: UsageRecorder
  readonly denials: DenialRecorder
  readonly memory: KeyFactsMemory
  readonly verifier: KeyVerifier
  readonly authenticator: Authenticator
  readonly signingKeys: SigningKeys
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

const start = async (options: AppOptions, stack: StopStack): Promise<App> => {
  const { config, logger, clock = systemClock } = options
  const fault = (what: string) => (error: unknown) => logger.error({ err: error }, what)
  const report = (error: unknown, requestId: string | null) =>
    logger.error({ err: error, requestId }, 'An operation failed')

  const tracing = await createTracing(config.otlpEndpoint, stack)
  const { tracer } = tracing
  const { sources, database } = await openDatabase(
    {
      tracer,
      ...config,
      model: MODEL,
      nestingGuard: options.nestingGuard,
      onMigrated: (migrations) => logger.info({ migrations }, 'The database was migrated'),
      onOutage: (error, omitted) => logger.warn({ err: error, omitted }, 'The database is not available'),
    },
    stack,
  )
  const metrics = new Metrics()
  const masterKeys = deploymentKeys(config.masterKeys, config.dataDir)
  const redis = config.redisUrl === null ? null : openRedis(config.redisUrl)

  const transport = createTransport({
    redis,
    clock,
    seal: feedSealOf(masterKeys),
    onFault: fault('Redis does not answer as it should'),
    onRejected: (reason) => metrics.messageRejected(reason),
  })
  const { feed, live } = createLive({
    database,
    clock,
    transport,
    onFeedFault: fault('The audit feed could not read missed events'),
    onCheckFault: fault('The credential of a live subscription could not be checked'),
  })
  const { log, denials, appends } = createAudit({
    database,
    clock,
    publisher: feed,
    onDenialFault: fault('Denials could not be written to the audit log'),
  })

  const organizations = createOrganizations({ database, clock, log })
  const { access, directory, newOrganizations } = organizations

  const memberships = createMemberships({
    database,
    clock,
    log,
    access,
    directory,
    oidc: config.oidc,
    onProviderFault: fault('The identity provider does not answer as it should'),
  })
  const { rules, newMembers, members } = memberships

  const keyAccess = new KeyAccess(access, database, directory)
  const keyParts: KeyParts = { prefix: config.keyPrefix, database, clock, access, keyAccess, directory, log }
  const memory = new KeyFactsMemory(database, directory, feed)
  const usage = new UsageRecorder(database, clock, fault('The last use of keys could not be written'))
  const retiredSecrets = new RetiredSecretRule(database, clock, log, denials)
  const verifier = new KeyVerifier({
    prefix: config.keyPrefix,
    database,
    clock,
    memory,
    usage,
    denials,
    log,
    retiredSecrets,
  })
  const createKey = new CreateKey(keyParts)
  const revokeKey = new RevokeKey(keyParts, memory)

  const onboarding = createOnboarding({
    database,
    clock,
    log,
    access,
    newOrganizations,
    rules,
    newMembers,
    createKey,
    revokeKey,
    memory,
    acceptedBySignIn: config.oidc !== null,
  })

  const failures = new FailureLimiter(redis === null ? undefined : sharedLimiters(redis.publisher), (limited) =>
    metrics.authenticationFailed(limited),
  )
  const rates = new CallerRates({
    clock,
    perSecond: config.ratesPerSecond,
    findPath: (id) => directory.findPath(id),
    onLimited: (action) => metrics.callerLimited(action),
  })
  const { identityProvider } = memberships
  const checkpointFault = fault('An audit log could not be signed')
  const tokens = createTokens({
    issuer: config.publicUrl,
    defaultAudience: config.tokenAudience,
    algorithm: config.tokenAlgorithm,
    masterKeys,
    database,
    clock,
    access,
    directory,
    log,
    appends,
    feed,
    live,
    denials,
    failures,
    rates,
    memory,
    keyVerifier: verifier,
    usage,
    revokeKey,
    otherStrategies: identityProvider === null ? [] : [identityProvider],
    onFault: (error, what) => fault(what)(error),
    onCheckpoint: ({ organizationId, number, sequence, signature }) => {
      metrics.checkpointed('stored')
      logger.info({ organizationId, number, sequence, signature }, 'An audit log was signed')
    },
    onCheckpointFault: (error) => {
      metrics.checkpointed('failed')
      checkpointFault(error)
    },
  })
  const { authenticator, signingKeys, checkpointSchedule } = tokens

  const expiry = createExpiry({
    database,
    clock,
    log,
    access,
    keyAccess,
    directory,
    usage,
    live,
    onFault: fault('A sweep of due keys failed'),
  })
  const { sweeper } = expiry

  const notifications = createNotifications({
    database,
    clock,
    access,
    log,
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
    ...organizations.services,
    ...memberships.services,
    ...onboarding.services,
    ...notifications.services,
    policies: new PolicyService(keyParts),
    keyAccess,
    keyQueries: new KeyQueries(keyParts),
    createKey,
    updateKey: new UpdateKey(keyParts),
    rotateKey: new RotateKey(keyParts),
    suspendKey: new SuspendKey(keyParts),
    revokeKey,
    audit: createAuditQueries({
      database,
      clock,
      access,
      isKnownId: (organizationId, id) => isKnownIn(keyParts, organizationId, id),
      findAnchors: (reader, organizationId) => tokens.services.checkpoints.anchors(reader, organizationId),
    }),
    denials,
    rates,
    ...expiry.services,
    findPrincipal: async (keyId) => {
      const facts = await memory.find(keyId)
      return facts === null ? null : principalOf(facts, facts.key.expiresAt)
    },
    keyEvents: new KeyEventFeed(live, access, keyAccess),
    ...tokens.services,
  }

  const http = await createHttp({
    config,
    logger,
    metrics,
    tracing,
    tokens,
    readiness: readinessChecks({ database, sources, redis: redis?.publisher ?? null }),
  })
  const { sockets, limits } = createGraphQLServer({ config, tracer, http, services, authenticator, report })
  registerAppcircle(http.server, {
    exchange: tokens.services.exchange,
    authenticator,
    organizations: services.organizations,
    emailOf: async (principal) => (await members.emailOf(principal)) ?? '',
  })
  metrics.watch({ openWebSockets: () => sockets.size, liveSubscriptions: () => live.size })

  // Starts first and stops last: every other part may append events, and they must be published.
  stack.push(() => feed.close())
  await feed.start()
  stack.push(() => denials.stop())
  stack.push(() => usage.stop())
  await tokens.start(stack).catch(rethrowAsConfigError)
  // After everything that can fail: only this start returns the owner's secret.
  const firstStart = await onboarding.bootstrap(config.organization, config.ownerEmail)
  stack.push(() => sweeper.stop())
  sweeper.start()
  stack.push(() => notifications.stop())
  await notifications.start()
  stack.push(() => checkpointSchedule.stop())
  checkpointSchedule.start()
  stack.push(() => http.server.close())
  // Open streams would keep the server from closing.
  stack.push(() => feed.endStreams())
  stack.push(() => sockets.close())
  stack.push(() => live.close())

  const { guard } = http
  return {
    firstStart,
    parts: {
      services,
      sources,
      feed,
      live,
      sockets,
      limits,
      guard,
      log,
      sweeper,
      notifications: notifications.worker,
      usage,
      denials,
      memory,
      verifier,
      authenticator,
      signingKeys,
    },
    listen: http.listen,
    close: () => stack.stop(),
  }
}
