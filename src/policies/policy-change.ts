import { InputIssues } from '../kernel/errors.ts'
import type { Reader } from '../persistence/database.ts'
import { checkPolicy } from './check-policy.ts'
import type { KeyPolicy, OwnPolicy } from './key-policy.ts'
import { findPolicies } from './policies.store.ts'

/** A field that is left out keeps its value; null removes a limit, and below a root inherits. */
export type PolicyChange = { readonly [Field in keyof KeyPolicy]?: KeyPolicy[Field] | null | undefined }

const INHERIT_ALL: OwnPolicy = {
  maximumLifetime: null,
  defaultLifetime: null,
  expiryRequired: null,
  warnBefore: null,
  maximumOverlap: null,
  maximumActiveKeys: null,
  accessTokenLifetime: null,
  onRetiredSecretUse: null,
  onLeak: null,
  revokeUnusedAfter: null,
  escalateWarnings: null,
}

/** Fields that a root organization must set: it has no parent to inherit from. */
const REQUIRED_IN_ROOT = [
  'defaultLifetime',
  'expiryRequired',
  'warnBefore',
  'maximumOverlap',
  'accessTokenLifetime',
  'onRetiredSecretUse',
  'onLeak',
  'escalateWarnings',
] as const satisfies readonly (keyof KeyPolicy)[]

/** The fields to change, as they are stored. Throws BAD_USER_INPUT. */
export const checkChange = (input: PolicyChange, isRoot: boolean): Partial<OwnPolicy> => {
  const issues = new InputIssues()
  if (isRoot)
    for (const field of REQUIRED_IN_ROOT)
      if (input[field] === null)
        issues.add(`policy.${field}`, 'must be given in a root organization: it has nothing to inherit')
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const checked = checkPolicy(issues, 'policy', { ...INHERIT_ALL, ...given })
  issues.throwIfAny()
  return Object.fromEntries(Object.entries(checked).filter(([field]) => field in given))
}

/** An organization's own policy after a change. */
export const ownPolicyAfter = async (
  reader: Reader,
  organizationId: string,
  change: Partial<OwnPolicy>,
): Promise<OwnPolicy> => {
  const [row] = await findPolicies(reader, [organizationId])
  const { organizationId: _, ...own } = row ?? { organizationId, ...INHERIT_ALL }
  return { ...own, ...change }
}
