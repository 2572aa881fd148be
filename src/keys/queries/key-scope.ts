import { KeyturnError } from '../../kernel/errors.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import { listDescendants } from '../../organizations/organizations.store.ts'
import type { Reader } from '../../persistence/database.ts'
import type { PolicyDirectory } from '../../policies/policy-directory.ts'
import type { KeyKind } from '../key.ts'
import type { KeyFilter, KeyScope, ScopedRule } from '../key-filter.ts'

/** Organizations whose keys one list shows. */
const MOST_ORGANIZATIONS = 1_000

/**
 * Which keys a filter is about: those of the organization, and of all below it where the filter says so. Whoever may read
 * the keys of an organization may read those below. Throws LIMIT_REACHED where too many organizations are below.
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
      `includeSuborganizations takes at most ${MOST_ORGANIZATIONS} organizations: ask for the keys of one further down.`,
    )
  const organizationIds = [organizationId, ...below.map(({ id }) => id)]
  return {
    organizationIds,
    kind,
    path: (await directory.findPath(organizationId, reader)) ?? [],
    rules: filter.conformsToPolicy == null ? [] : await rulesOf(policies, reader, organizationIds),
  }
}

/** The lifetime rules of organizations, those with the same rule together. */
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
