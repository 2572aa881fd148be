import { BY_SYSTEM } from '../audit/audit-event.ts'
import type { CreateKey } from '../keys/lifecycle/create-key.ts'
import type { NewMembers } from '../memberships/new-members.ts'
import type { OrganizationsService } from '../organizations/organizations.service.ts'
import { anyOrganization, lockOrganizations } from '../organizations/organizations.store.ts'
import type { Database } from '../persistence/database.ts'

/** What the first start on an empty database made; its secret is nowhere else. */
export interface FirstStart {
  readonly organizationId: string
  readonly ownerSecret: string
}

export interface BootstrapParts {
  readonly database: Database
  readonly organizations: OrganizationsService
  readonly newMembers: NewMembers
  readonly createKey: CreateKey
  /** Name of the organization to create. */
  readonly organization: string
  readonly ownerEmail: string
}

/**
 * Creates the organization, its owner and the owner's first key where the database has no organization; null where it has
 * one. Of several instances that start together, one does so.
 */
export const bootstrap = async (parts: BootstrapParts): Promise<FirstStart | null> => {
  const { database, organizations, newMembers, createKey, ownerEmail } = parts
  if (await database.read(anyOrganization)) return null
  return database.write(async (writer) => {
    await lockOrganizations(writer)
    if (await anyOrganization(writer)) return null
    const organization = await organizations.insert(writer, parts.organization, null, null)
    const owner = await newMembers.addUser(writer, ownerEmail.split('@')[0] ?? 'owner', ownerEmail, true)
    await newMembers.addOwner(writer, owner, organization.id, BY_SYSTEM)
    const { secret } = await createKey.issueFirst(writer, owner, organization.id, null, BY_SYSTEM)
    return { organizationId: organization.id, ownerSecret: secret }
  })
}
