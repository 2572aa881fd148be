import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Reader } from '../persistence/database.ts'
import type { KeyPolicyRow } from './key-policy.entity.ts'
import { effectivePolicy, type KeyPolicy, type OwnPolicy } from './key-policy.ts'
import { findPolicies } from './policies.store.ts'

/** A proposed policy of an organization, for a preview. */
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
    const own = policiesById(await findPolicies(reader, path))
    if (proposed !== undefined) own.set(proposed.organizationId, proposed.own)
    return policyAlong(path, own)
  }

  /** The effective policies of several organizations, in their order. */
  async effectiveOfAll(reader: Reader, organizationIds: readonly string[]): Promise<KeyPolicy[]> {
    const paths = await Promise.all(organizationIds.map((id) => this.organizations.requirePath(reader, id)))
    const own = policiesById(await findPolicies(reader, [...new Set(paths.flat())]))
    return paths.map((path) => policyAlong(path, own))
  }

  /** The own policies of the organization and those above it that have one, the root's first. */
  async listOwn(reader: Reader, organizationId: string): Promise<KeyPolicyRow[]> {
    const path = await this.organizations.requirePath(reader, organizationId)
    return (await findPolicies(reader, path)).sort(
      (a, b) => path.indexOf(b.organizationId) - path.indexOf(a.organizationId),
    )
  }
}

const policiesById = (rows: readonly KeyPolicyRow[]): Map<string, OwnPolicy> =>
  new Map(rows.map((row) => [row.organizationId, row]))

/** @param path from the organization to its root */
const policyAlong = (path: readonly string[], own: ReadonlyMap<string, OwnPolicy>): KeyPolicy =>
  effectivePolicy([...path].reverse().flatMap((id) => own.get(id) ?? []))
