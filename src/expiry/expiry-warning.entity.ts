import { EntitySchema } from 'typeorm'
import type { ActorKind } from '../audit/audit-event.ts'
import * as column from '../persistence/columns.ts'

export interface ExpiryWarningRow {
  id: string
  organizationId: string
  /** Sequence of its KEY_EXPIRY_WARNING event. */
  sequence: number
  keyId: string
  /** Seconds before the expiry at which the warning was due. */
  threshold: number
  expiresAt: Date
  createdAt: Date
  acknowledgedAt: Date | null
  acknowledgedByKind: ActorKind | null
  acknowledgedById: string | null
  acknowledgedByName: string | null
}

export const ExpiryWarningEntity = new EntitySchema<ExpiryWarningRow>({
  name: 'ExpiryWarning',
  tableName: 'expiry_warnings',
  columns: {
    id: column.id('id', { primary: true }),
    organizationId: column.id('organization_id'),
    sequence: column.integer('sequence'),
    keyId: column.id('key_id'),
    threshold: column.integer('threshold'),
    expiresAt: column.instant('expires_at'),
    createdAt: column.instant('created_at'),
    acknowledgedAt: column.instant('acknowledged_at', { nullable: true }),
    acknowledgedByKind: column.text('acknowledged_by_kind', 10, { nullable: true }),
    acknowledgedById: column.id('acknowledged_by_id', { nullable: true }),
    acknowledgedByName: column.text('acknowledged_by_name', 320, { nullable: true }),
  },
  indices: [
    { name: 'expiry_warnings_once', columns: ['keyId', 'expiresAt', 'threshold'], unique: true },
    { name: 'expiry_warnings_sequence', columns: ['organizationId', 'sequence'], unique: true },
  ],
})

/** The tables of this folder. */
export const expiryEntities = [ExpiryWarningEntity]
