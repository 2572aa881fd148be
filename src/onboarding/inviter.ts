import type { AccessControl } from '../access/access-control.ts'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../kernel/clock.ts'
import { coversAll } from '../kernel/grants.ts'
import { statusOf } from '../keys/key.ts'
import { principalOf } from '../keys/verification/key-facts.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { InvitationRow } from '../memberships/member.entity.ts'
import { memberPrincipal } from '../memberships/member-principal.ts'
import { findUser, listMembershipsOf } from '../memberships/members.store.ts'
import type { Reader } from '../persistence/database.ts'

export interface InviterParts {
  readonly access: AccessControl
  readonly clock: Clock
  readonly keyFacts: KeyFactsCache
}

/** The caller that a key authenticates now; null if the key is not active or its owner is no longer a member. */
const findKeyHolder = async (
  { keyFacts, clock }: InviterParts,
  reader: Reader,
  keyId: string,
): Promise<Principal | null> => {
  const facts = await keyFacts.load(reader, keyId)
  if (facts === null || statusOf(facts.key, clock.now()) !== 'ACTIVE') return null
  return principalOf(facts, facts.key.expiresAt)
}

/** The key that created an invitation; null if a person created it after a sign-in at the identity provider. */
const keyOf = ({ invitedWithKeyId, invitedByKind, invitedById }: InvitationRow): string | null =>
  invitedWithKeyId ?? (invitedByKind === 'API_KEY' ? invitedById : null)

const findInviter = async (
  parts: InviterParts,
  reader: Reader,
  invitation: InvitationRow,
): Promise<Principal | null> => {
  const keyId = keyOf(invitation)
  if (keyId !== null) return findKeyHolder(parts, reader, keyId)
  const { invitedByKind, invitedById } = invitation
  if (invitedByKind !== 'USER' || invitedById === null) return null
  const user = await findUser(reader, invitedById)
  return user === null ? null : memberPrincipal(user, await listMembershipsOf(reader, user.id), null)
}

/**
 * Whether the inviter may give the invitation's grants now: with the same key, which must be active, or as a member who
 * signed in. An invitation is valid only while its inviter has this right.
 */
export const inviterMayStillGrant = async (
  parts: InviterParts,
  reader: Reader,
  invitation: InvitationRow,
): Promise<boolean> => {
  const inviter = await findInviter(parts, reader, invitation)
  if (inviter === null) return false
  const { access } = parts
  const { organizationId, grants } = invitation
  if (!(await access.may(inviter, 'manageMembers', organizationId))) return false
  return coversAll(await access.grantsIn(inviter, organizationId), grants)
}
