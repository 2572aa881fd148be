import { KeyturnError } from '../../kernel/errors.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import { listDescendants } from '../../organizations/organizations.store.ts'
import type { Reader } from '../../persistence/database.ts'
import type { PolicyDirectory } from '../../policies/policy-directory.ts'
import type { KeyKind } from '../key.ts'
import type { KeyFilter, KeyScope, ScopedRule } from '../key-filter.ts'

/** Largest number of organizations in one list. */
const MOST_ORGANIZATIONS = 1_000

/**
 * The scope of a filter: the organization, and its descendants if the filter includes them. The right to read the keys of an
 * organization includes those of its descendants. Throws LIMIT_REACHED if there are too many of them.
 */
export const findKeyScope = async (
  { directory, policies }: { readonly directory: OrganizationDirectory; readonly policies: PolicyDirectory },
  reader: Reader,
  { organizationId, kind }: { readonly organizationId: string; readonly kind?: KeyKind | undefined },
  filter: KeyFilter,
): Promise<KeyScope> => {
  const below = filter.includeSuborganizations === true ? await listDescendants(reader, [organizationId]) : []
  if (below.length >= MOST_ORGANIZATIONS)
    throw new KeyturnError(
      'LIMIT_REACHED',
      `includeSuborganizations takes at most ${MOST_ORGANIZATIONS} organizations: list the keys of a sub-organization instead.`,
    )
  const organizationIds = [organizationId, ...below.map(({ id }) => id)]
  return {
    organizationIds,
    kind,
    path: (await directory.findPath(organizationId, reader)) ?? [],
    rules: filter.conformsToPolicy == null ? [] : await rulesOf(policies, reader, organizationIds),
  }
}

/** The lifetime rules of organizations, grouped by rule. */
const rulesOf = async (
  policies: PolicyDirectory,
  reader: Reader,
  organizationIds: readonly string[],
): Promise<ScopedRule[]> => {
  const rules = new Map<string, { organizationIds: string[]; rule: ScopedRule['rule'] }>()
  for (const id of organizationIds) {
    const { maximumLifetime, expiryRequired } = await policies.effective(reader, id)
    const name = `${maximumLifetime}:${expiryRequired}`
    const known = rules.get(name)
    if (known === undefined) rules.set(name, { organizationIds: [id], rule: { maximumLifetime, expiryRequired } })
    else known.organizationIds.push(id)
  }
  return [...rules.values()]
}
