import type { Cause } from '../audit/audit-event.ts'
import type { UserRow } from '../memberships/member.entity.ts'
import type { NewMembers } from '../memberships/new-members.ts'
import type { NewOrganizations } from '../organizations/new-organizations.ts'
import type { OrganizationRow } from '../organizations/organization.entity.ts'
import type { Writer } from '../persistence/database.ts'
import { DEFAULT_POLICY } from '../policies/key-policy.ts'
import { savePolicy } from '../policies/policies.store.ts'

export interface RootOrganizationParts {
  readonly newOrganizations: NewOrganizations
  readonly newMembers: NewMembers
}

/**
 * Adds a root organization with the default policy and its first owner, inside the transaction of the use case that has
 * checked the caller. Throws CONFLICT if the requested slug is taken.
 */
export const addRootOrganization = async (
  { newOrganizations, newMembers }: RootOrganizationParts,
  writer: Writer,
  input: { readonly name: string; readonly slug: string | null },
  owner: UserRow,
  cause: Cause,
): Promise<OrganizationRow> => {
  const organization = await newOrganizations.add(writer, { ...input, parentId: null }, cause)
  await savePolicy(writer, organization.id, DEFAULT_POLICY)
  await newMembers.addOwner(writer, owner, organization.id, cause)
  return organization
}
