import type { AccessControl } from '../access/access-control.ts'
import type { Principal } from '../access/principal.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { memberUpdated } from '../audit/events/member-events.ts'
import { InputIssues, notFound } from '../kernel/errors.ts'
import { type Grant, missingGrants } from '../kernel/grants.ts'
import { encodeCursor, makePage, type Page, type PageArguments, parsePage } from '../kernel/page.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import { lockOrganization } from '../organizations/organizations.store.ts'
import type { Database } from '../persistence/database.ts'
import type { MemberRow, UserRow } from './member.entity.ts'
import {
  findMember,
  findUser,
  listMembershipsOf,
  memberPosition,
  pageOfMembers,
  updateGrants,
} from './members.store.ts'
import { isOwner, type MembershipRules } from './membership-rules.ts'

export interface MembersParts {
  readonly database: Database
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
  readonly log: AuditLog
  readonly rules: MembershipRules
}

/** A member of an organization or, if inherited, of one of its ancestors. */
export interface SeenMember {
  readonly member: MemberRow
  readonly inherited: boolean
}

/** Reads members and changes their grants. Joining and leaving are in src/onboarding. */
export class MembersService {
  private readonly parts: MembersParts

  constructor(parts: MembersParts) {
    this.parts = parts
  }

  /**
   * Replaces the grants of a member. Adds at most the caller's own grants. Requires members:manager, and an owner to change
   * an owner. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT for the last owner of a root organization.
   */
  async update(
    caller: Caller,
    input: { readonly memberId: string; readonly grants: readonly Grant[] },
  ): Promise<MemberRow> {
    const { database, log } = this.parts
    const seen = await this.parts.rules.requireManaged(caller, input.memberId)
    const issues = new InputIssues()
    const grants = await this.parts.rules.checkMemberGrants(issues, seen.organizationId, input.grants)
    issues.throwIfAny()
    return database.writeFor(seen.organizationId, async (writer) => {
      await lockOrganization(writer, seen.organizationId)
      const member = await findMember(writer, seen.id)
      if (member === null) throw notFound('member')
      const added = missingGrants(member.grants, grants)
      await this.parts.rules.requireCovered(caller, member.organizationId, added)
      if (isOwner(member.grants)) await this.parts.rules.requireOwner(caller, member.organizationId)
      if (isOwner(member.grants) && !isOwner(grants)) await this.parts.rules.refuseLastOwner(writer, member)
      await updateGrants(writer, member.id, grants)
      const user = await this.parts.rules.requireUser(writer, member.userId)
      const draft = memberUpdated(member, user, { from: member.grants, to: grants })
      await log.append(writer, member.organizationId, caller.cause, draft)
      return { ...member, grants }
    })
  }

  /**
   * The members of an organization and its ancestors, in the order of joining. Requires members:viewer. Throws
   * BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
   */
  async page(caller: Caller, organizationId: string, paging: PageArguments): Promise<Page<SeenMember>> {
    await this.parts.access.require(caller.principal, 'readMembers', organizationId)
    const request = parsePage('members', ['string', 'string'], paging)
    const path = (await this.parts.directory.findPath(organizationId)) ?? [organizationId]
    const rows = await this.parts.database.read((reader) => pageOfMembers(reader, path, request))
    const seen = rows.map((member) => ({ member, inherited: member.organizationId !== organizationId }))
    return makePage(request, seen, ({ member }) => encodeCursor('members', memberPosition(member)))
  }

  /**
   * A member, and the organization in which the caller may read it: the member's own, or a descendant that shows it as
   * inherited. Throws NOT_FOUND, FORBIDDEN.
   */
  async find({ principal }: Caller, id: string): Promise<SeenMember & { readonly seenFrom: string }> {
    const member = await this.parts.database.read((reader) => findMember(reader, id))
    if (member === null) throw notFound('member')
    const { organizationId } = member
    const seenFrom = await this.findReadableFrom(principal, [organizationId])
    if (seenFrom !== null) return { member, inherited: seenFrom !== organizationId, seenFrom }
    await this.parts.access.require(principal, 'readMembers', organizationId, 'member')
    throw notFound('member')
  }

  /** The caller's own e-mail address; null for an API key. */
  async emailOf(principal: Principal): Promise<string | null> {
    if (principal.kind !== 'USER') return null
    return (await this.parts.database.read((reader) => findUser(reader, principal.id)))?.email ?? null
  }

  /** A user, if the caller may read them. Throws NOT_FOUND. */
  async findUser({ principal }: Caller, id: string): Promise<UserRow> {
    const user = (await this.canReadUser(principal, id))
      ? await this.parts.database.read((reader) => findUser(reader, id))
      : null
    if (user === null) throw notFound('user')
    return user
  }

  /** Whether the caller is the user, or may read the members of an organization of the user or of its descendants. */
  async canReadUser(principal: Principal, userId: string): Promise<boolean> {
    if (principal.kind === 'USER' && principal.id === userId) return true
    const memberships = await this.parts.database.read((reader) => listMembershipsOf(reader, userId))
    const organizationIds = memberships.map(({ organizationId }) => organizationId)
    return (await this.findReadableFrom(principal, organizationIds)) !== null
  }

  /** The first of the organizations and their descendants whose members the principal may read; null if there is none. */
  private async findReadableFrom(principal: Principal, organizationIds: readonly string[]): Promise<string | null> {
    const { access, directory } = this.parts
    for (const id of organizationIds) if (await access.may(principal, 'readMembers', id)) return id
    // Descendants show the members of their ancestors as inherited.
    const held = principal.holdings.map(({ organizationId }) => organizationId)
    for (const id of principal.within === null ? held : [principal.within, ...held]) {
      const path = (await directory.findPath(id)) ?? []
      if (!organizationIds.some((above) => path.includes(above))) continue
      if (await access.may(principal, 'readMembers', id)) return id
    }
    return null
  }
}
