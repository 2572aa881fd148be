import { In, IsNull } from 'typeorm'
import { holds } from '../kernel/grants.ts'
import type { CursorValue, PageRequest } from '../kernel/page.ts'
import { anyOf } from '../persistence/any-of.ts'
import { instantText } from '../kernel/instant.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import {
  InvitationEntity,
  type InvitationRow,
  MemberEntity,
  type MemberRow,
  UserEntity,
  type UserRow,
} from './member.entity.ts'

export const findUser = (reader: Reader, id: string): Promise<UserRow | null> =>
  reader.manager.findOneBy(UserEntity, { id })

export const findUsers = (reader: Reader, ids: readonly string[]): Promise<UserRow[]> =>
  reader.manager.findBy(UserEntity, { id: In([...ids]) })

export const findUserByEmail = (reader: Reader, email: string): Promise<UserRow | null> =>
  reader.manager.findOneBy(UserEntity, { email })

/** The owner that the first start created. */
export const findServerOwner = (reader: Reader): Promise<UserRow | null> =>
  reader.manager.findOne(UserEntity, { where: { serverOwner: true }, order: { createdAt: 'ASC', id: 'ASC' } })

export const insertUser = async (writer: Writer, row: UserRow): Promise<void> => {
  await writer.manager.insert(UserEntity, row)
}

export const findMember = (reader: Reader, id: string): Promise<MemberRow | null> =>
  reader.manager.findOneBy(MemberEntity, { id })

/** The memberships of a user in all organizations. */
export const listMembershipsOf = (reader: Reader, userId: string): Promise<MemberRow[]> =>
  reader.manager.findBy(MemberEntity, { userId })

export const listMembershipsOfAll = (reader: Reader, userIds: readonly string[]): Promise<MemberRow[]> =>
  reader.manager.findBy(MemberEntity, { userId: In([...userIds]) })

/** The memberships of a user in any of the organizations. */
export const findMemberships = (
  reader: Reader,
  userId: string,
  organizationIds: readonly string[],
): Promise<MemberRow[]> => reader.manager.findBy(MemberEntity, { userId, organizationId: In([...organizationIds]) })

/** Like findMemberships, and locks the rows until the transaction ends, so that none is deleted before. */
export const lockMemberships = (
  writer: Writer,
  userId: string,
  organizationIds: readonly string[],
): Promise<MemberRow[]> => {
  const query = writer.manager
    .createQueryBuilder(MemberEntity, 'member')
    .where({ userId, organizationId: In([...organizationIds]) })
    .orderBy('member.id')
  return writer.lock(query).getMany()
}

export const insertMember = async (writer: Writer, row: MemberRow): Promise<void> => {
  await writer.manager.insert(MemberEntity, row)
}

/** Replaces the grants of a member; false if the member no longer exists. */
export const updateGrants = async (writer: Writer, id: string, grants: MemberRow['grants']): Promise<boolean> =>
  (await writer.manager.update(MemberEntity, { id }, { grants })).affected === 1

/** Deletes a membership; false if it no longer exists. */
export const deleteMember = async (writer: Writer, id: string): Promise<boolean> =>
  (await writer.manager.delete(MemberEntity, { id })).affected === 1

export const countOwners = async (reader: Reader, organizationId: string): Promise<number> =>
  (await reader.manager.findBy(MemberEntity, { organizationId })).filter((member) => holds(member.grants, '*', 'OWNER'))
    .length

/** The members of the organizations in the order of joining, at most one more than the page size. */
export const pageOfMembers = (
  reader: Reader,
  organizationIds: readonly string[],
  request: PageRequest,
): Promise<MemberRow[]> => {
  const direction = request.backward ? 'DESC' : 'ASC'
  const query = reader.manager
    .createQueryBuilder(MemberEntity, 'member')
    .where('member.organizationId IN (:...organizationIds)', { organizationIds })
    .orderBy('member.joinedAt', direction)
    .addOrderBy('member.id', direction)
    .limit(request.size + 1)
  if (request.position !== null) {
    const [joinedAt, id] = request.position
    query.andWhere(`(member.joinedAt, member.id) ${request.backward ? '<' : '>'} (:joinedAt, :id)`, { joinedAt, id })
  }
  return query.getMany()
}

