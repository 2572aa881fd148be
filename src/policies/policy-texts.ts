import { type DurationSeconds, formatDuration } from '../kernel/duration.ts'
import type { KeyPolicy } from './key-policy.ts'

const durationText = (seconds: DurationSeconds | null): string | null =>
  seconds === null ? null : formatDuration(seconds)

/** The policy with its durations as ISO 8601 text, for the audit log. */
export const policyTexts = (policy: KeyPolicy) => ({
  ...policy,
  maximumLifetime: durationText(policy.maximumLifetime),
  defaultLifetime: formatDuration(policy.defaultLifetime),
  warnBefore: policy.warnBefore.map(formatDuration),
  maximumOverlap: formatDuration(policy.maximumOverlap),
  accessTokenLifetime: formatDuration(policy.accessTokenLifetime),
  revokeUnusedAfter: durationText(policy.revokeUnusedAfter),
})
