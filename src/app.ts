import { chmodSync, mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import { KeysAuditAndExpiry1764000000000 } from '../migrations/1764000000000-keys-audit-and-expiry.ts'
import { AccessTokens1764000100000 } from '../migrations/1764000100000-access-tokens.ts'
import { EventCredentials1764000200000 } from '../migrations/1764000200000-event-credentials.ts'
import { CredentialDescent1764000300000 } from '../migrations/1764000300000-credential-descent.ts'
import { AuditCheckpoints1764000400000 } from '../migrations/1764000400000-audit-checkpoints.ts'
import { TokenOrganizations1764000500000 } from '../migrations/1764000500000-token-organizations.ts'
import { AccessControl } from './access/access-control.ts'
import { Authenticator } from './access/authenticator.ts'
import { CallerRates } from './access/caller-rates.ts'
import { type CreateLimiter, FailureLimiter } from './access/failure-limiter.ts'
import { registerAppcircle } from './appcircle/appcircle-routes.ts'
import { AuditEventEntity, AuditHeadEntity } from './audit/audit-event.entity.ts'
import { AuditLog } from './audit/audit-log.ts'
import { AuditQueries } from './audit/audit-queries.ts'
import { DenialRecorder } from './audit/denial-recorder.ts'
import { GroupedAppends } from './audit/grouped-appends.ts'
import { HistoryVerifier } from './audit/history-verifier.ts'
import { type Config, ConfigError } from './config.ts'
import { ExpiryWarningEntity } from './expiry/expiry-warning.entity.ts'
import { ExpiryWarningFeed } from './expiry/expiry-warning-feed.ts'
import { ExpiryWarningsService } from './expiry/expiry-warnings.service.ts'
import { Sweeper } from './expiry/sweeper.ts'
import { GraphiQLPage } from './graphql-server/graphiql-page.ts'
import { registerGraphQL } from './graphql-server/graphql-route.ts'
import { createLiveLimits, type LiveLimits } from './graphql-server/live-limits.ts'
import { GraphQLWebSockets } from './graphql-server/websocket.ts'
import { createGraphQL } from './graphql-server/yoga.ts'
import type { ConnectionGuard } from './http/connection-guard.ts'
import { Metrics, registerMetrics } from './http/metrics-route.ts'
import { registerOAuth } from './http/oauth-routes.ts'
import { registerHealth } from './http/operations-routes.ts'
import { createServer, LARGEST_BODY_BYTES, originPolicy, upgradeOriginOf } from './http/server.ts'
import { registerWellKnown } from './http/well-known-routes.ts'
import { type Clock, systemClock } from './kernel/clock.ts'
import { type StopStack, startOrStop } from './kernel/stop-stack.ts'
import { KeyEntity, KeySecretEntity } from './keys/key.entity.ts'
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
import { AuditFeed } from './live/audit-feed.ts'
import { FeedMessages, type MessageSeal } from './live/feed-messages.ts'
import { inProcessTransport } from './live/feed-transport.ts'
import { LiveSubscriptions } from './live/live-subscriptions.ts'
import { RedisTransport } from './live/redis-transport.ts'
import { IdentityProvider } from './memberships/identity-provider.ts'
import { InvitationEntity, MemberEntity, UserEntity } from './memberships/member.entity.ts'
import { MembersService } from './memberships/members.service.ts'
import { MembershipRules } from './memberships/membership-rules.ts'
import { NewMembers } from './memberships/new-members.ts'
import { bootstrap, type FirstStart } from './onboarding/bootstrap.ts'
import { InvitationsService } from './onboarding/invitations.service.ts'
import { RemoveMember } from './onboarding/remove-member.ts'
import {
  KeyPolicyEntity,
  ModuleEntity,
  OrganizationEntity,
  ProjectEntity,
} from './organizations/organization.entity.ts'
import { OrganizationDirectory } from './organizations/organization-directory.ts'
import { OrganizationsService } from './organizations/organizations.service.ts'
import { closeDataSources, type DataSources, engineOf, openDataSources } from './persistence/data-source.ts'
import { Database, type NestingGuard } from './persistence/database.ts'
import { migrate } from './persistence/migrate.ts'
import type { Services } from './schema-kit/context.ts'
import { AuditCheckpointEntity, CheckpointKeyEntity } from './tokens/checkpoint.entity.ts'
import { CheckpointKeys } from './tokens/checkpoint-keys.ts'
import { CheckpointSchedule } from './tokens/checkpoint-schedule.ts'
import { Checkpoints } from './tokens/checkpoints.ts'
import { EndingAnnouncer } from './tokens/ending-announcer.ts'
import { Exchange } from './tokens/exchange.ts'
import { MAC_LENGTH, MasterKeys, masterKeyOfDataDir, WrongMasterKey } from './tokens/master-keys.ts'
import { RevocationFeed } from './tokens/revocation-feed.ts'
import { RevokedTokens } from './tokens/revoked-tokens.ts'
import { RevokedTokenEntity, SigningKeyEntity } from './tokens/signing-key.entity.ts'
import { SigningKeys, type SigningKeysParts } from './tokens/signing-keys.ts'
import { TokenOrganizationEntity } from './tokens/token-organization.entity.ts'
import { TokenOrganizations } from './tokens/token-organizations.ts'
import { TokenService } from './tokens/token-service.ts'
import { TokenVerifier } from './tokens/token-verifier.ts'

/** All tables and all migrations, for whoever opens the database. */
export const MODEL = {
  entities: [
    OrganizationEntity,
    ModuleEntity,
    ProjectEntity,
    KeyPolicyEntity,
    UserEntity,
    MemberEntity,
    InvitationEntity,
    AuditEventEntity,
    AuditHeadEntity,
    KeyEntity,
    KeySecretEntity,
    ExpiryWarningEntity,
    SigningKeyEntity,
    RevokedTokenEntity,
    AuditCheckpointEntity,
    CheckpointKeyEntity,
    TokenOrganizationEntity,
  ],
  migrations: [
    KeysAuditAndExpiry1764000000000,
    AccessTokens1764000100000,
    EventCredentials1764000200000,
    CredentialDescent1764000300000,
    AuditCheckpoints1764000400000,
    TokenOrganizations1764000500000,
  ],
}

export interface App {
  /** Begins to serve; returns the address. */
  listen(): Promise<string>
  /** Finishes what runs, tells sockets of the restart, writes what is in memory, and closes. */
  close(): Promise<void>
  /** Set where this start found an empty database. */
  readonly firstStart: FirstStart | null
  /** For those who build on the parts: benchmarks and tests. */
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
  readonly usage: UsageRecorder
  readonly denials: DenialRecorder
  readonly memory: KeyFactsMemory
  readonly verifier: KeyVerifier
  readonly signingKeys: SigningKeys
}

export interface AppOptions {
  readonly config: Config
  readonly logger: Logger
  readonly clock?: Clock
  /** Who notices transactions inside transactions; nobody where it is not given. */
  readonly nestingGuard?: NestingGuard
}

const prepareDataDir = (dataDir: string): void => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  chmodSync(dataDir, 0o700)
}

