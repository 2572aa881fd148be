import type { Logger } from 'pino'
import type { LimitsParts } from './access/create-limits.ts'
import type { AuditParts } from './audit/create-audit.ts'
import type { ExpiryParts } from './expiry/create-expiry.ts'
import type { ReportBug } from './graphql-server/errors.ts'
import type { Metrics } from './http/metrics.ts'
import type { KeysParts } from './keys/create-keys.ts'
import type { LeaksParts } from './leaks/create-leaks.ts'
import type { LiveParts } from './live/create-live.ts'
import type { TransportParts } from './live/create-transport.ts'
import type { MembershipsParts } from './memberships/create-memberships.ts'
import type { NotificationsParts } from './notifications/create-notifications.ts'
import type { OpenDatabaseParts } from './persistence/open-database.ts'
import type { RetentionOptions } from './retention/create-retention.ts'
import type { SessionsParts } from './sessions/create-sessions.ts'
import type { TokensParts } from './tokens/create-tokens.ts'

/** What the parts of the service report, by part. */
export interface Reports {
  readonly database: Pick<OpenDatabaseParts, 'onMigrated' | 'onOutage'>
  readonly transport: Pick<TransportParts, 'onFault' | 'onRejected'>
  readonly live: Pick<LiveParts, 'onFeedFault' | 'onCheckFault'>
  readonly audit: Pick<AuditParts, 'onDenialFault' | 'onAppended'>
  readonly limits: Pick<LimitsParts, 'onFailure' | 'onLimited'>
  readonly memberships: Pick<MembershipsParts, 'onProviderFault'>
  readonly keys: Pick<KeysParts, 'onUsageFault'>
  readonly tokens: Pick<TokensParts, 'onFault' | 'onCheckpoint' | 'onCheckpointFault'>
  readonly expiry: Pick<ExpiryParts, 'onFault'>
  readonly sessions: Pick<SessionsParts, 'onFault' | 'onProviderFault'>
  readonly notifications: Pick<NotificationsParts, 'onResult' | 'onFault'>
  readonly retention: Pick<RetentionOptions, 'onArchived' | 'onFault'>
  readonly leaks: Pick<LeaksParts, 'onReport' | 'onKeysFault' | 'onFault'>
  readonly graphql: ReportBug
  readonly onClockJump: (milliseconds: number) => void
  readonly onStopFault: (error: unknown) => void
}

/** Writes reports to the log and counts them in the metrics. */
export const createReports = (logger: Logger, metrics: Metrics): Reports => {
  const fault = (message: string) => (error: unknown) => logger.error({ err: error }, message)
  return {
    database: {
      onMigrated: (migrations) => logger.info({ migrations }, 'The database was migrated'),
      onOutage: (error, omitted) => logger.warn({ err: error, omitted }, 'The database is not available'),
    },
    transport: { onFault: fault('Redis failed'), onRejected: (reason) => metrics.messageRejected(reason) },
    live: {
      onFeedFault: fault('The audit feed could not read missed events'),
      onCheckFault: fault('The credential of a live subscription could not be checked'),
    },
    audit: {
      onDenialFault: fault('Denials could not be written to the audit log'),
      onAppended: metrics.appended,
    },
    limits: {
      onFailure: (limited) => metrics.authenticationFailed(limited),
      onLimited: (action) => metrics.callerLimited(action),
    },
    memberships: { onProviderFault: fault('The identity provider failed') },
    keys: { onUsageFault: fault('The last use of keys could not be written') },
    tokens: { onFault: (error, message) => fault(message)(error), ...checkpointReports(logger, metrics) },
    expiry: { onFault: fault('A sweep of due keys failed') },
    sessions: {
      onFault: fault('A sweep of console sessions failed'),
      onProviderFault: fault('A sign-in at the identity provider failed'),
    },
    notifications: {
      onResult: (channel, result) => metrics.notified(channel, result),
      onFault: fault('Notifications could not be delivered'),
    },
    retention: {
      onArchived: () => metrics.archived('archived'),
      onFault: (error) => {
        metrics.archived('failed')
        fault('An audit log could not be archived')(error)
      },
    },
    leaks: {
      onReport: (reporter, ours, others) => metrics.leaksReported(reporter, ours, others),
      onKeysFault: fault('The list of the public keys of GitHub could not be fetched'),
      onFault: fault('Leaks of an answered report could not be written'),
    },
    graphql: (error, requestId) => logger.error({ err: error, requestId }, 'Operation failed'),
    onClockJump: (milliseconds) => {
      metrics.clockJumped(milliseconds > 0 ? 'ahead' : 'back')
      const seconds = milliseconds / 1000
      logger.warn({ seconds }, 'The system clock jumped: check the time service of this machine')
    },
    onStopFault: fault('A part of the service failed to stop after a failed start'),
  }
}

/** A log outside of the database proves a checkpoint that the database has lost. */
const checkpointReports = (
  logger: Logger,
  metrics: Metrics,
): Pick<TokensParts, 'onCheckpoint' | 'onCheckpointFault'> => ({
  onCheckpoint: ({ organizationId, number, sequence, signature }) => {
    metrics.checkpointed('stored')
    logger.info({ organizationId, number, sequence, signature }, 'An audit log was signed')
  },
  onCheckpointFault: (error) => {
    metrics.checkpointed('failed')
    logger.error({ err: error }, 'An audit log could not be signed')
  },
})
