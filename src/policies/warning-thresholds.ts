import type { DurationSeconds } from '../kernel/duration.ts'
import type { InputIssues } from '../kernel/errors.ts'
import { checkLength } from '../kernel/list-input.ts'

const MAX_THRESHOLDS = 10

/** Whether the number of thresholds is within the limit. Adds an issue if not. */
export const fitsThresholds = (issues: InputIssues, path: string, thresholds: readonly DurationSeconds[]): boolean =>
  checkLength(issues, path, thresholds, 'thresholds', MAX_THRESHOLDS)

/** Thresholds as they are stored: distinct, longest first. Adds an issue for each invalid one. */
export const checkThresholds = (
  issues: InputIssues,
  path: string,
  thresholds: readonly DurationSeconds[],
): readonly DurationSeconds[] => {
  if (!fitsThresholds(issues, path, thresholds)) return []
  thresholds.forEach((threshold, index) => {
    if (threshold <= 0) issues.add(`${path}.${index}`, 'must be longer than zero')
  })
  return [...new Set(thresholds)].sort((a, b) => b - a)
}
