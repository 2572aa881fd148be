import { hash, randomBytes } from 'node:crypto'
import type { AccessControl } from '../access/access-control.ts'
import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { invitationEnded, invitationRevoked, memberInvited } from '../audit/events/member-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds, DAY } from '../kernel/duration.ts'
import { conflict, forbidden, InputIssues, notFound, unauthenticated } from '../kernel/errors.ts'
import type { Grant } from '../kernel/grants.ts'
import { checkId, newId } from '../kernel/ids.ts'
import { checkEmail, checkName } from '../kernel/text.ts'
import type { CreateKey, IssuedKey } from '../keys/lifecycle/create-key.ts'
import type { KeyFactsMemory } from '../keys/verification/key-facts.ts'
import type { InvitationRow, MemberRow, UserRow } from '../memberships/member.entity.ts'
import {
  acceptInvitation,
  findInvitation,
  findInvitationByHash,
  insertInvitation,
  listOpenInvitations,
  revokeInvitation,
  revokeUsedInvitation,
} from '../memberships/members.store.ts'
import type { MembershipRules } from '../memberships/membership-rules.ts'
import type { NewMembers } from '../memberships/new-members.ts'
import type { Database, Reader, Writer } from '../persistence/database.ts'
import { inviterMayStillGrant } from './inviter.ts'

export interface InvitationsParts {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly log: AuditLog
  readonly rules: MembershipRules
  readonly newMembers: NewMembers
  readonly createKey: CreateKey
  readonly memory: KeyFactsMemory
  /** Whether an invitation is accepted by a sign-in at the identity provider with the invited address. */
  readonly acceptedBySignIn: boolean
}

const INVITATION_LIFETIME = 7 * DAY
const INVITATION_SHAPE = /^kt_inv_[A-Za-z0-9_-]{43}$/
const hashToken = (token: string): string => hash('sha256', token, 'hex')

/** Invites people, and lets them join. */
export class InvitationsService {
  private readonly parts: InvitationsParts

  constructor(parts: InvitationsParts) {
    this.parts = parts
  }

  /**
   * Invites somebody by e-mail. The token is for them alone, good once, for seven days. Needs members:manager, and grants
   * at most the caller's own. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, and CONFLICT where they are a member already.
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
      tokenHash: hashToken(invitationToken),
      invitedByKind: caller.cause.actor.kind,
      invitedById: caller.cause.actor.id,
      invitedWithKeyId: caller.principal.credential.keyId,
      createdAt: now,
      expiresAt: addSeconds(now, INVITATION_LIFETIME),
      acceptedAt: null,
      revokedAt: null,
    }
    return database.write(async (writer) => {
      await this.parts.rules.refuseMembers(writer, email, organizationId)
      await insertInvitation(writer, invitation)
      await log.append(writer, organizationId, caller.cause, memberInvited(invitation))
      return { invitation, invitationToken }
    })
  }

  /** Takes an open invitation back. Needs members:manager. Throws NOT_FOUND, FORBIDDEN, CONFLICT where it is not open. */
  async revoke(caller: Caller, id: string): Promise<InvitationRow> {
    const { database, access, clock, log } = this.parts
    checkId('invitation', id, 'id')
    const invitation = await database.read((reader) => findInvitation(reader, id))
    if (invitation === null) throw notFound('invitation')
    await access.require(caller.principal, 'manageMembers', invitation.organizationId, 'invitation')
    const now = clock.now()
    return database.write(async (writer) => {
      if (!(await revokeInvitation(writer, id, now)))
        throw conflict('This invitation has been accepted or taken back already.')
      await log.append(writer, invitation.organizationId, caller.cause, invitationRevoked(invitation))
      return { ...invitation, revokedAt: now }
    })
  }

