import type { InputIssues } from '../kernel/errors.ts'
import { type Grant, normalizeGrants } from '../kernel/grants.ts'
import { checkLength } from '../kernel/list-input.ts'

/**
 * Normalizes grants for storage. Adds an issue for an unknown module and for an invalid OWNER: only members can hold it, and
 * only in all modules.
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
      issues.add(`${path}.${index}.role`, 'must be VIEWER, OPERATOR or MANAGER: only members can be owners')
    else if (module !== '*') issues.add(`${path}.${index}.module`, 'must be * for OWNER, which applies to all modules')
  })
  return normalizeGrants(grants)
}
