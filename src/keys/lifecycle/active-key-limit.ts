import { KeyturnError } from '../../kernel/errors.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import { findPolicies, listDescendants, lockOrganization } from '../../organizations/organizations.store.ts'
import type { Writer } from '../../persistence/database.ts'
import { countActive } from '../keys.store.ts'

/**
 * Throws LIMIT_REACHED where a policy has no room for one more active key of the organization. A maximum counts the keys
 * of the organization that states it together with those of all organizations below it, so that nobody gets around it by
 * creating sub-organizations.
 */
export const refuseTooManyKeys = async (
  writer: Writer,
  directory: OrganizationDirectory,
  organizationId: string,
  now: Date,
): Promise<void> => {
  const path = (await directory.findPath(organizationId, writer)) ?? [organizationId]
  const maximumOf = new Map(
    (await findPolicies(writer, path)).map((own) => [own.organizationId, own.maximumActiveKeys]),
  )
  // From the root down, in the same order for everybody, so that two that count cannot wait for each other.
  for (const id of [...path].reverse()) {
    if ((maximumOf.get(id) ?? null) === null) continue
    // Whoever counts waits for the others who count, or all of them would find room for one more.
    await lockOrganization(writer, id)
    const [own] = await findPolicies(writer, [id])
    const maximum = own?.maximumActiveKeys ?? null
    const below = await listDescendants(writer, [id])
    const counted = await countActive(writer, [id, ...below.map((one) => one.id)], now)
    if (maximum === null || counted < maximum) continue
    const message = `The policy allows ${maximum} active keys, those of sub-organizations included: revoke one that is not needed.`
    throw new KeyturnError('LIMIT_REACHED', message, { policy: 'maximumActiveKeys' })
  }
}
