import type { InputIssues } from '../kernel/errors.ts'
import { type Grant, normalizeGrants } from '../kernel/grants.ts'
import { checkLength } from '../kernel/list-input.ts'

/**
 * Grants as they are kept. Adds an issue for a module that the organization does not have, and for OWNER where it cannot
 * be held: it is for members alone, over all modules at once.
 */
export const checkGrants = (
  issues: InputIssues,
  path: string,
  grants: readonly Grant[],
  modules: ReadonlySet<string>,
  holder: 'member' | 'key',
): Grant[] => {
  if (!checkLength(issues, path, grants, 'grants')) return []
  grants.forEach(({ module, role }, index) => {
    if (module !== '*' && !modules.has(module))
      issues.add(`${path}.${index}.module`, `must be * or one of ${[...modules].sort().join(', ')}`)
    if (role !== 'OWNER') return
    if (holder === 'key')
      issues.add(`${path}.${index}.role`, 'must be VIEWER, OPERATOR or MANAGER: only members are owners')
    else if (module !== '*') issues.add(`${path}.${index}.module`, 'must be * for an OWNER, who covers every module')
  })
  return normalizeGrants(grants)
}