/** Opens the database, brings it up to date and puts the service together. The only place that constructs services. */
export const createApp = (options: AppOptions): Promise<App> =>
  startOrStop(
    (stack) => start(options, stack),
    (error) => options.logger.error({ err: error }, 'What had started could not be stopped'),
  )

const start = async (options: AppOptions, stack: StopStack): Promise<App> => {
  const { config, logger, clock = systemClock } = options
  if (engineOf(config.databaseUrl) === 'sqlite') prepareDataDir(config.dataDir)
  const sources = await openDataSources(config.databaseUrl, MODEL)
  stack.push(() => closeDataSources(sources))
  const migrated = await migrate(sources)
  if (migrated.length > 0) logger.info({ migrations: migrated }, 'The database was migrated')

  const database = new Database(sources, options.nestingGuard)
  stack.push(() => database.drain())
  const fault = (what: string) => (error: unknown) => logger.error({ err: error }, what)
  const report = (error: unknown, requestId: string | null) =>
    logger.error({ err: error, requestId }, 'An operation failed')

  const metrics = new Metrics()
  const masterKeys = masterKeysOf(config)
  const redis = config.redisUrl === null ? null : openRedis(config.redisUrl)
  const transport =
    redis === null
      ? inProcessTransport
      : new RedisTransport({
          ...redis,
          messages: new FeedMessages(feedSealOf(masterKeys), clock),
          onFault: fault('Redis does not answer as it should'),
          onRejected: (reason) => metrics.messageRejected(reason),
        })
  const feed = new AuditFeed(database, clock, transport, fault('The audit feed could not read what it missed'))
  const log = new AuditLog(clock, feed)
  const denials = new DenialRecorder(database, clock, log, fault('Refusals could not be written to the history'))
  const live = new LiveSubscriptions(feed, clock, fault('A live subscription could not be checked'))

  const directory = new OrganizationDirectory(database)
  const access = new AccessControl((id) => directory.findPath(id))
  new EndingAnnouncer(log, clock, directory)
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

  const rules = new MembershipRules({ database, access, directory })
  const newMembers = new NewMembers(clock, log)
  const members = new MembersService({ database, access, directory, log, rules })
  const organizations = new OrganizationsService({
    database,
    clock,
    access,
    directory,
    log,
    addFounder: (writer, organizationId, caller) => newMembers.addFounder(writer, organizationId, caller),
  })
  const invitations = new InvitationsService({
    database,
    clock,
    access,
    log,
    rules,
    newMembers,
    createKey,
    memory,
    acceptedBySignIn: config.oidc !== null,
  })

  const issuer = config.publicUrl
  const keysFault = fault('The signing keys could not be looked after')
  const { tokenAlgorithm: algorithm } = config
  const signingKeys = new SigningKeys({ database, clock, log, feed, masterKeys, algorithm, onFault: keysFault })
  const checkpointKeys = new CheckpointKeys(database, clock, masterKeys)
  const checkpoints = new Checkpoints({
    issuer,
    database,
    clock,
    access,
    signingKeys,
    checkpointKeys,
    onStored: ({ organizationId, number, sequence, signature }) => {
      metrics.checkpointed('stored')
      logger.info({ organizationId, number, sequence, signature }, 'An audit log was signed')
    },
  })
  const checkpointFault = fault('An audit log could not be signed')
  const checkpointSchedule = new CheckpointSchedule({
    database,
    clock,
    checkpoints,
    onFault: (error) => {
      metrics.checkpointed('failed')
      checkpointFault(error)
    },
  })
  log.onCommit((events) => {
    for (const event of events) checkpointSchedule.committed(event)
  })
  const revoked = new RevokedTokens(database, clock, feed, fault('The revoked tokens could not be looked after'))
  const tokenVerifier = new TokenVerifier({ issuer, clock, memory, signingKeys, revoked, usage, denials })
  const appends = new GroupedAppends(database, log)
  const exchange = new Exchange({
    issuer,
    defaultAudience: config.tokenAudience,
    database,
    clock,
    access,
    directory,
    memory,
    signingKeys,
    appends,
    organizations: new TokenOrganizations(database, clock),
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
  const tokens = new TokenService({
    issuer,
    database,
    access,
    log,
    denials,
    failures,
    rates,
    memory,
    keyVerifier: verifier,
    tokenVerifier,
    exchange,
    revokeKey,
  })

  const services: Services = {
    database,
    clock,
    access,
    directory,
    organizations,
    members,
    invitations,
    removeMember: new RemoveMember({ database, log, rules, revokeKey }),
    policies: new PolicyService(keyParts),
    keyAccess,
    keyQueries: new KeyQueries(keyParts),
    createKey,
    updateKey: new UpdateKey(keyParts),
    rotateKey: new RotateKey(keyParts),
    suspendKey: new SuspendKey(keyParts),
    revokeKey,
    audit: new AuditQueries(
      database,
      access,
      (organizationId, id) => isKnownIn(keyParts, organizationId, id),
      new HistoryVerifier(database, clock, (reader, organizationId) => checkpoints.anchors(reader, organizationId)),
    ),
    denials,
    rates,
    warnings: new ExpiryWarningsService(database, clock, access, keyAccess, log),
    findPrincipal: async (keyId) => {
      const facts = await memory.find(keyId)
      return facts === null ? null : principalOf(facts, facts.key.expiresAt)
    },
    keyEvents: new KeyEventFeed(live, access, keyAccess),
    warningFeed: new ExpiryWarningFeed(live, database, access),
    tokens,
    revocations: new RevocationFeed(live, access),
    checkpoints,
  }

  const sweepFault = fault('A sweep for what is due failed')
  const sweeper = new Sweeper({ database, clock, directory, log, usage, onFault: sweepFault })

  const providerFault = fault('The identity provider does not answer as it should')
  const provider =
    config.oidc === null ? [] : [new IdentityProvider({ ...config.oidc, database, clock, onFault: providerFault })]
  // The provider before our own tokens: both are JWTs, and it takes those of its issuer alone.
  const authenticator = new Authenticator([verifier, ...provider, tokenVerifier], failures)
  const { graphiql, introspection, trustProxy, allowedOrigins } = config
  const limits = createLiveLimits(config.limits)
  const yoga = createGraphQL({ services, authenticator, report, introspection, limits })
  const { timeouts } = config
  const { server, guard } = await createServer({ logger, trustProxy, allowedOrigins, timeouts, limits: config.limits })
  registerMetrics(server, metrics, config.metricsToken)
  registerGraphQL(server, { handler: yoga as never, page: graphiql ? new GraphiQLPage() : null, guard })
  registerOAuth(server, { tokens, authenticator })
  registerWellKnown(server, {
    issuer,
    algorithm,
    keySet: () => signingKeys.keySet,
    checkpointKeySet: () => checkpointKeys.keySet(),
  })
  registerAppcircle(server, {
    tokens,
    authenticator,
    organizations,
    emailOf: async (principal) => (await members.emailOf(principal)) ?? '',
  })
  registerHealth(server, {
    ...(redis === null ? {} : { redis: async () => void (await redis.publisher.ping()) }),
    migrations: async () => {
      if (await sources.writing.showMigrations()) throw new Error('Migrations are waiting to be run.')
    },
    database: () => database.read(async (reader) => void (await reader.query('SELECT 1'))),
  })
  const sockets = new GraphQLWebSockets({
    yoga,
    authenticator,
    report,
    originOf: upgradeOriginOf(trustProxy),
    allowsOrigin: originPolicy(allowedOrigins),
    maxMessageBytes: LARGEST_BODY_BYTES,
    limits,
    messagesPerSecond: config.limits.socketMessagesPerSecond,
    onAuthenticated: (request) => guard.exempt(request.socket),
  })
  sockets.attach(server.server)
  metrics.watch({ openWebSockets: () => sockets.size, liveSubscriptions: () => live.size })

  // Started first and closed last: every other part may append events, which are published.
  stack.push(() => feed.close())
  await feed.start()
  stack.push(() => denials.stop())
  stack.push(() => usage.stop())
  stack.push(() => signingKeys.stop())
  await startWithMasterKey(signingKeys)
  stack.push(() => revoked.stop())
  await revoked.start()
  const { organization, ownerEmail } = config
  // After all that can fail: the secret of the owner is returned by the first start alone.
  const firstStart = await bootstrap({ database, organizations, newMembers, createKey, organization, ownerEmail })
  stack.push(() => sweeper.stop())
  sweeper.start()
  stack.push(() => checkpointSchedule.stop())
  checkpointSchedule.start()
  stack.push(() => server.close())
  // Open streams would keep the server from closing.
  stack.push(() => feed.endStreams())
  stack.push(() => sockets.close())
  stack.push(() => live.close())

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
      usage,
      denials,
      memory,
      verifier,
      signingKeys,
    },
    listen: async () => {
      await server.listen({ host: config.host, port: config.port })
      const { port } = server.server.address() as AddressInfo
      return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
    },
    close: () => stack.stop(),
  }
}

