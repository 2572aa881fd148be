const ROLES = ['viewer', 'operator', 'manager', 'owner']
const SHAPE = /^(\*|[a-z][a-z0-9_-]{0,49}):(viewer|operator|manager|owner)$/

/** `module:role`, as in a scope: `build:operator`. */
export type GrantText = `${string}:${string}`

const parse = (grant: string): { readonly module: string; readonly rank: number } | null => {
  const [, module, role] = SHAPE.exec(grant) ?? []
  return module === undefined || role === undefined ? null : { module, rank: ROLES.indexOf(role) }
}

/** Throws TypeError for an invalid grant: a bug in the service, not a fault of its caller. */
export const checkGrant = (grant: string): void => {
  if (parse(grant) === null) throw new TypeError(`A grant is module:role, such as build:operator, not ${grant}.`)
}

/** Whether a scope includes a grant: a role includes the lower ones of its module, and `*` every module. */
export const covers = (scope: readonly string[], grant: GrantText): boolean => {
  const needed = parse(grant)
  return (
    needed !== null &&
    scope.some((one) => {
      const held = parse(one)
      return held !== null && held.rank >= needed.rank && (held.module === needed.module || held.module === '*')
    })
  )
}
