import { type Grant, intersectGrants, normalizeGrants } from '../kernel/grants.ts'
import type { MemberRow } from '../memberships/member.entity.ts'
import type { KeyRow } from './key.entity.ts'

/**
 * The effective grants of a key in its organization. A personal key has only grants that its owner has there now.
 *
 * @param memberships those of the owner, in any organization
 * @param organizationPath the organization of the key and its ancestors
 */
export const effectiveGrants = (
  key: Pick<KeyRow, 'ownerId' | 'grants'>,
  memberships: readonly MemberRow[],
  organizationPath: readonly string[],
): Grant[] => {
  if (key.ownerId === null) return [...(key.grants ?? [])]
  const held = normalizeGrants(
    memberships.flatMap(({ organizationId, grants }) => (organizationPath.includes(organizationId) ? grants : [])),
  )
  return key.grants === null ? held : intersectGrants(held, key.grants)
}
