import { EntitySchema } from 'typeorm'
import type { ActorKind } from '../audit/audit-event.ts'
import type { JsonObject } from '../audit-chain/canonical-json.ts'
import type { Grant } from '../kernel/grants.ts'
import * as column from '../persistence/columns.ts'
import type { KeyKind, RevocationReason, SecretState } from './key.ts'

export interface KeyRow {
  id: string
  kind: KeyKind
  organizationId: string
  projectId: string | null
  /** The owner of a personal access key; null for an API key. */
  ownerId: string | null
  name: string
  /** The name while it is taken: null once the key is revoked or its expiry recorded. Unique within `nameScope`. */
  activeName: string | null
  /** The organization, and for a personal access key its owner. */
  nameScope: string
  description: string | null
  /** Name and description in the form of `searchable`. */
  searchText: string
  /** Null for a personal access key with all grants of its owner. */
  grants: readonly Grant[] | null
  createdAt: Date
  createdByKind: ActorKind
  createdById: string | null
  createdByName: string | null
  /** The key that it was created with, by its secret or a token; null for a sign-in, an invitation or the first start. */
  createdWithKeyId: string | null
  expiresAt: Date | null
  /** Start of the current lifetime: the creation or the last rotation. */
  lifetimeFrom: Date
  /** Length of the current lifetime in whole seconds, rounded up; null if the key never expires. For filters. */
  lifetimeSeconds: number | null
  /** Own warning thresholds in seconds; null for the policy's. */
  warnBefore: readonly number[] | null
  /** The shortest threshold with a warning in this lifetime, in seconds. */
  warnedAt: number | null
  /** When the key is next due for the sweeper; null for never. */
  dueAt: Date | null
  /** When KEY_EXPIRED was written for this lifetime. */
  expiryRecordedAt: Date | null
  allowedIps: readonly string[]
  metadata: JsonObject
  suspendedAt: Date | null
  suspendedById: string | null
  revokedAt: Date | null
  revocationReason: RevocationReason | null
  /** Incremented when the key is resumed: tokens of earlier epochs stay invalid. */
  tokenEpoch: number
  lastUsedAt: Date | null
  /** The newest five distinct addresses, newest first. */
  lastUsedFrom: readonly string[]
  /** The expiry that a cancelled rotation restores. */
  previousExpiresAt: Date | null
  previousLifetimeFrom: Date | null
  /** When the warning of its revocation for disuse was written. */
  unusedWarnedAt: Date | null
}

export const KeyEntity = new EntitySchema<KeyRow>({
  name: 'Key',
  tableName: 'keys',
  columns: {
    id: column.id('id', { primary: true }),
    kind: column.text('kind', 20),
    organizationId: column.id('organization_id'),
    projectId: column.id('project_id', { nullable: true }),
    ownerId: column.id('owner_id', { nullable: true }),
    name: column.text('name', 100),
    activeName: column.text('active_name', 100, { nullable: true }),
    nameScope: column.text('name_scope', 73),
    description: column.text('description', 1000, { nullable: true }),
    searchText: column.longText('search_text'),
    grants: column.json('grants', { nullable: true }),
    createdAt: column.instant('created_at'),
    createdByKind: column.text('created_by_kind', 10),
    createdById: column.id('created_by_id', { nullable: true }),
    createdByName: column.text('created_by_name', 320, { nullable: true }),
    createdWithKeyId: column.id('created_with_key_id', { nullable: true }),
    expiresAt: column.instant('expires_at', { nullable: true }),
    lifetimeFrom: column.instant('lifetime_from'),
    lifetimeSeconds: column.integer('lifetime_seconds', { nullable: true }),
    warnBefore: column.json('warn_before', { nullable: true }),
    warnedAt: column.integer('warned_at', { nullable: true }),
    dueAt: column.instant('due_at', { nullable: true }),
    expiryRecordedAt: column.instant('expiry_recorded_at', { nullable: true }),
    allowedIps: column.json('allowed_ips'),
    metadata: column.json('metadata'),
    suspendedAt: column.instant('suspended_at', { nullable: true }),
    suspendedById: column.id('suspended_by_id', { nullable: true }),
    revokedAt: column.instant('revoked_at', { nullable: true }),
    revocationReason: column.text('revocation_reason', 20, { nullable: true }),
    tokenEpoch: column.integer('token_epoch'),
    lastUsedAt: column.instant('last_used_at', { nullable: true }),
    lastUsedFrom: column.json('last_used_from'),
    previousExpiresAt: column.instant('previous_expires_at', { nullable: true }),
    previousLifetimeFrom: column.instant('previous_lifetime_from', { nullable: true }),
    unusedWarnedAt: column.instant('unused_warned_at', { nullable: true }),
  },
  indices: [
    { name: 'keys_active_name', columns: ['nameScope', 'activeName'], unique: true },
    { name: 'keys_due', columns: ['dueAt'] },
    { name: 'keys_created', columns: ['organizationId', 'kind', 'createdAt', 'id'] },
    { name: 'keys_expires', columns: ['organizationId', 'kind', 'expiresAt', 'id'] },
    { name: 'keys_last_use', columns: ['organizationId', 'kind', 'lastUsedAt', 'id'] },
    { name: 'keys_name', columns: ['organizationId', 'kind', 'name', 'id'] },
    { name: 'keys_owner', columns: ['ownerId'] },
    { name: 'keys_created_with', columns: ['createdWithKeyId'] },
  ],
})

export interface KeySecretRow {
  id: string
  keyId: string
  /** SHA-256, hex, of the secret. */
  hash: string
  hint: string
  state: SecretState
  createdAt: Date
  /** When the secret becomes invalid; null for a current one, and for a retiring one until its successor is used. */
  validUntil: Date | null
  /** Overlap in seconds that the first use of this secret starts; null if it starts none. */
  overlapFromFirstUse: number | null
  lastUsedAt: Date | null
}

export const KeySecretEntity = new EntitySchema<KeySecretRow>({
  name: 'KeySecret',
  tableName: 'key_secrets',
  columns: {
    id: column.id('id', { primary: true }),
    keyId: column.id('key_id'),
    hash: column.text('hash', 64),
    hint: column.text('hint', 40),
    state: column.text('state', 10),
    createdAt: column.instant('created_at'),
    validUntil: column.instant('valid_until', { nullable: true }),
    overlapFromFirstUse: column.integer('overlap_from_first_use', { nullable: true }),
    lastUsedAt: column.instant('last_used_at', { nullable: true }),
  },
  indices: [
    { name: 'key_secrets_hash', columns: ['hash'], unique: true },
    { name: 'key_secrets_key', columns: ['keyId', 'createdAt'] },
  ],
})

/** Messages for violations of unique indexes by concurrent changes. */
export const keyConflicts = {
  keys_active_name: 'An active key already has this name: choose another, or revoke that key first.',
}

/** The tables of this folder. */
export const keyEntities = [KeyEntity, KeySecretEntity]
