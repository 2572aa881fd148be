import type { Logger } from 'pino'
import type { Metrics } from './http/metrics-route.ts'
import type { OpenDatabaseParts } from './persistence/open-database.ts'
import type { TokensParts } from './tokens/create-tokens.ts'

/** Logs what happens to the database. */
export const databaseReports = (logger: Logger): Pick<OpenDatabaseParts, 'onMigrated' | 'onOutage'> => ({
  onMigrated: (migrations) => logger.info({ migrations }, 'The database was migrated'),
  onOutage: (error, omitted) => logger.warn({ err: error, omitted }, 'The database is not available'),
})

/** Logs and counts checkpoints. A log outside of the database proves a checkpoint that the database has lost. */
export const checkpointReports = (
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
