import type { AccessControl } from '../access/access-control.ts'
import type { Caller } from '../audit/caller.ts'
import { forbidden, InputIssues } from '../kernel/errors.ts'
import { checkName, checkSlug } from '../kernel/text.ts'
import { findUser } from '../memberships/members.store.ts'
import type { OrganizationRow } from '../organizations/organization.entity.ts'
import type { Database } from '../persistence/database.ts'
import { addRootOrganization, type RootOrganizationParts } from './root-organization.ts'

export interface CreateOrganizationParts extends RootOrganizationParts {
  readonly database: Database
  readonly access: AccessControl
}

const onlyServerOwners = () =>
  forbidden(
    ['*:owner'],
    'Only a server-wide owner can create a root organization: set parentId, or ask a server owner.',
  )

/** Creates organizations. */
export class CreateOrganization {
  private readonly parts: CreateOrganizationParts

  constructor(parts: CreateOrganizationParts) {
    this.parts = parts
  }

  /**
   * Creates a sub-organization (requires members:manager in the parent) or a root organization (requires a server-wide owner,
   * who becomes its owner in the same transaction). Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT if the slug is taken,
   * LIMIT_REACHED if organizations are nested too deep.
   */
  async create(
    caller: Caller,
    input: {
      readonly name: string
      readonly slug?: string | null | undefined
      readonly parentId?: string | null | undefined
    },
  ): Promise<OrganizationRow> {
    const { database, access, newOrganizations } = this.parts
    const { principal, cause } = caller
    const parentId = input.parentId ?? null
    if (parentId !== null) await access.require(principal, 'manageOrganization', parentId)
    else if (!principal.serverOwner) throw onlyServerOwners()
    const issues = new InputIssues()
    const name = checkName(issues, 'name', input.name)
    const slug = input.slug == null ? null : checkSlug(issues, 'slug', input.slug)
    issues.throwIfAny()
    return database.write(async (writer) => {
      if (parentId !== null) return newOrganizations.add(writer, { name, slug, parentId }, cause)
      const owner = await findUser(writer, principal.id)
      if (owner === null) throw onlyServerOwners()
      return addRootOrganization(this.parts, writer, { name, slug }, owner, cause)
    })
  }
}
