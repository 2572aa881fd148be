import type { Caller } from '../audit/caller.ts'
import { findNonConforming, governedOrganizations, type NonConformingKeys } from './governed-keys.ts'
import type { KeyPolicy } from './key-policy.ts'
import { checkChange, ownPolicyAfter, type PolicyChange } from './policy-change.ts'
import type { UpdatePolicyParts } from './update-policy.ts'

/** Effect of a change of a policy. */
export interface PolicyPreview extends NonConformingKeys {
  /** The effective policy. */
  readonly policy: KeyPolicy
}

/** Previews a change of a policy. */
export class PreviewPolicy {
  private readonly parts: UpdatePolicyParts

  constructor(parts: UpdatePolicyParts) {
    this.parts = parts
  }

  /** What `UpdatePolicy.update` would do. Requires keys:manager. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN. */
  async preview(caller: Caller, organizationId: string, input: PolicyChange): Promise<PolicyPreview> {
    const { database, access, directory, policies } = this.parts
    await access.require(caller.principal, 'managePolicy', organizationId)
    const path = (await directory.findPath(organizationId)) ?? [organizationId]
    const change = checkChange(input, path.length === 1)
    return database.read(async (reader) => {
      const proposed = { organizationId, own: await ownPolicyAfter(reader, organizationId, change) }
      const policy = await policies.effective(reader, organizationId, proposed)
      const affected = await governedOrganizations(reader, organizationId)
      return { policy, ...(await findNonConforming(this.parts, reader, affected, proposed)) }
    })
  }
}
