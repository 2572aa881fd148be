import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'

/**
 * Where an audit log begins whose old events were archived: the last archived event takes the place of all events up to it.
 * Rows move forward only; triggers refuse everything else.
 */
export interface AuditBaseRow {
  organizationId: string
  /** Sequence of the last archived event. */
  sequence: number
  /** Hash of that event, and the `previousHash` of the first one that is left. */
  hash: string
  signedAt: Date
  /** Compact JWS (RFC 7515) of the fields above. */
  signature: string
  /** Id of the key that signed it. */
  kid: string
  /** By type: the sequence of the last archived event. It decides whether a subscriber missed something. */
  archivedTypes: Readonly<Record<string, number>>
  /** Every row up to this sequence has been deleted. */
  deletedTo: number
}

export const AuditBaseEntity = new EntitySchema<AuditBaseRow>({
  name: 'AuditBase',
  tableName: 'audit_bases',
  columns: {
    organizationId: column.id('organization_id', { primary: true }),
    sequence: column.integer('sequence'),
    hash: column.text('hash', 64),
    signedAt: column.instant('signed_at'),
    signature: column.longText('signature'),
    kid: column.text('kid', 64),
    archivedTypes: column.json('archived_types'),
    deletedTo: column.integer('deleted_to'),
  },
})
