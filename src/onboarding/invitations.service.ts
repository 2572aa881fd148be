import { randomBytes } from 'node:crypto'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { invitationRevoked, memberInvited } from '../audit/events/member-events.ts'
import { addSeconds, DAY } from '../kernel/duration.ts'
import { conflict, InputIssues, notFound } from '../kernel/errors.ts'
import type { Grant } from '../kernel/grants.ts'
import { checkId, newId } from '../kernel/ids.ts'
import { checkEmail } from '../kernel/text.ts'
import { hashInvitationToken } from '../memberships/invitation-token.ts'
import type { InvitationRow } from '../memberships/member.entity.ts'
import {
  findInvitation,
  insertInvitation,
  listOpenInvitations,
  revokeInvitation,
} from '../memberships/members.store.ts'
import type { MembershipRules } from '../memberships/membership-rules.ts'
import type { Database } from '../persistence/database.ts'
import { type InviterParts, inviterMayStillGrant } from './inviter.ts'

export interface InvitationsParts extends InviterParts {
  readonly database: Database
  readonly log: AuditLog
  readonly rules: MembershipRules
}

const INVITATION_LIFETIME = 7 * DAY

/** Invites people to organizations. */
export class InvitationsService {
  private readonly parts: InvitationsParts

  constructor(parts: InvitationsParts) {
    this.parts = parts
  }

  /**
   * Invites a person by e-mail address. The token is valid once, for seven days. Requires members:manager, and the invitation
   * grants at most the caller's own grants. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT if the person is a member.
   */
  async invite(
    caller: Caller,
    input: { readonly organizationId: string; readonly email: string; readonly grants: readonly Grant[] },
  ): Promise<{ invitation: InvitationRow; invitationToken: string }> {
    const { database, access, clock, log } = this.parts
    const { organizationId } = input
    await access.require(caller.principal, 'manageMembers', organizationId)
    const issues = new InputIssues()
    const email = checkEmail(issues, 'email', input.email)
    const grants = await this.parts.rules.checkMemberGrants(issues, organizationId, input.grants)
    issues.throwIfAny()
    await this.parts.rules.requireCovered(caller, organizationId, grants)
    const invitationToken = `kt_inv_${randomBytes(32).toString('base64url')}`
    const now = clock.now()
    const invitation: InvitationRow = {
      id: newId('invitation'),
      organizationId,
      email,
      grants,
      tokenHash: hashInvitationToken(invitationToken),
      invitedByKind: caller.cause.actor.kind,
      invitedById: caller.cause.actor.id,
      invitedWithKeyId: caller.principal.credential.keyId,
      createdAt: now,
      expiresAt: addSeconds(now, INVITATION_LIFETIME),
      acceptedAt: null,
      revokedAt: null,
    }
    return database.writeFor(organizationId, async (writer) => {
      await this.parts.rules.refuseMembers(writer, email, organizationId)
      await insertInvitation(writer, invitation)
      await log.append(writer, organizationId, caller.cause, memberInvited(invitation))
      return { invitation, invitationToken }
    })
  }

  /** Revokes an open invitation. Requires members:manager. Throws NOT_FOUND, FORBIDDEN, CONFLICT if it is not open. */
  async revoke(caller: Caller, id: string): Promise<InvitationRow> {
    const { database, access, clock, log } = this.parts
    checkId('invitation', id, 'id')
    const invitation = await database.read((reader) => findInvitation(reader, id))
    if (invitation === null) throw notFound('invitation')
    await access.require(caller.principal, 'manageMembers', invitation.organizationId, 'invitation')
    const now = clock.now()
    return database.writeFor(invitation.organizationId, async (writer) => {
      if (!(await revokeInvitation(writer, id, now)))
        throw conflict('This invitation has already been accepted or revoked.')
      await log.append(writer, invitation.organizationId, caller.cause, invitationRevoked(invitation))
      return { ...invitation, revokedAt: now }
    })
  }

  /** The open invitations of an organization, newest first. Requires members:manager. Throws NOT_FOUND, FORBIDDEN. */
  async listOpen(caller: Caller, organizationId: string): Promise<InvitationRow[]> {
    await this.parts.access.require(caller.principal, 'manageMembers', organizationId)
    return this.parts.database.read((reader) => listOpenInvitations(reader, organizationId))
  }

  /**
   * Whether the invitation can be accepted now: it has not expired, and the inviter may still give its grants. Requires
   * members:manager. Throws NOT_FOUND, FORBIDDEN.
   */
  async isAcceptable(caller: Caller, invitation: InvitationRow): Promise<boolean> {
    const { database, access, clock } = this.parts
    await access.require(caller.principal, 'manageMembers', invitation.organizationId, 'invitation')
    if (invitation.expiresAt <= clock.now()) return false
    return database.read((reader) => inviterMayStillGrant(this.parts, reader, invitation))
  }
}
