import type { AccessControl } from '../access/access-control.ts'
import type { Principal } from '../access/principal.ts'
import { coversAll } from '../kernel/grants.ts'
import type { Reader } from '../persistence/database.ts'
import type { InvitationRow } from './member.entity.ts'
import { memberPrincipal } from './member-principal.ts'
import { findUser, listMembershipsOf } from './members.store.ts'

/** The caller that a key authenticates now; null where the key is not active or its owner has left. */
export type FindKeyHolder = (reader: Reader, keyId: string) => Promise<Principal | null>

/** The key that an invitation was made with; null where a person made it after a sign-in at the identity provider. */
const keyOf = ({ invitedWithKeyId, invitedByKind, invitedById }: InvitationRow): string | null =>
  invitedWithKeyId ?? (invitedByKind === 'API_KEY' ? invitedById : null)

const findInviter = async (
  reader: Reader,
  invitation: InvitationRow,
  findKeyHolder: FindKeyHolder,
): Promise<Principal | null> => {
  const keyId = keyOf(invitation)
  if (keyId !== null) return findKeyHolder(reader, keyId)
  const { invitedByKind, invitedById } = invitation
  if (invitedByKind !== 'USER' || invitedById === null) return null
  const user = await findUser(reader, invitedById)
  return user === null ? null : memberPrincipal(user, await listMembershipsOf(reader, user.id), null)
}

/**
 * Whether the inviter could give the invitation's grants now: through the same key, which must be active, or as a member
 * who signed in. An invitation ends with that right.
 */
export const inviterMayStillGrant = async (
  access: AccessControl,
  reader: Reader,
  invitation: InvitationRow,
  findKeyHolder: FindKeyHolder,
): Promise<boolean> => {
  const inviter = await findInviter(reader, invitation, findKeyHolder)
  if (inviter === null) return false
  const { organizationId, grants } = invitation
  if (!(await access.may(inviter, 'manageMembers', organizationId))) return false
  return coversAll(await access.grantsIn(inviter, organizationId), grants)
}
