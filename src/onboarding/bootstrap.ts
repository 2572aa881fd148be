import { BY_SYSTEM } from '../audit/audit-event.ts'
import type { CreateKey } from '../keys/lifecycle/create-key.ts'
import { anyOrganization, lockOrganizations } from '../organizations/organizations.store.ts'
import type { Database } from '../persistence/database.ts'
import { addRootOrganization, type RootOrganizationParts } from './root-organization.ts'

/** The result of the first start on an empty database. The secret is stored nowhere: show it once. */
export interface FirstStart {
  readonly organizationId: string
  readonly ownerSecret: string
}

export interface BootstrapParts extends RootOrganizationParts {
  readonly database: Database
  readonly createKey: CreateKey
}

/**
 * Creates the first organization, its owner and the owner's first key, in one transaction. Returns null if the database has
 * an organization. If several instances start at the same time, one of them does it.
 *
 * @param name name of the organization
 */
export const bootstrap = async (
  parts: BootstrapParts,
  name: string,
  ownerEmail: string,
): Promise<FirstStart | null> => {
  const { database, newMembers, createKey } = parts
  if (await database.read(anyOrganization)) return null
  return database.write(async (writer) => {
    await lockOrganizations(writer)
    if (await anyOrganization(writer)) return null
    const owner = await newMembers.addUser(writer, ownerEmail.split('@')[0] ?? 'owner', ownerEmail, true)
    const organization = await addRootOrganization(parts, writer, { name, slug: null }, owner, BY_SYSTEM)
    const { secret } = await createKey.issueFirst(writer, owner, organization.id, null, BY_SYSTEM)
    return { organizationId: organization.id, ownerSecret: secret }
  })
}
