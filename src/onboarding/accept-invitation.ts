import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { invitationEnded } from '../audit/events/member-events.ts'
import { conflict, forbidden, InputIssues, notFound, unauthenticated } from '../kernel/errors.ts'
import { checkName } from '../kernel/text.ts'
import type { CreateKey } from '../keys/lifecycle/create-key.ts'
import type { IssuedKey } from '../keys/lifecycle/make-secret.ts'
import { hashInvitationToken, INVITATION_TOKEN_SHAPE } from '../memberships/invitation-token.ts'
import type { InvitationRow, MemberRow, UserRow } from '../memberships/member.entity.ts'
import { acceptInvitation, findInvitationByHash, revokeUsedInvitation } from '../memberships/members.store.ts'
import type { MembershipRules } from '../memberships/membership-rules.ts'
import type { NewMembers } from '../memberships/new-members.ts'
import type { Database, Writer } from '../persistence/database.ts'
import { type InviterParts, inviterMayStillGrant } from './inviter.ts'

export interface AcceptInvitationParts extends InviterParts {
  readonly database: Database
  readonly log: AuditLog
  readonly rules: MembershipRules
  readonly newMembers: NewMembers
  readonly createKey: CreateKey
  /** Whether accepting requires a sign-in at the identity provider with the invited address. */
  readonly acceptedBySignIn: boolean
}

/** A person who accepted an invitation, with their membership and their first key. */
export interface Joined {
  readonly user: UserRow
  readonly member: MemberRow
  readonly firstKey: IssuedKey
}

/** Accepts invitations. */
export class AcceptInvitation {
  private readonly parts: AcceptInvitationParts

  constructor(parts: AcceptInvitationParts) {
    this.parts = parts
  }

  /**
   * Creates the membership of an invitation, and the member's first personal access key, narrowed to the invitation's grants.
   * With an identity provider, only a sign-in with the invited address can accept. If the inviter may no longer give the
   * grants, the invitation is revoked, with an event.
   * Throws BAD_USER_INPUT for a malformed token, UNAUTHENTICATED without a sign-in, FORBIDDEN after a sign-in with another
   * address, NOT_FOUND if no such invitation is open, CONFLICT if the inviter has lost the right.
   *
   * @param verifiedEmail the address that the identity provider verified; null without a sign-in
   */
  async accept(
    cause: Cause,
    input: { readonly invitationToken: string; readonly name: string },
    verifiedEmail: string | null,
  ): Promise<Joined> {
    const issues = new InputIssues()
    const name = checkName(issues, 'name', input.name)
    if (!INVITATION_TOKEN_SHAPE.test(input.invitationToken))
      issues.add('invitationToken', 'must be a complete invitation token, which starts with kt_inv_')
    issues.throwIfAny()
    if (this.parts.acceptedBySignIn && verifiedEmail === null)
      throw unauthenticated(
        'MISSING',
        'Sign in at the identity provider with the invited e-mail address to accept an invitation.',
      )
    const { database } = this.parts
    // Without a transaction: anybody can send a text of this form.
    const hash = hashInvitationToken(input.invitationToken)
    const known = await database.read((reader) => findInvitationByHash(reader, hash))
    if (known === null) throw notFound('open invitation')
    const joined = await database.writeFor(known.organizationId, async (writer) => {
      const invitation = await this.use(writer, input.invitationToken, verifiedEmail)
      if (await inviterMayStillGrant(this.parts, writer, invitation)) return this.join(writer, invitation, name, cause)
      await this.end(writer, invitation, cause)
      return null
    })
    if (joined === null) throw conflict('Your inviter may no longer give these grants. Ask for a new invitation.')
    return joined
  }

  /** Marks the open invitation as accepted. Throws FORBIDDEN, NOT_FOUND. */
  private async use(writer: Writer, token: string, verifiedEmail: string | null): Promise<InvitationRow> {
    const { clock, acceptedBySignIn } = this.parts
    const now = clock.now()
    const invitation = await findInvitationByHash(writer, hashInvitationToken(token))
    if (invitation === null || invitation.expiresAt <= now) throw notFound('open invitation')
    if (acceptedBySignIn && verifiedEmail !== invitation.email)
      throw forbidden([], 'This invitation is for an e-mail address other than the one that you signed in with.')
    if (!(await acceptInvitation(writer, invitation.id, now))) throw notFound('open invitation')
    return invitation
  }

  private async join(writer: Writer, invitation: InvitationRow, name: string, cause: Cause): Promise<Joined> {
    const { rules, newMembers, createKey } = this.parts
    const { organizationId, email, grants } = invitation
    const account = await rules.refuseMembers(writer, email, organizationId)
    const user = account ?? (await newMembers.addUser(writer, name, email, false))
    const ownCause = { ...cause, actor: { kind: 'USER' as const, id: user.id, name: user.name } }
    const member = await newMembers.add(writer, user, organizationId, grants, ownCause)
    const firstKey = await createKey.issueFirst(writer, user, organizationId, grants, ownCause)
    return { user, member, firstKey }
  }

  private async end(writer: Writer, invitation: InvitationRow, cause: Cause): Promise<void> {
    const { clock, log } = this.parts
    await revokeUsedInvitation(writer, invitation.id, clock.now())
    await log.append(writer, invitation.organizationId, cause, invitationEnded(invitation))
  }
}
