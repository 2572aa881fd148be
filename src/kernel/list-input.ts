import type { InputIssues } from './errors.ts'

/** Items of a list in an input, where no smaller limit is stated. */
const MOST_ITEMS = 100

/** Whether a list is within its limit; adds an issue where it is not. Its items are not worth a look then. */
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
