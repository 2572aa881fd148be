import { hash, randomBytes } from 'node:crypto'
import type { AccessControl } from '../access/access-control.ts'
import type { Principal } from '../access/principal.ts'
import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import {
  invitationEnded,
  invitationRevoked,
  memberInvited,
  memberJoined,
  memberRemoved,
  memberUpdated,
} from '../audit/events/member-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds, DAY } from '../kernel/duration.ts'
import { conflict, forbidden, InputIssues, notFound, unauthenticated } from '../kernel/errors.ts'
import { coversAll, formatGrant, type Grant, holds } from '../kernel/grants.ts'
import { checkId, newId } from '../kernel/ids.ts'
import { encodeCursor, makePage, type Page, type PageArguments, parsePage } from '../kernel/page.ts'
import { checkEmail, checkName } from '../kernel/text.ts'
import { checkGrants } from '../organizations/check-grants.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import { lockOrganization } from '../organizations/organizations.store.ts'
import type { Database, Reader, Writer } from '../persistence/database.ts'
import { type FindKeyHolder, inviterMayStillGrant } from './inviter.ts'
import type { InvitationRow, MemberRow, UserRow } from './member.entity.ts'
import {
  acceptInvitation,
  countOwners,
  deleteMember,
  findInvitation,
  findInvitationByHash,
  findMember,
  findMemberships,
  findUser,
  findUserByEmail,
  insertInvitation,
  insertMember,
  insertUser,
  listMembershipsOf,
  listOpenInvitations,
  memberPosition,
  pageOfMembers,
  revokeInvitation,
  revokeUsedInvitation,
  updateGrants,
} from './members.store.ts'

/** What happens to a member's personal access keys, in the transaction of the membership's own change. */
export interface MemberKeys<IssuedKey> {
  /** @param grants what the key is narrowed to */
  issueFirst(
    writer: Writer,
    user: UserRow,
    organizationId: string,
    grants: readonly Grant[],
    cause: Cause,
  ): Promise<IssuedKey>
  /** Revokes the keys that the membership carried; returns their ids. */
  revokeAll(writer: Writer, user: UserRow, organizationId: string, cause: Cause): Promise<string[]>
  /** Ids of the active API keys that the person created there or below. */
  listCreatedApiKeys(writer: Writer, user: UserRow, organizationId: string): Promise<string[]>
  readonly findHolder: FindKeyHolder
}

export interface MembersParts<IssuedKey> {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
  readonly log: AuditLog
  readonly keys: MemberKeys<IssuedKey>
  /** Whether an invitation is accepted by a sign-in at the identity provider with the invited address. */
  readonly acceptedBySignIn: boolean
}

const INVITATION_LIFETIME = 7 * DAY
const INVITATION_SHAPE = /^kt_inv_[A-Za-z0-9_-]{43}$/
const hashToken = (token: string): string => hash('sha256', token, 'hex')

const granted = (grants: readonly Grant[]): string[] => grants.map(formatGrant)
const isOwner = (grants: readonly Grant[]): boolean => holds(grants, '*', 'OWNER')

/** What the end of a membership did. */
export interface RemovedMember {
  readonly removedMemberId: string
  readonly revokedKeyIds: string[]
  readonly createdApiKeyIds: string[]
}

/** A member as seen from an organization: its own, or one of an organization above it. */
export interface SeenMember {
  readonly member: MemberRow
  readonly inherited: boolean
}

/** Who belongs to an organization, and what they may do there. */
export class MembersService<IssuedKey> {
  private readonly parts: MembersParts<IssuedKey>

  constructor(parts: MembersParts<IssuedKey>) {
    this.parts = parts
  }

  /** Makes a person an owner: of the first organization at the first start, of a root organization they create. */
  async addOwner(writer: Writer, user: UserRow, organizationId: string, cause: Cause): Promise<MemberRow> {
    return this.join(writer, user, organizationId, [{ module: '*', role: 'OWNER' }], cause)
  }