export const memberPosition = (member: MemberRow): CursorValue[] => [instantText(member.joinedAt), member.id]

export const insertInvitation = async (writer: Writer, row: InvitationRow): Promise<void> => {
  await writer.manager.insert(InvitationEntity, row)
}

export const findInvitation = (reader: Reader, id: string): Promise<InvitationRow | null> =>
  reader.manager.findOneBy(InvitationEntity, { id })

export const findInvitations = (reader: Reader, ids: readonly string[]): Promise<InvitationRow[]> =>
  reader.manager.findBy(InvitationEntity, { id: In([...ids]) })

export const findInvitationByHash = (reader: Reader, tokenHash: string): Promise<InvitationRow | null> =>
  reader.manager.findOneBy(InvitationEntity, { tokenHash })

/** The invitations with any of the token hashes: one query. */
export const findInvitationsByHashes = async (reader: Reader, hashes: readonly string[]): Promise<InvitationRow[]> => {
  if (hashes.length === 0) return []
  const { condition, parameter } = anyOf(reader, hashes)
  const rows = await reader.query<{ id: string }>(`SELECT id FROM invitations WHERE token_hash ${condition}`, [
    parameter,
  ])
  return rows.length === 0
    ? []
    : findInvitations(
        reader,
        rows.map(({ id }) => id),
      )
}

/** Invitations that have been neither accepted nor revoked, newest first. */
export const listOpenInvitations = (reader: Reader, organizationId: string): Promise<InvitationRow[]> =>
  reader.manager.find(InvitationEntity, {
    where: { organizationId, acceptedAt: IsNull(), revokedAt: IsNull() },
    order: { createdAt: 'DESC', id: 'DESC' },
  })

/** Marks an invitation as accepted; false if it was accepted or revoked before. */
export const acceptInvitation = async (writer: Writer, id: string, now: Date): Promise<boolean> =>
  (
    await writer.manager.update(
      InvitationEntity,
      { id, acceptedAt: IsNull(), revokedAt: IsNull() },
      { acceptedAt: now },
    )
  ).affected === 1

/** Revokes an invitation; false if it was accepted or revoked before. */
export const revokeInvitation = async (writer: Writer, id: string, now: Date): Promise<boolean> =>
  (await writer.manager.update(InvitationEntity, { id, acceptedAt: IsNull(), revokedAt: IsNull() }, { revokedAt: now }))
    .affected === 1

/** Revokes those of the invitations that are open, which are locked in the order of their ids. Returns the ids of those. */
export const revokeOpenInvitations = async (
  writer: Writer,
  ids: readonly string[],
  now: Date,
): Promise<Set<string>> => {
  const { condition, parameter } = anyOf(writer, ids)
  const rows = await writer.query<{ id: string }>(
    `SELECT id FROM invitations WHERE id ${condition} AND accepted_at IS NULL AND revoked_at IS NULL
     ORDER BY id${writer.forUpdate}`,
    [parameter],
  )
  const open = new Set(rows.map(({ id }) => id))
  if (open.size === 0) return open
  const those = anyOf(writer, [...open])
  await writer.query(`UPDATE invitations SET revoked_at = ? WHERE id ${those.condition}`, [
    instantText(now),
    those.parameter,
  ])
  return open
}

/** Revokes an invitation that the same transaction has marked as accepted. */
export const revokeUsedInvitation = async (writer: Writer, id: string, now: Date): Promise<void> => {
  await writer.manager.update(InvitationEntity, { id }, { acceptedAt: null, revokedAt: now })
}
