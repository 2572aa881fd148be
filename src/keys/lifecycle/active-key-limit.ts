import { KeyturnError } from '../../kernel/errors.ts'
import type { KeyPolicy } from '../../organizations/key-policy.ts'
import { lockOrganization } from '../../organizations/organizations.store.ts'
import type { Writer } from '../../persistence/database.ts'
import { countActive } from '../keys.store.ts'

/** Throws LIMIT_REACHED where the policy has no room for one more active key of the organization. */
export const refuseTooManyKeys = async (
  writer: Writer,
  organizationId: string,
  { maximumActiveKeys }: Pick<KeyPolicy, 'maximumActiveKeys'>,
  now: Date,
): Promise<void> => {
  if (maximumActiveKeys === null) return
  // Whoever counts waits for the others who count, or all of them would find room for one more.
  await lockOrganization(writer, organizationId)
  if ((await countActive(writer, organizationId, now)) < maximumActiveKeys) return
  const message = `The policy allows ${maximumActiveKeys} active keys: revoke one that is not needed.`
  throw new KeyturnError('LIMIT_REACHED', message, { policy: 'maximumActiveKeys' })
}
