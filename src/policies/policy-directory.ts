import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Reader } from '../persistence/database.ts'
import { effectivePolicy, type KeyPolicy, type OwnPolicy } from './key-policy.ts'
import { findPolicies } from './policies.store.ts'

/** The own policy of an organization that is to be tried. */
export interface ProposedPolicy {
  readonly organizationId: string
  readonly own: OwnPolicy
}

/** Finds the policies of organizations. */
export class PolicyDirectory {
  private readonly organizations: OrganizationDirectory

  constructor(organizations: OrganizationDirectory) {
    this.organizations = organizations
  }

  /** The effective policy of the organization; with `proposed`, as it would be if that were stored. */
  async effective(reader: Reader, organizationId: string, proposed?: ProposedPolicy): Promise<KeyPolicy> {
    const path = await this.organizations.requirePath(reader, organizationId)
    const own = await findPolicies(reader, path)
    const byId = new Map<string, OwnPolicy>(own.map((policy) => [policy.organizationId, policy]))
    if (proposed !== undefined) byId.set(proposed.organizationId, proposed.own)
    return effectivePolicy([...path].reverse().flatMap((id) => byId.get(id) ?? []))
  }
}
