/** Roles in their order: each includes the ones before it. */
export const ROLES = ['VIEWER', 'OPERATOR', 'MANAGER', 'OWNER'] as const
export type Role = (typeof ROLES)[number]

/** A role in a module; the module `*` stands for all of them. OWNER is held over `*` alone. */
export interface Grant {
  readonly module: string
  readonly role: Role
}

/** Modules that every organization has, and what holding a role in them is about. */
export const BUILT_IN_MODULES = {
  keys: 'API keys, key policies and expiry warnings.',
  members: 'Members, invitations, projects, modules and sub-organizations.',
  audit: 'The audit history.',
  tokens: 'Access tokens: introspection and the revocation feed.',
} as const
export type BuiltInModule = keyof typeof BUILT_IN_MODULES

export const MODULE_NAME_SHAPE = /^[a-z][a-z0-9_-]{0,49}$/
const SCOPE_TOKEN = /^(\*|[a-z][a-z0-9_-]{0,49}):(viewer|operator|manager|owner)$/

const rank = (role: Role): number => ROLES.indexOf(role)

/** Whether the grants include that role in that module. */
export const holds = (grants: readonly Grant[], module: string, role: Role): boolean =>
  grants.some((grant) => (grant.module === module || grant.module === '*') && rank(grant.role) >= rank(role))

/** Whether the holder could hand on every one of the wanted grants: nobody grants more than they hold. */
export const coversAll = (holder: readonly Grant[], wanted: readonly Grant[]): boolean =>
  wanted.every((grant) => holds(holder, grant.module, grant.role))

/** One grant a module, the highest; those that `*` includes left out; in the order of their names. */
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

/** What both sides allow: per module the lower of the two roles. */
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

/** The grants that a scope text names, or null where a part of it is not `module:role`. */
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
