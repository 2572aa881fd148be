import { appearsIn } from '../../audit/audit.store.ts'
import { kindOfId } from '../../kernel/ids.ts'
import { findMemberships } from '../../memberships/members.store.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import type { Database } from '../../persistence/database.ts'
import { findKey } from '../keys.store.ts'

/**
 * Whether an id is known in an organization: it appears in its audit log, or it is a member or a key of the organization or
 * of an ancestor. An unknown id in a filter is NOT_FOUND, like the id of another tenant.
 */
export const isKnownId = async (
  { database, directory }: { readonly database: Database; readonly directory: OrganizationDirectory },
  organizationId: string,
  id: string,
): Promise<boolean> => {
  const path = (await directory.findPath(organizationId)) ?? []
  return database.read(async (reader) => {
    if (await appearsIn(reader, organizationId, id)) return true
    switch (kindOfId(id)) {
      case 'user':
        return (await findMemberships(reader, id, path)).length > 0
      case 'key':
        return path.includes((await findKey(reader, id))?.organizationId ?? '')
      default:
        return false
    }
  })
}
