import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'
import type { SigningAlgorithm } from './signing-key.entity.ts'

/** A signed head of an audit log. Rows are never updated or deleted; triggers refuse both. */
export interface AuditCheckpointRow {
  organizationId: string
  /** 1, 2, 3, ... within the organization, without gaps. */
  number: number
  sequence: number
  hash: string
  signedAt: Date
  /** SHA-256 (hex) of the signature of the checkpoint before it; 64 zeros for the first. */
  previousDigest: string
  /** Compact JWS (RFC 7515) of all the fields above. */
  signature: string
  /** Id of the key that signed it. */
  kid: string
}

export const AuditCheckpointEntity = new EntitySchema<AuditCheckpointRow>({
  name: 'AuditCheckpoint',
  tableName: 'audit_checkpoints',
  columns: {
    organizationId: column.id('organization_id', { primary: true }),
    number: column.integer('number', { primary: true }),
    sequence: column.integer('sequence'),
    hash: column.text('hash', 64),
    signedAt: column.instant('signed_at'),
    previousDigest: column.text('previous_digest', 64),
    signature: column.longText('signature'),
    kid: column.text('kid', 64),
  },
  indices: [{ name: 'audit_checkpoints_sequence', columns: ['organizationId', 'sequence'] }],
})

/** The public key of a signing key that may have signed a checkpoint. It is kept when the signing key is deleted. */
export interface CheckpointKeyRow {
  /** RFC 7638 thumbprint of the key, and the `kid` of its signatures. */
  id: string
  algorithm: SigningAlgorithm
  /** The public JWK (RFC 7517), as JSON. */
  publicJwk: string
  createdAt: Date
  /** MAC of the other fields under the master key: write access to the database is not enough to add a key. */
  endorsement: string
}

export const CheckpointKeyEntity = new EntitySchema<CheckpointKeyRow>({
  name: 'CheckpointKey',
  tableName: 'checkpoint_keys',
  columns: {
    id: column.text('id', 64, { primary: true }),
    algorithm: column.text('algorithm', 10),
    publicJwk: column.longText('public_jwk'),
    createdAt: column.instant('created_at'),
    endorsement: column.text('endorsement', 100),
  },
})
