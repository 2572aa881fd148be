import type { AccessControl } from '../access/access-control.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import type { BaseSigner } from '../tokens/base-signature.ts'
import { ArchiveDirectory } from './archive-directory.ts'
import { LogArchiver } from './log-archiver.ts'
import { RetentionService } from './retention.service.ts'
import { RetentionWorker } from './retention-worker.ts'

export interface RetentionOptions {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly log: AuditLog
  readonly baseSigner: BaseSigner
  /** Where archives are written; null to archive and delete nothing. */
  readonly archiveDir: string | null
  readonly onArchived: () => void
  /** Receives the error if a log could not be archived. */
  readonly onFault: (error: unknown) => void
}

export interface Retention {
  readonly services: { readonly retention: RetentionService }
  /** To be started. Null without a directory. */
  readonly worker: RetentionWorker | null
  /** Creates the directory. Throws ArchiveDirectoryError. */
  readonly prepare: () => Promise<void>
}

/** The directory for archives cannot be used. */
export class ArchiveDirectoryError extends Error {
  override readonly name = 'ArchiveDirectoryError'
}

/** Constructs the retention of audit logs. */
export const createRetention = (options: RetentionOptions): Retention => {
  const { database, clock, access, log, archiveDir, onArchived, onFault } = options
  const service = new RetentionService({ database, clock, access, log, archives: archiveDir !== null })
  const services = { retention: service }
  if (archiveDir === null) return { services, worker: null, prepare: async () => undefined }
  const directory = new ArchiveDirectory(archiveDir)
  const archiver = new LogArchiver({ database, clock, log, signer: options.baseSigner, directory })
  const worker = new RetentionWorker({ database, clock, archiver, onArchived, onFault })
  return {
    services,
    worker,
    prepare: () =>
      directory.prepare().catch((error: unknown) => {
        throw new ArchiveDirectoryError(`${archiveDir} cannot be written to: ${String(error)}`)
      }),
  }
}
