import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { memberJoined } from '../audit/events/member-events.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Grant } from '../kernel/grants.ts'
import { newId } from '../kernel/ids.ts'
import type { Writer } from '../persistence/database.ts'
import type { MemberRow, UserRow } from './member.entity.ts'
import { insertMember, insertUser } from './members.store.ts'

/** Adds people and memberships inside the transaction of the use case that has checked the caller. */
export class NewMembers {
  private readonly clock: Clock
  private readonly log: AuditLog

  constructor(clock: Clock, log: AuditLog) {
    this.clock = clock
    this.log = log
  }

  /** Adds a person to an organization as its owner, with the event. */
  async addOwner(writer: Writer, user: UserRow, organizationId: string, cause: Cause): Promise<MemberRow> {
    return this.add(writer, user, organizationId, [{ module: '*', role: 'OWNER' }], cause)
  }

  /** Adds a person without an account. */
  async addUser(writer: Writer, name: string, email: string, serverOwner: boolean): Promise<UserRow> {
    const row = { id: newId('user'), name, email, serverOwner, createdAt: this.clock.now() }
    await insertUser(writer, row)
    return row
  }

  /** Adds a person to an organization as a member, with the event. */
  async add(
    writer: Writer,
    user: UserRow,
    organizationId: string,
    grants: readonly Grant[],
    cause: Cause,
  ): Promise<MemberRow> {
    const member = { id: newId('member'), organizationId, userId: user.id, grants, joinedAt: this.clock.now() }
    await insertMember(writer, member)
    await this.log.append(writer, organizationId, cause, memberJoined(member, user))
    return member
  }
}