  /** Invitations that are open, newest first. Needs members:manager. Throws NOT_FOUND, FORBIDDEN. */
  async listOpen(caller: Caller, organizationId: string): Promise<InvitationRow[]> {
    await this.parts.access.require(caller.principal, 'manageMembers', organizationId)
    return this.parts.database.read((reader) => listOpenInvitations(reader, organizationId))
  }

  /**
   * Whether accepting the invitation works now: it is open, and its inviter may still give its grants. Needs
   * members:manager. Throws NOT_FOUND, FORBIDDEN.
   */
  async isAcceptable(caller: Caller, invitation: InvitationRow): Promise<boolean> {
    const { database, access, clock } = this.parts
    await access.require(caller.principal, 'manageMembers', invitation.organizationId, 'invitation')
    if (invitation.expiresAt <= clock.now()) return false
    return database.read((reader) => this.mayStillGrant(reader, invitation))
  }

  /**
   * Turns an invitation into a membership, and issues the member's first personal access key. The key is narrowed to the
   * invitation's grants: the token proves that its bearer received an invitation, not that they are the invited person.
   * With an identity provider only a sign-in with the invited address accepts it. An invitation whose inviter may no
   * longer give its grants ends here, with an event.
   * Throws BAD_USER_INPUT for a malformed token, UNAUTHENTICATED without a sign-in, FORBIDDEN after one with another
   * address, NOT_FOUND where no invitation is open, and CONFLICT where it has ended with its inviter's right.
   *
   * @param verifiedEmail the address that the identity provider verified; null without a sign-in
   */
  async accept(
    cause: Cause,
    input: { readonly invitationToken: string; readonly name: string },
    verifiedEmail: string | null,
  ): Promise<{ user: UserRow; member: MemberRow; firstKey: IssuedKey }> {
    const { database, clock, createKey, acceptedBySignIn } = this.parts
    const issues = new InputIssues()
    const name = checkName(issues, 'name', input.name)
    if (!INVITATION_SHAPE.test(input.invitationToken))
      issues.add('invitationToken', 'is no invitation token: take the whole text that you were sent')
    issues.throwIfAny()
    if (acceptedBySignIn && verifiedEmail === null)
      throw unauthenticated('Sign in at the identity provider with the invited e-mail address to accept an invitation.')
    const joined = await database.write(async (writer) => {
      const now = clock.now()
      const invitation = await findInvitationByHash(writer, hashToken(input.invitationToken))
      if (invitation === null || invitation.expiresAt <= now) throw notFound('open invitation')
      if (acceptedBySignIn && verifiedEmail !== invitation.email)
        throw forbidden([], 'This invitation is for another e-mail address than the one that you signed in with.')
      if (!(await acceptInvitation(writer, invitation.id, now))) throw notFound('open invitation')
      if (!(await this.mayStillGrant(writer, invitation))) {
        await this.endInvitation(writer, invitation, cause, now)
        return null
      }
      const { organizationId, email, grants } = invitation
      const known = await this.parts.rules.refuseMembers(writer, email, organizationId)
      const user = known ?? (await this.parts.newMembers.addUser(writer, name, email, false))
      const actor = { kind: 'USER' as const, id: user.id, name: user.name }
      const ownCause = { ...cause, actor }
      const member = await this.parts.newMembers.add(writer, user, organizationId, grants, ownCause)
      const firstKey = await createKey.issueFirst(writer, user, organizationId, grants, ownCause)
      return { user, member, firstKey }
    })
    if (joined === null)
      throw conflict('Whoever invited you may no longer give these grants. Ask for a new invitation.')
    return joined
  }

  private mayStillGrant(reader: Reader, invitation: InvitationRow): Promise<boolean> {
    return inviterMayStillGrant(this.parts, reader, invitation)
  }

  private async endInvitation(writer: Writer, invitation: InvitationRow, cause: Cause, now: Date): Promise<void> {
    await revokeUsedInvitation(writer, invitation.id, now)
    await this.parts.log.append(writer, invitation.organizationId, cause, invitationEnded(invitation))
  }
}
