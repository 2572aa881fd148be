import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'

/** How long an organization keeps the events of its audit log. */
export interface AuditRetentionRow {
  organizationId: string
  /** Null to keep them for ever. */
  keepSeconds: number | null
  /** Sequence of the last event of an archive that was begun; null if there is none. It names the file after a crash. */
  targetSequence: number | null
}

export const AuditRetentionEntity = new EntitySchema<AuditRetentionRow>({
  name: 'AuditRetention',
  tableName: 'audit_retentions',
  columns: {
    organizationId: column.id('organization_id', { primary: true }),
    keepSeconds: column.integer('keep_seconds', { nullable: true }),
    targetSequence: column.integer('target_sequence', { nullable: true }),
  },
})

/** Work that one instance does for all, for as long as its lease has not expired. */
export interface LeaseRow {
  name: string
  /** Id of the process that does it. */
  holder: string
  expiresAt: Date
}

export const LeaseEntity = new EntitySchema<LeaseRow>({
  name: 'Lease',
  tableName: 'leases',
  columns: {
    name: column.text('name', 50, { primary: true }),
    holder: column.id('holder'),
    expiresAt: column.instant('expires_at'),
  },
})

/** The tables of this folder. */
export const retentionEntities = [AuditRetentionEntity, LeaseEntity]
