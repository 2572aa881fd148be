import { type Grant, intersectGrants, normalizeGrants } from '../kernel/grants.ts'
import type { MemberRow } from '../memberships/member.entity.ts'
import type { KeyRow } from './key.entity.ts'

/**
 * The grants that a key carries in its organization: its own; a personal key's only as far as its owner holds them there now.
 *
 * @param memberships those of the owner, in any organization
 * @param organizationPath the key's organization and those above it
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
