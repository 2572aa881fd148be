import type { Clock } from '../kernel/clock.ts'
import { listDescendants } from '../organizations/organizations.store.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import type { KeyPolicy } from './key-policy.ts'
import type { PolicyDirectory, ProposedPolicy } from './policy-directory.ts'

/** The keys that policies apply to. */
export interface GovernedKeys {
  /** Schedules the next sweep of the organizations' keys for now: with another policy their warnings are due at other times. */
  readonly makeDue: (writer: Writer, organizationIds: readonly string[], now: Date) => Promise<void>
  /** At most `limit` of the organization's keys in use that the policy would reject today, and how many there are. */
  readonly listNonConforming: (
    reader: Reader,
    organizationId: string,
    policy: KeyPolicy,
    now: Date,
    limit: number,
  ) => Promise<[readonly { readonly id: string }[], number]>
}

/** Key ids that a change names. Further ones are counted, and found by the filter conformsToPolicy. */
const MAX_KEY_IDS = 100

export interface NonConformingKeys {
  /** Number of keys in use that the policies would reject today. */
  readonly nonConformingKeys: number
  /** At most 100 of them. */
  readonly nonConformingKeyIds: string[]
}

export interface GovernedKeysParts {
  readonly keys: GovernedKeys
  readonly policies: PolicyDirectory
  readonly clock: Clock
}

/** The organizations that the policy of one applies to: itself and its descendants. */
export const governedOrganizations = async (reader: Reader, organizationId: string): Promise<string[]> => {
  const below = await listDescendants(reader, [organizationId])
  return [organizationId, ...below.map(({ id }) => id)]
}

/** The keys in use that the effective policies of their organizations reject, or would reject with a proposed one. */
export const findNonConforming = async (
  { keys, policies, clock }: GovernedKeysParts,
  reader: Reader,
  organizationIds: readonly string[],
  proposed?: ProposedPolicy,
): Promise<NonConformingKeys> => {
  const ids: string[] = []
  let count = 0
  for (const organizationId of organizationIds) {
    const policy = await policies.effective(reader, organizationId, proposed)
    const [found, total] = await keys.listNonConforming(reader, organizationId, policy, clock.now(), MAX_KEY_IDS)
    count += total
    ids.push(...found.map((key) => key.id))
  }
  return { nonConformingKeys: count, nonConformingKeyIds: ids.slice(0, MAX_KEY_IDS) }
}
