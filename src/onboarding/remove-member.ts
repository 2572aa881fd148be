import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { memberRemoved } from '../audit/events/member-events.ts'
import { notFound } from '../kernel/errors.ts'
import type { RevokeMemberKeys } from '../keys/lifecycle/revoke-member-keys.ts'
import { deleteMember, findMember } from '../memberships/members.store.ts'
import { isOwner, type MembershipRules } from '../memberships/membership-rules.ts'
import { lockOrganization } from '../organizations/organizations.store.ts'
import type { Database } from '../persistence/database.ts'

export interface RemoveMemberParts {
  readonly database: Database
  readonly log: AuditLog
  readonly rules: MembershipRules
  readonly revokeMemberKeys: RevokeMemberKeys
}

/** The effects of removing a member. */
export interface RemovedMember {
  readonly removedMemberId: string
  readonly revokedKeyIds: string[]
  readonly createdApiKeyIds: string[]
}

/** Removes members, with the personal access keys of their memberships. */
export class RemoveMember {
  private readonly parts: RemoveMemberParts

  constructor(parts: RemoveMemberParts) {
    this.parts = parts
  }

  /**
   * Removes a member and revokes the personal access keys of the membership, in one transaction. API keys that the member
   * created stay active; the result lists them. Requires members:manager, and an owner to remove an owner. Throws NOT_FOUND,
   * FORBIDDEN, CONFLICT for the last owner of a root organization.
   */
  async remove(caller: Caller, memberId: string): Promise<RemovedMember> {
    const { database, log, rules, revokeMemberKeys } = this.parts
    const seen = await rules.requireManaged(caller, memberId)
    return database.writeFor(seen.organizationId, async (writer) => {
      await lockOrganization(writer, seen.organizationId)
      const member = await findMember(writer, seen.id)
      if (member === null) throw notFound('member')
      if (isOwner(member.grants)) {
        await rules.requireOwner(caller, member.organizationId)
        await rules.refuseLastOwner(writer, member)
      }
      if (!(await deleteMember(writer, member.id))) throw notFound('member')
      const user = await rules.requireUser(writer, member.userId)
      const revokedKeyIds = await revokeMemberKeys.revoke(writer, user, member.organizationId, caller.cause)
      const createdApiKeyIds = await revokeMemberKeys.listCreatedBy(writer, user, member.organizationId)
      const removed = memberRemoved(member, user, revokedKeyIds, createdApiKeyIds.length)
      await log.append(writer, member.organizationId, caller.cause, removed)
      return { removedMemberId: member.id, revokedKeyIds, createdApiKeyIds }
    })
  }
}
