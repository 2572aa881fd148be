import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { memberRemoved } from '../audit/events/member-events.ts'
import { notFound } from '../kernel/errors.ts'
import type { RevokeKey } from '../keys/lifecycle/revoke-key.ts'
import { deleteMember, findMember } from '../memberships/members.store.ts'
import { isOwner, type MembershipRules } from '../memberships/membership-rules.ts'
import { lockOrganization } from '../organizations/organizations.store.ts'
import type { Database } from '../persistence/database.ts'

export interface RemoveMemberParts {
  readonly database: Database
  readonly log: AuditLog
  readonly rules: MembershipRules
  readonly revokeKey: RevokeKey
}

/** What the end of a membership did. */
export interface RemovedMember {
  readonly removedMemberId: string
  readonly revokedKeyIds: string[]
  readonly createdApiKeyIds: string[]
}

/** Removes members, with the keys that their memberships carried. */
export class RemoveMember {
  private readonly parts: RemoveMemberParts

  constructor(parts: RemoveMemberParts) {
    this.parts = parts
  }

  /**
   * Ends a membership and revokes the personal access keys that it carried, in one transaction. API keys that the member
   * created stay active; the answer lists them. Needs members:manager; an
   * owner is removed by owners alone, and never the last one. Throws NOT_FOUND, FORBIDDEN, CONFLICT.
   */
  async remove(caller: Caller, memberId: string): Promise<RemovedMember> {
    const { database, log, rules, revokeKey } = this.parts
    const seen = await rules.requireManaged(caller, memberId)
    return database.write(async (writer) => {
      await lockOrganization(writer, seen.organizationId)
      const member = await findMember(writer, seen.id)
      if (member === null) throw notFound('member')
      if (isOwner(member.grants)) {
        await rules.requireOwner(caller, member.organizationId)
        await rules.refuseLastOwner(writer, member)
      }
      if (!(await deleteMember(writer, member.id))) throw notFound('member')
      const user = await rules.requireUser(writer, member.userId)
      const revokedKeyIds = await revokeKey.revokeOfMember(writer, user, member.organizationId, caller.cause)
      const createdApiKeyIds = await revokeKey.listCreatedBy(writer, user, member.organizationId)
      const removed = memberRemoved(member, user, revokedKeyIds, createdApiKeyIds.length)
      await log.append(writer, member.organizationId, caller.cause, removed)
      return { removedMemberId: member.id, revokedKeyIds, createdApiKeyIds }
    })
  }
}
