import { anyOf } from '../persistence/any-of.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { mappingOf } from '../persistence/row-mapping.ts'
import { KeyPolicyEntity, type KeyPolicyRow } from './key-policy.entity.ts'
import type { OwnPolicy } from './key-policy.ts'

const POLICIES = mappingOf(KeyPolicyEntity)

/** The own policies of those organizations that have one. */
export const findPolicies = async (reader: Reader, organizationIds: readonly string[]): Promise<KeyPolicyRow[]> => {
  if (organizationIds.length === 0) return []
  const { condition, parameter } = anyOf(reader, organizationIds)
  return reader.rows(POLICIES, `FROM key_policies WHERE organization_id ${condition}`, [parameter])
}

/** Inserts or replaces the own policy of an organization. */
export const savePolicy = async (writer: Writer, organizationId: string, policy: OwnPolicy): Promise<void> => {
  await writer.manager.upsert(KeyPolicyEntity, { organizationId, ...policy }, ['organizationId'])
}
