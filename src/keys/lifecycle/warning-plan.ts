import { addSeconds, type DurationSeconds } from '../../kernel/duration.ts'

/** The facts that decide the warnings of a key. */
export interface Warnable {
  readonly expiresAt: Date | null
  readonly lifetimeFrom: Date
  /** The key's own thresholds; null for the policy's. */
  readonly warnBefore: readonly DurationSeconds[] | null
}

/**
 * The thresholds that apply to a key, longest first: its own ones that are shorter than its lifetime, or else those of the
 * policy that are at most half of it, because a warning soon after the creation is useless. For a key that never expires,
 * those that would apply.
 */
export const thresholdsOf = (key: Warnable, policyThresholds: readonly DurationSeconds[]): DurationSeconds[] => {
  const fitting = fittingOf(key, policyThresholds)
  // As they usually are stored.
  const descend = fitting.every((threshold, index) => index === 0 || threshold < (fitting[index - 1] ?? 0))
  return descend ? fitting : [...new Set(fitting)].sort((a, b) => b - a)
}

/** The thresholds that apply to a key, in any order. */
const fittingOf = (key: Warnable, policyThresholds: readonly DurationSeconds[]): DurationSeconds[] => {
  const lifetime =
    key.expiresAt === null ? Number.POSITIVE_INFINITY : (key.expiresAt.getTime() - key.lifetimeFrom.getTime()) / 1000
  return key.warnBefore === null
    ? policyThresholds.filter((threshold) => threshold <= lifetime / 2)
    : key.warnBefore.filter((threshold) => threshold < lifetime)
}

/**
 * The threshold to warn of now, or null. If several were reached since the last sweep, only the most urgent one.
 *
 * @param warnedAt the shortest threshold with a warning
 */
export const dueThreshold = (
  thresholds: readonly DurationSeconds[],
  expiresAt: Date,
  warnedAt: DurationSeconds | null,
  now: Date,
): DurationSeconds | null => {
  if (expiresAt <= now) return null
  const crossed = thresholds.filter((threshold) => addSeconds(expiresAt, -threshold) <= now)
  const mostUrgent = crossed.at(-1)
  return mostUrgent === undefined || (warnedAt !== null && mostUrgent >= warnedAt) ? null : mostUrgent
}

/** When the next threshold without a warning is or was reached; null if there is none. */
export const nextWarningAt = (
  thresholds: readonly DurationSeconds[],
  expiresAt: Date,
  warnedAt: DurationSeconds | null,
): Date | null => {
  const next = thresholds.find((threshold) => warnedAt === null || threshold < warnedAt)
  return next === undefined ? null : addSeconds(expiresAt, -next)
}

/** Whether a key has reached its first threshold and has not expired. */
export const isExpiringSoon = (key: Warnable, policyThresholds: readonly DurationSeconds[], now: Date): boolean => {
  const { expiresAt } = key
  if (expiresAt === null || expiresAt <= now) return false
  return fittingOf(key, policyThresholds).some((threshold) => addSeconds(expiresAt, -threshold) <= now)
}

/** The facts that decide when a key is due for the sweeper. */
export interface Sweepable extends Warnable {
  readonly warnedAt: DurationSeconds | null
  readonly expiryRecordedAt: Date | null
  readonly revokedAt: Date | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly unusedWarnedAt: Date | null
}

/** When an unused key is revoked; null if the policy does not revoke unused keys. A rotation counts as a use. */
export const unusedDeadline = (
  key: Pick<Sweepable, 'lifetimeFrom' | 'lastUsedAt'>,
  revokeUnusedAfter: DurationSeconds | null,
): Date | null => {
  if (revokeUnusedAfter === null) return null
  const lastSign = key.lastUsedAt !== null && key.lastUsedAt > key.lifetimeFrom ? key.lastUsedAt : key.lifetimeFrom
  return addSeconds(lastSign, revokeUnusedAfter)
}

/**
 * When a key is next due for the sweeper: its next warning, its expiry, the end of an overlap, the revocation for disuse or
 * the warning of it, whichever is first. Null for never.
 *
 * @param overlapEnds end of the overlap, if there is one
 */
export const dueAtOf = (
  key: Sweepable,
  policy: { readonly warnBefore: readonly DurationSeconds[]; readonly revokeUnusedAfter: DurationSeconds | null },
  overlapEnds: Date | null,
): Date | null => {
  if (key.revokedAt !== null) return null
  const instants: Date[] = []
  if (overlapEnds !== null) instants.push(overlapEnds)
  if (key.expiryRecordedAt !== null) return earliest(instants)
  if (key.expiresAt !== null) {
    const warning = nextWarningAt(thresholdsOf(key, policy.warnBefore), key.expiresAt, key.warnedAt)
    if (warning !== null) instants.push(warning)
    instants.push(key.expiresAt)
  }
  const deadline = unusedDeadline(key, policy.revokeUnusedAfter)
  if (deadline !== null && policy.revokeUnusedAfter !== null) {
    const warning = unusedWarningAt(deadline, policy.revokeUnusedAfter, policy.warnBefore)
    instants.push(warning !== null && !isWarnedOfDisuse(key, warning) ? warning : deadline)
  }
  return earliest(instants)
}

const earliest = (instants: readonly Date[]): Date | null =>
  instants.length === 0 ? null : new Date(Math.min(...instants.map((instant) => instant.getTime())))

/** When to warn of a revocation for disuse: the longest policy threshold that is at most half of the allowed time before it. */
export const unusedWarningAt = (
  deadline: Date,
  revokeUnusedAfter: DurationSeconds,
  policyThresholds: readonly DurationSeconds[],
): Date | null => {
  const threshold = unusedThreshold(revokeUnusedAfter, policyThresholds)
  return threshold === null ? null : addSeconds(deadline, -threshold)
}

export const unusedThreshold = (
  revokeUnusedAfter: DurationSeconds,
  policyThresholds: readonly DurationSeconds[],
): DurationSeconds | null => policyThresholds.find((threshold) => threshold <= revokeUnusedAfter / 2) ?? null

/** Whether the warning of this deadline has been written. One from before the last use belongs to an earlier deadline. */
export const isWarnedOfDisuse = (key: Pick<Sweepable, 'unusedWarnedAt'>, warningAt: Date): boolean =>
  key.unusedWarnedAt !== null && key.unusedWarnedAt >= warningAt
