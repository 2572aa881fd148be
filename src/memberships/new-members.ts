import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { memberJoined } from '../audit/events/member-events.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Grant } from '../kernel/grants.ts'
import { newId } from '../kernel/ids.ts'
import type { Writer } from '../persistence/database.ts'
import type { MemberRow, UserRow } from './member.entity.ts'
import { findUser, insertMember, insertUser } from './members.store.ts'

/** Adds people and memberships, in the transaction of the use case that has checked that they may join. */
export class NewMembers {
  private readonly clock: Clock
  private readonly log: AuditLog

  constructor(clock: Clock, log: AuditLog) {
    this.clock = clock
    this.log = log
  }

  /** Makes a person an owner: of the first organization at the first start, of a root organization they create. */
  async addOwner(writer: Writer, user: UserRow, organizationId: string, cause: Cause): Promise<MemberRow> {
    return this.add(writer, user, organizationId, [{ module: '*', role: 'OWNER' }], cause)
  }

  /** Inserts a person who has no account yet. */
  async addUser(writer: Writer, name: string, email: string, serverOwner: boolean): Promise<UserRow> {
    const row = { id: newId('user'), name, email, serverOwner, createdAt: this.clock.now() }
    await insertUser(writer, row)
    return row
  }

  /** Makes the person who creates a root organization its owner. */
  async addFounder(writer: Writer, organizationId: string, { principal, cause }: Caller): Promise<void> {
    const user = await findUser(writer, principal.id)
    if (user !== null) await this.addOwner(writer, user, organizationId, cause)
  }

  /** Makes a person a member, with its event. */
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
