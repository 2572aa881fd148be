import { In } from 'typeorm'
import type { Reader, Writer } from '../persistence/database.ts'
import { KeyPolicyEntity, type KeyPolicyRow } from './key-policy.entity.ts'
import type { OwnPolicy } from './key-policy.ts'

/** The own policies of those organizations that have one. */
export const findPolicies = (reader: Reader, organizationIds: readonly string[]): Promise<KeyPolicyRow[]> =>
  reader.manager.findBy(KeyPolicyEntity, { organizationId: In([...organizationIds]) })

/** Inserts or replaces the own policy of an organization. */
export const savePolicy = async (writer: Writer, organizationId: string, policy: OwnPolicy): Promise<void> => {
  await writer.manager.upsert(KeyPolicyEntity, { organizationId, ...policy }, ['organizationId'])
}
