import { KeyturnError } from '../../kernel/errors.ts'
import { listDescendants, lockOrganization } from '../../organizations/organizations.store.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyPolicyRow } from '../../policies/key-policy.entity.ts'
import { findPolicies } from '../../policies/policies.store.ts'
import { countActive } from '../key-counts.store.ts'

/** Ids of the organizations whose maximum of active keys is locked, from the root down. */
export type LockedLimits = readonly string[]

/**
 * Locks the maximums of active keys that apply to an organization until the transaction ends, so that concurrent
 * transactions count each other's keys. Every transaction locks in this order: organizations from the root down,
 * memberships, keys, the head of the audit log. Another order can deadlock with a change of the policy.
 *
 * @param policies the own policies of the organization and those above it, the root's first
 */
export const lockKeyLimits = async (writer: Writer, policies: readonly KeyPolicyRow[]): Promise<LockedLimits> => {
  const locked = policies.filter((own) => own.maximumActiveKeys !== null).map((own) => own.organizationId)
  for (const id of locked) await lockOrganization(writer, id)
  return locked
}

/** How many more keys the policies allow. */
export interface KeyRoom {
  /** Throws LIMIT_REACHED if one more active key would exceed a policy. */
  take(): void
}

/**
 * Counts the keys under each maximum. A maximum counts the keys of the organization that states it and of all its
 * descendants, so that sub-organizations cannot bypass it.
 */
export const roomForKeys = async (writer: Writer, limits: LockedLimits, now: Date): Promise<KeyRoom> => {
  const rooms: { readonly maximum: number; counted: number }[] = []
  for (const id of limits) {
    const [own] = await findPolicies(writer, [id])
    const below = await listDescendants(writer, [id])
    const counted = await countActive(writer, [id, ...below.map((one) => one.id)], now)
    rooms.push({ maximum: own?.maximumActiveKeys ?? Number.POSITIVE_INFINITY, counted })
  }
  return {
    take: () => {
      const full = rooms.find(({ maximum, counted }) => counted >= maximum)
      if (full !== undefined) throw tooManyKeys(full.maximum)
      for (const room of rooms) room.counted += 1
    },
  }
}

const tooManyKeys = (maximum: number): KeyturnError =>
  new KeyturnError(
    'LIMIT_REACHED',
    `The policy allows ${maximum} active keys, including those of sub-organizations: revoke one that is not needed.`,
    { policy: 'maximumActiveKeys' },
  )
