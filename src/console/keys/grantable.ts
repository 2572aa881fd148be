import { formatGrant, type Grant, holds, type Role } from '../../kernel/grants.ts'

/** The roles that a key can have: OWNER is for members alone. */
export const KEY_ROLES = ['VIEWER', 'OPERATOR', 'MANAGER'] as const satisfies readonly Role[]
export type KeyRole = (typeof KEY_ROLES)[number]
const ROLE_ORDER: readonly Role[] = KEY_ROLES

/** The chosen role of each module; modules without one are left out. */
export type ChosenGrants = Readonly<Record<string, KeyRole>>

export interface ModuleOption {
  readonly name: string
  readonly description: string | null
}

/** The module that stands for all. */
export const EVERY_MODULE: ModuleOption = { name: '*', description: 'Every module, also those that are defined later.' }

/** The modules in the order of the picker: the organization's own before the built-in ones. */
export const orderModules = (
  modules: readonly { readonly name: string; readonly description?: string | null; readonly builtIn: boolean }[],
): ModuleOption[] =>
  modules
    .toSorted((a, b) => Number(a.builtIn) - Number(b.builtIn) || (a.name < b.name ? -1 : 1))
    .map(({ name, description }) => ({ name, description: description ?? null }))

/** Why the caller cannot grant the role in the module; null where they can. */
export const refusalOf = (held: readonly Grant[], module: string, role: Role): string | null => {
  if (holds(held, module, role)) return null
  const own = held.filter((grant) => grant.module === module || grant.module === '*').map(formatGrant)
  const have = own.length === 0 ? 'you hold nothing there' : `you hold ${own.join(' and ')}`
  return `Needs ${formatGrant({ module, role })}: ${have}. Nobody grants more than they hold.`
}

/** The chosen grants as the schema takes them, in the order of the modules. */
export const grantsOf = (chosen: ChosenGrants): Grant[] =>
  Object.entries(chosen)
    .map(([module, role]) => ({ module, role }))
    .sort((a, b) => (a.module < b.module ? -1 : 1))

/** Grants as a choice. Roles that keys cannot have become the highest that they can. */
export const chosenOf = (grants: readonly Grant[]): ChosenGrants =>
  Object.fromEntries(grants.map(({ module, role }) => [module, role === 'OWNER' ? 'MANAGER' : role]))

/** The grants that the caller may give, of those that a template wants: lower roles where they hold less. */
export const withinOwn = (held: readonly Grant[], wanted: readonly Grant[]): ChosenGrants => {
  const allowed: Record<string, KeyRole> = {}
  for (const { module, role } of wanted) {
    const roles = KEY_ROLES.slice(0, ROLE_ORDER.indexOf(role) + 1)
    const best = roles.findLast((each) => holds(held, module, each))
    if (best !== undefined) allowed[module] = best
  }
  return allowed
}
