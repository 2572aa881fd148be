import type { Principal } from '../access/principal.ts'
import type { MemberRow, UserRow } from './member.entity.ts'

/**
 * The principal of a person with all of their grants; null if they belong to no organization.
 *
 * @param expiresAt when the sign-in expires; null if that does not matter
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
      sessionId: null,
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
