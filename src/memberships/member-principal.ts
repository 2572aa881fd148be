import type { Principal } from '../access/principal.ts'
import type { MemberRow, UserRow } from './member.entity.ts'

/**
 * A person as themselves, with everything that their memberships grant; null where they belong to no organization.
 *
 * @param expiresAt when their sign-in ends; null where that does not matter
 */
export const memberPrincipal = (
  user: UserRow,
  memberships: readonly MemberRow[],
  expiresAt: Date | null,
): Principal | null => {
  const [first] = [...memberships].sort((a, b) => a.joinedAt.getTime() - b.joinedAt.getTime())
  if (first === undefined) return null
  return {
    kind: 'USER',
    id: user.id,
    name: user.name,
    credential: {
      kind: 'IDENTITY_PROVIDER',
      keyId: null,
      tokenId: null,
      expiresAt,
      keyExpiresAt: null,
      allowedIps: [],
      verifiedEmail: user.email,
    },
    organizationId: first.organizationId,
    holdings: memberships.map(({ organizationId, grants }) => ({ organizationId, grants })),
    narrowedTo: null,
    within: null,
    serverOwner: user.serverOwner,
  }
}
