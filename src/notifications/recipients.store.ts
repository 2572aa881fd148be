import { In } from 'typeorm'
import { holds, type Role } from '../kernel/grants.ts'
import { MemberEntity, type MemberRow, UserEntity } from '../memberships/member.entity.ts'
import type { Reader } from '../persistence/database.ts'

const MOST_MEMBERS = 5_000
/** Largest number of recipients of one notification. */
const MOST_RECIPIENTS = 100

const membersOf = (reader: Reader, organizationIds: readonly string[]): Promise<MemberRow[]> =>
  reader.manager.find(MemberEntity, {
    where: { organizationId: In([...organizationIds]) },
    order: { joinedAt: 'ASC', id: 'ASC' },
    take: MOST_MEMBERS,
  })

/** E-mail addresses of users. */
export const emailsOf = async (reader: Reader, userIds: readonly string[]): Promise<string[]> => {
  const ids = [...new Set(userIds)].slice(0, MOST_RECIPIENTS)
  const users = ids.length === 0 ? [] : await reader.manager.findBy(UserEntity, { id: In(ids) })
  return users.map((user) => user.email)
}

/**
 * E-mail addresses of the members of an organization or its ancestors who hold a role in a module there.
 *
 * @param path the organization and its ancestors, itself first
 */
export const emailsOfHolders = async (
  reader: Reader,
  path: readonly string[],
  module: string,
  role: Role,
): Promise<string[]> => {
  const members = await membersOf(reader, path)
  return emailsOf(
    reader,
    members.filter((member) => holds(member.grants, module, role)).map((member) => member.userId),
  )
}

/** E-mail addresses of the owners of an organization, or else of its nearest ancestor that has owners. */
export const emailsOfOwners = async (reader: Reader, path: readonly string[]): Promise<string[]> => {
  for (const organizationId of path) {
    const emails = await emailsOfHolders(reader, [organizationId], '*', 'OWNER')
    if (emails.length > 0) return emails
  }
  return []
}
