import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'
import type { SecretMisuseResponse } from './key-policy.ts'

/** An organization's own policy: in a root everything is set, below it null inherits. */
export interface KeyPolicyRow {
  organizationId: string
  maximumLifetime: number | null
  defaultLifetime: number | null
  expiryRequired: boolean | null
  warnBefore: readonly number[] | null
  maximumOverlap: number | null
  maximumActiveKeys: number | null
  accessTokenLifetime: number | null
  onRetiredSecretUse: SecretMisuseResponse | null
  onLeak: SecretMisuseResponse | null
  revokeUnusedAfter: number | null
  escalateWarnings: boolean | null
}

export const KeyPolicyEntity = new EntitySchema<KeyPolicyRow>({
  name: 'KeyPolicy',
  tableName: 'key_policies',
  columns: {
    organizationId: column.id('organization_id', { primary: true }),
    maximumLifetime: column.integer('maximum_lifetime', { nullable: true }),
    defaultLifetime: column.integer('default_lifetime', { nullable: true }),
    expiryRequired: column.flag('expiry_required', { nullable: true }),
    warnBefore: column.json('warn_before', { nullable: true }),
    maximumOverlap: column.integer('maximum_overlap', { nullable: true }),
    maximumActiveKeys: column.integer('maximum_active_keys', { nullable: true }),
    accessTokenLifetime: column.integer('access_token_lifetime', { nullable: true }),
    onRetiredSecretUse: column.text('on_retired_secret_use', 10, { nullable: true }),
    onLeak: column.text('on_leak', 10, { nullable: true }),
    revokeUnusedAfter: column.integer('revoke_unused_after', { nullable: true }),
    escalateWarnings: column.flag('escalate_warnings', { nullable: true }),
  },
})

/** The tables of this folder. */
export const policyEntities = [KeyPolicyEntity]
