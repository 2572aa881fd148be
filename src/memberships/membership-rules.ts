import type { AccessControl } from '../access/access-control.ts'
import type { Caller } from '../audit/caller.ts'
import { conflict, forbidden, type InputIssues, notFound } from '../kernel/errors.ts'
import { formatGrant, type Grant, holds, missingGrants } from '../kernel/grants.ts'
import { checkId } from '../kernel/ids.ts'
import { checkGrants } from '../organizations/check-grants.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Database, Reader, Writer } from '../persistence/database.ts'
import type { MemberRow, UserRow } from './member.entity.ts'
import { countOwners, findMember, findMemberships, findUser, findUserByEmail } from './members.store.ts'

export interface MembershipRulesParts {
  readonly database: Database
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
}

const granted = (grants: readonly Grant[]): string[] => grants.map(formatGrant)
export const isOwner = (grants: readonly Grant[]): boolean => holds(grants, '*', 'OWNER')

/** Rules for adding, changing and removing members, shared by these use cases. */
export class MembershipRules {
  private readonly parts: MembershipRulesParts

  constructor(parts: MembershipRulesParts) {
    this.parts = parts
  }

  /** Normalizes the grants of a member for storage. Adds an issue for each invalid grant. */
  async checkMemberGrants(issues: InputIssues, organizationId: string, grants: readonly Grant[]) {
    const { database, directory } = this.parts
    const modules = await database.read((reader) => directory.moduleNames(reader, organizationId))
    return checkGrants(issues, 'grants', grants, modules, 'member')
  }

  /** Throws FORBIDDEN if the caller does not hold the grants. */
  async requireCovered(caller: Caller, organizationId: string, grants: readonly Grant[]): Promise<void> {
    const own = await this.parts.access.grantsIn(caller.principal, organizationId)
    const missing = missingGrants(own, grants)
    if (missing.length > 0)
      throw forbidden(granted(missing), `You can grant only what you hold. You lack ${granted(missing).join(', ')}.`)
  }

  /** Throws FORBIDDEN if the caller is not an owner of the organization. */
  async requireOwner(caller: Caller, organizationId: string): Promise<void> {
    if (!isOwner(await this.parts.access.grantsIn(caller.principal, organizationId)))
      throw forbidden(['*:owner'], 'Only an owner can change or remove an owner.')
  }

  /** A member that the caller may manage. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN. */
  async requireManaged(caller: Caller, memberId: string): Promise<MemberRow> {
    checkId('member', memberId, 'memberId')
    const member = await this.parts.database.read((reader) => findMember(reader, memberId))
    if (member === null) throw notFound('member')
    await this.parts.access.require(caller.principal, 'manageMembers', member.organizationId, 'member')
    return member
  }

  /** Throws CONFLICT for the last owner of a root organization. A sub-organization has the owners of its ancestors. */
  async refuseLastOwner(writer: Writer, member: MemberRow): Promise<void> {
    const path = await this.parts.directory.findPath(member.organizationId, writer)
    if (path?.length === 1 && (await countOwners(writer, member.organizationId)) <= 1)
      throw conflict('A root organization must have at least one owner. Make another member an owner first.')
  }

  /** The user with the address, or null. Throws CONFLICT if they are a member of the organization or an ancestor. */
  async refuseMembers(writer: Writer, email: string, organizationId: string): Promise<UserRow | null> {
    const user = await findUserByEmail(writer, email)
    if (user === null) return null
    const path = (await this.parts.directory.findPath(organizationId, writer)) ?? [organizationId]
    const [membership] = await findMemberships(writer, user.id, path)
    if (membership !== undefined)
      throw conflict('This person is already a member of the organization or of one of its ancestors.')
    return user
  }

  /** The user of a membership. */
  async requireUser(reader: Reader, id: string): Promise<UserRow> {
    const user = await findUser(reader, id)
    if (user === null) throw new Error(`A membership refers to user ${id}, which does not exist.`)
    return user
  }
}
