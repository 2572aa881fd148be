import type { InputIssues } from './errors.ts'

/** Default limit of items in an input list. */
const MOST_ITEMS = 100

/** Whether a list is within its limit. Adds an issue if not; the caller then skips checks of the items. */
export const checkLength = (
  issues: InputIssues,
  path: string,
  items: readonly unknown[],
  what: string,
  most = MOST_ITEMS,
): boolean => {
  if (items.length <= most) return true
  issues.add(path, `must have at most ${most} ${what}`)
  return false
}