  /** Inserts a person who has no account yet. */
  async addUser(writer: Writer, name: string, email: string, serverOwner: boolean): Promise<UserRow> {
    const row = { id: newId('user'), name, email, serverOwner, createdAt: this.parts.clock.now() }
    await insertUser(writer, row)
    return row
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
    const grants = await this.checkMemberGrants(issues, organizationId, input.grants)
    issues.throwIfAny()
    await this.requireCovered(caller, organizationId, grants)
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
      await this.refuseMembers(writer, email, organizationId)
      await insertInvitation(writer, invitation)
      await log.append(writer, organizationId, caller.cause, memberInvited(invitation))
      return { invitation, invitationToken }
    })
  }

  /** Takes an open invitation back. Needs members:manager. Throws NOT_FOUND, FORBIDDEN, CONFLICT where it is not open. */
  async revokeInvitation(caller: Caller, id: string): Promise<InvitationRow> {
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
  async listOpenInvitations(caller: Caller, organizationId: string): Promise<InvitationRow[]> {
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
    const { database, clock, keys, acceptedBySignIn } = this.parts
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
      const known = await this.refuseMembers(writer, email, organizationId)
      const user = known ?? (await this.addUser(writer, name, email, false))
      const actor = { kind: 'USER' as const, id: user.id, name: user.name }
      const ownCause = { ...cause, actor }
      const member = await this.join(writer, user, organizationId, grants, ownCause)
      const firstKey = await keys.issueFirst(writer, user, organizationId, grants, ownCause)
      return { user, member, firstKey }
    })
    if (joined === null)
      throw conflict('Whoever invited you may no longer give these grants. Ask for a new invitation.')
    return joined
  }

  /**
   * Replaces a member's grants. Needs members:manager; nothing is added beyond the caller's own grants; an owner is
   * changed by owners alone, and never the last one. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT.
   */
  async update(
    caller: Caller,
    input: { readonly memberId: string; readonly grants: readonly Grant[] },
  ): Promise<MemberRow> {
    const { database, log } = this.parts
    const seen = await this.requireManaged(caller, input.memberId)
    const issues = new InputIssues()
    const grants = await this.checkMemberGrants(issues, seen.organizationId, input.grants)
    issues.throwIfAny()
    return database.write(async (writer) => {
      await lockOrganization(writer, seen.organizationId)
      const member = await findMember(writer, seen.id)
      if (member === null) throw notFound('member')
      const added = grants.filter((grant) => !coversAll(member.grants, [grant]))
      await this.requireCovered(caller, member.organizationId, added)
      if (isOwner(member.grants)) await this.requireOwner(caller, member.organizationId)
      if (isOwner(member.grants) && !isOwner(grants)) await this.refuseLastOwner(writer, member)
      await updateGrants(writer, member.id, grants)
      const user = await this.requireUser(writer, member.userId)
      const draft = memberUpdated(member, user, { from: member.grants, to: grants })
      await log.append(writer, member.organizationId, caller.cause, draft)
      return { ...member, grants }
    })
  }

  /**
   * Ends a membership and revokes the personal access keys that it carried, in one transaction. API keys that the member
   * created stay active; the answer lists them. Needs members:manager; an
   * owner is removed by owners alone, and never the last one. Throws NOT_FOUND, FORBIDDEN, CONFLICT.
   */
  async remove(caller: Caller, memberId: string): Promise<RemovedMember> {
    const { database, log, keys } = this.parts
    const seen = await this.requireManaged(caller, memberId)
    return database.write(async (writer) => {
      await lockOrganization(writer, seen.organizationId)
      const member = await findMember(writer, seen.id)
      if (member === null) throw notFound('member')
      if (isOwner(member.grants)) {
        await this.requireOwner(caller, member.organizationId)
        await this.refuseLastOwner(writer, member)
      }
      if (!(await deleteMember(writer, member.id))) throw notFound('member')
      const user = await this.requireUser(writer, member.userId)
      const revokedKeyIds = await keys.revokeAll(writer, user, member.organizationId, caller.cause)
      const createdApiKeyIds = await keys.listCreatedApiKeys(writer, user, member.organizationId)
      const removed = memberRemoved(member, user, revokedKeyIds, createdApiKeyIds.length)
      await log.append(writer, member.organizationId, caller.cause, removed)
      return { removedMemberId: member.id, revokedKeyIds, createdApiKeyIds }
    })
  }

  /**
   * Members in the order in which they joined, those of the organizations above included. Needs members:viewer.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
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
   * A member, and the organization through which the caller may read it: the member's own, or one below that shows it as
   * inherited. Throws NOT_FOUND, FORBIDDEN.
   */
  async find({ principal }: Caller, id: string): Promise<SeenMember & { readonly seenFrom: string }> {
    const member = await this.parts.database.read((reader) => findMember(reader, id))
    if (member === null) throw notFound('member')
    const { organizationId } = member
    const seenFrom = await this.readsMembersOf(principal, [organizationId])
    if (seenFrom !== null) return { member, inherited: seenFrom !== organizationId, seenFrom }
    await this.parts.access.require(principal, 'readMembers', organizationId, 'member')
    throw notFound('member')
  }

  /** A user whom the caller may read. Throws NOT_FOUND. */
  async findUser({ principal }: Caller, id: string): Promise<UserRow> {
    const user = (await this.mayMeet(principal, id))
      ? await this.parts.database.read((reader) => findUser(reader, id))
      : null
    if (user === null) throw notFound('user')
    return user
  }

  /** Whether somebody is the user, or may read the members of an organization that the user belongs to or is inherited in. */
  async mayMeet(principal: Principal, userId: string): Promise<boolean> {
    if (principal.kind === 'USER' && principal.id === userId) return true
    const memberships = await this.parts.database.read((reader) => listMembershipsOf(reader, userId))
    const organizationIds = memberships.map(({ organizationId }) => organizationId)
    return (await this.readsMembersOf(principal, organizationIds)) !== null
  }

  /** An organization whose members somebody may read: one of those, or one below them; null where there is none. */
  private async readsMembersOf(principal: Principal, organizationIds: readonly string[]): Promise<string | null> {
    const { access, directory } = this.parts
    for (const id of organizationIds) if (await access.may(principal, 'readMembers', id)) return id
    // A member of an organization above is shown, as inherited, to those who read the members below.
    const held = principal.holdings.map(({ organizationId }) => organizationId)
    for (const id of principal.within === null ? held : [principal.within, ...held]) {
      const path = (await directory.findPath(id)) ?? []
      if (!organizationIds.some((above) => path.includes(above))) continue
      if (await access.may(principal, 'readMembers', id)) return id
    }
    return null
  }

  private mayStillGrant(reader: Reader, invitation: InvitationRow): Promise<boolean> {
    const { access, keys } = this.parts
    return inviterMayStillGrant(access, reader, invitation, (from, keyId) => keys.findHolder(from, keyId))
  }

  private async endInvitation(writer: Writer, invitation: InvitationRow, cause: Cause, now: Date): Promise<void> {
    await revokeUsedInvitation(writer, invitation.id, now)
    await this.parts.log.append(writer, invitation.organizationId, cause, invitationEnded(invitation))
  }

  private async join(
    writer: Writer,
    user: UserRow,
    organizationId: string,
    grants: readonly Grant[],
    cause: Cause,
  ): Promise<MemberRow> {
    const member = { id: newId('member'), organizationId, userId: user.id, grants, joinedAt: this.parts.clock.now() }
    await insertMember(writer, member)
    await this.parts.log.append(writer, organizationId, cause, memberJoined(member, user))
    return member
  }

  private async checkMemberGrants(issues: InputIssues, organizationId: string, grants: readonly Grant[]) {
    const { database, directory } = this.parts
    const modules = await database.read((reader) => directory.moduleNames(reader, organizationId))
    return checkGrants(issues, 'grants', grants, modules, 'member')
  }

  private async requireCovered(caller: Caller, organizationId: string, grants: readonly Grant[]): Promise<void> {
    const own = await this.parts.access.grantsIn(caller.principal, organizationId)
    const missing = grants.filter((grant) => !coversAll(own, [grant]))
    if (missing.length > 0)
      throw forbidden(granted(missing), `Nobody grants more than they hold: you lack ${granted(missing).join(', ')}.`)
  }

  private async requireOwner(caller: Caller, organizationId: string): Promise<void> {
    if (!isOwner(await this.parts.access.grantsIn(caller.principal, organizationId)))
      throw forbidden(['*:owner'], 'Only an owner changes or removes an owner.')
  }

  private async requireManaged(caller: Caller, memberId: string): Promise<MemberRow> {
    checkId('member', memberId, 'memberId')
    const member = await this.parts.database.read((reader) => findMember(reader, memberId))
    if (member === null) throw notFound('member')
    await this.parts.access.require(caller.principal, 'manageMembers', member.organizationId, 'member')
    return member
  }

  /** Owners of a sub-organization may all go: those above it remain. */
  private async refuseLastOwner(writer: Writer, member: MemberRow): Promise<void> {
    const path = await this.parts.directory.findPath(member.organizationId, writer)
    if (path?.length === 1 && (await countOwners(writer, member.organizationId)) <= 1)
      throw conflict('An organization keeps at least one owner: make somebody else an owner first.')
  }

  /** The person with that address, if they have an account; CONFLICT where they belong to the organization already. */
  private async refuseMembers(writer: Writer, email: string, organizationId: string): Promise<UserRow | null> {
    const user = await findUserByEmail(writer, email)
    if (user === null) return null
    const path = (await this.parts.directory.findPath(organizationId, writer)) ?? [organizationId]
    const [membership] = await findMemberships(writer, user.id, path)
    if (membership !== undefined) throw conflict('This person already is a member, here or in an organization above.')
    return user
  }

  private async requireUser(writer: Writer, id: string): Promise<UserRow> {
    const user = await findUser(writer, id)
    if (user === null) throw new Error(`A membership names user ${id}, who does not exist.`)
    return user
  }
}
