import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'
import { AuditBaseEntity } from './audit-base.entity.ts'

/** An event as it is stored. Database triggers reject updates of these rows, and deletes unless they were archived. */
export interface AuditEventRow {
  organizationId: string
  sequence: number
  id: string
  type: string
  occurredAt: string
  actorKind: string
  actorId: string | null
  actorName: string | null
  credentialId: string | null
  tokenId: string | null
  targetId: string | null
  targetName: string | null
  details: string
  requestId: string | null
  ipAddress: string | null
  userAgent: string | null
  previousHash: string
  hash: string
}

export const AuditEventEntity = new EntitySchema<AuditEventRow>({
  name: 'AuditEvent',
  tableName: 'audit_events',
  columns: {
    organizationId: column.id('organization_id', { primary: true }),
    sequence: column.integer('sequence', { primary: true }),
    id: column.id('id'),
    type: column.text('type', 40),
    occurredAt: column.text('occurred_at', column.INSTANT_LENGTH),
    actorKind: column.text('actor_kind', 10),
    actorId: column.id('actor_id', { nullable: true }),
    actorName: column.text('actor_name', 320, { nullable: true }),
    credentialId: column.id('credential_id', { nullable: true }),
    tokenId: column.text('token_id', 36, { nullable: true }),
    targetId: column.id('target_id', { nullable: true }),
    targetName: column.text('target_name', 320, { nullable: true }),
    details: column.longText('details'),
    requestId: column.text('request_id', 128, { nullable: true }),
    ipAddress: column.text('ip_address', 45, { nullable: true }),
    userAgent: column.text('user_agent', 256, { nullable: true }),
    previousHash: column.text('previous_hash', 64),
    hash: column.text('hash', 64),
  },
  indices: [
    { name: 'audit_events_id', columns: ['id'], unique: true },
    { name: 'audit_events_type', columns: ['organizationId', 'type', 'sequence'] },
    { name: 'audit_events_actor', columns: ['organizationId', 'actorId', 'sequence'] },
    { name: 'audit_events_target', columns: ['organizationId', 'targetId', 'sequence'] },
    { name: 'audit_events_time', columns: ['organizationId', 'occurredAt', 'sequence'] },
  ],
})

/** The newest event of each organization. An append locks it first, so that sequence order is commit order. */
export interface AuditHeadRow {
  organizationId: string
  sequence: number
  hash: string
  occurredAt: string
}

const AuditHeadEntity = new EntitySchema<AuditHeadRow>({
  name: 'AuditHead',
  tableName: 'audit_heads',
  columns: {
    organizationId: column.id('organization_id', { primary: true }),
    sequence: column.integer('sequence'),
    hash: column.text('hash', 64),
    occurredAt: column.text('occurred_at', column.INSTANT_LENGTH),
  },
  indices: [{ name: 'audit_heads_time', columns: ['occurredAt'] }],
})

/** The tables of this folder. */
export const auditEntities = [AuditEventEntity, AuditHeadEntity, AuditBaseEntity]