const REDIS_TIMEOUT_MS = 1_000

/** One connection to speak, one to listen. They are tried again without end; what cannot be said now is not said later. */
const openRedis = (url: string): { publisher: Redis; subscriber: Redis } => {
  const options = { lazyConnect: true, maxRetriesPerRequest: 1, enableOfflineQueue: false } as const
  const retryStrategy = (attempt: number) => Math.min(attempt * 50, 500)
  return {
    // A line that swallows everything breaks off by itself only after many minutes.
    publisher: new Redis(url, { ...options, retryStrategy, commandTimeout: REDIS_TIMEOUT_MS }),
    subscriber: new Redis(url, { ...options, retryStrategy, autoResubscribe: false }),
  }
}

/** Failing attempts counted for all instances together; each counts for itself while Redis does not answer. */
const sharedLimiters =
  (client: Redis): CreateLimiter =>
  (keyPrefix, points, duration) =>
    new RateLimiterRedis({
      storeClient: client,
      keyPrefix: `keyturn:${keyPrefix}`,
      points,
      duration,
      insuranceLimiter: new RateLimiterMemory({ points, duration }),
    })

/** The signing keys of a deployment, encrypted as it is configured. */
export const signingKeysFor = (
  config: Config,
  parts: Omit<SigningKeysParts, 'masterKeys' | 'algorithm'>,
): SigningKeys => {
  const { tokenAlgorithm: algorithm } = config
  return new SigningKeys({ ...parts, algorithm, masterKeys: masterKeysOf(config) })
}

const masterKeysOf = ({ masterKeys, dataDir }: Config): MasterKeys =>
  new MasterKeys(masterKeys.length > 0 ? masterKeys : [masterKeyOfDataDir(dataDir)])

/** What instances authenticate their messages to each other with. */
const feedSealOf = (masterKeys: MasterKeys): MessageSeal => ({
  length: MAC_LENGTH,
  mac: (text) => masterKeys.mac('feed-message', text),
  verify: (text, mac) => masterKeys.verifyMac('feed-message', text, mac),
})

/** A master key that does not fit the database is a fault of the configuration, like any other. */
export const startWithMasterKey = async (signingKeys: SigningKeys): Promise<void> => {
  try {
    await signingKeys.start()
  } catch (error) {
    throw error instanceof WrongMasterKey ? new ConfigError([`KEYTURN_MASTER_KEY: ${error.message}`]) : error
  }
}
