import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Reader } from '../persistence/database.ts'
import { effectivePolicy, type KeyPolicy } from './key-policy.ts'
import { findPolicies } from './policies.store.ts'

/** Finds the policies of organizations. */
export class PolicyDirectory {
  private readonly organizations: OrganizationDirectory

  constructor(organizations: OrganizationDirectory) {
    this.organizations = organizations
  }

  /** The effective policy of the organization. */
  async effective(reader: Reader, organizationId: string): Promise<KeyPolicy> {
    const path = await this.organizations.requirePath(reader, organizationId)
    const own = await findPolicies(reader, path)
    const byId = new Map(own.map((policy) => [policy.organizationId, policy]))
    return effectivePolicy([...path].reverse().flatMap((id) => byId.get(id) ?? []))
  }
}
