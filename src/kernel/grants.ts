/** Roles in ascending order: each includes the ones before it. */
export const ROLES = ['VIEWER', 'OPERATOR', 'MANAGER', 'OWNER'] as const
export type Role = (typeof ROLES)[number]

/** A role in a module. The module `*` means every module. OWNER is granted for `*` only. */
export interface Grant {
  readonly module: string
  readonly role: Role
}

/** The modules of every organization, and what their roles control. */
export const BUILT_IN_MODULES = {
  keys: 'API keys, key policies and expiry warnings.',
  members: 'Members, invitations, projects, modules and sub-organizations.',
  audit: 'The audit log.',
  tokens: 'Access tokens: introspection and the revocation feed.',
} as const
export type BuiltInModule = keyof typeof BUILT_IN_MODULES

export const MODULE_NAME_SHAPE = /^[a-z][a-z0-9_-]{0,49}$/
const SCOPE_TOKEN = /^(\*|[a-z][a-z0-9_-]{0,49}):(viewer|operator|manager|owner)$/

const rank = (role: Role): number => ROLES.indexOf(role)

/** Whether the grants include the role in the module. */
export const holds = (grants: readonly Grant[], module: string, role: Role): boolean =>
  grants.some((grant) => (grant.module === module || grant.module === '*') && rank(grant.role) >= rank(role))

/** The requested grants that the holder may not give: nobody grants more than they hold. */
export const missingGrants = (holder: readonly Grant[], requested: readonly Grant[]): Grant[] =>
  requested.filter((grant) => !holds(holder, grant.module, grant.role))

/** Whether the holder may grant every requested grant. */
export const coversAll = (holder: readonly Grant[], requested: readonly Grant[]): boolean =>
  missingGrants(holder, requested).length === 0

/** The highest grant of each module, sorted by module, without those that `*` already includes. */
export const normalizeGrants = (grants: readonly Grant[]): Grant[] => {
  const highest = new Map<string, Role>()
  for (const { module, role } of grants) {
    const other = highest.get(module)
    if (other === undefined || rank(role) > rank(other)) highest.set(module, role)
  }
  const everywhere = highest.get('*')
  return [...highest]
    .filter(([module, role]) => module === '*' || everywhere === undefined || rank(role) > rank(everywhere))
    .map(([module, role]) => ({ module, role }))
    .sort((a, b) => (a.module < b.module ? -1 : 1))
}

const lower = (a: Role, b: Role): Role => (rank(a) < rank(b) ? a : b)

/** The grants that both lists allow: the lower of the two roles for each module. */
export const intersectGrants = (a: readonly Grant[], b: readonly Grant[]): Grant[] => {
  const common: Grant[] = []
  for (const left of a) {
    for (const right of b) {
      if (left.module === right.module || right.module === '*')
        common.push({ module: left.module, role: lower(left.role, right.role) })
      else if (left.module === '*') common.push({ module: right.module, role: lower(left.role, right.role) })
    }
  }
  return normalizeGrants(common)
}

export const formatGrant = (grant: Grant): string => `${grant.module}:${grant.role.toLowerCase()}`

/** The OAuth form (RFC 6749 section 3.3): `module:role`, lower case, separated by single spaces. */
export const formatScope = (grants: readonly Grant[]): string => grants.map(formatGrant).join(' ')

/** Parses an OAuth scope (RFC 6749 section 3.3); null if any part is not `module:role`. */
export const parseScope = (scope: string): Grant[] | null => {
  const grants: Grant[] = []
  for (const token of scope.split(' ')) {
    if (token === '') continue
    const match = SCOPE_TOKEN.exec(token)
    if (match?.[1] === undefined || match[2] === undefined) return null
    grants.push({ module: match[1], role: match[2].toUpperCase() as Role })
  }
  return normalizeGrants(grants)
}
