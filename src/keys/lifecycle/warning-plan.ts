import { addSeconds, type DurationSeconds } from '../../kernel/duration.ts'

/** The facts that a key's warnings follow from. */
export interface Warnable {
  readonly expiresAt: Date | null
  readonly lifetimeFrom: Date
  /** The key's own thresholds; null for the policy's. */
  readonly warnBefore: readonly DurationSeconds[] | null
}

/**
 * The thresholds that apply to a key, longest first. Its own all apply, as far as they are shorter than its lifetime. The
 * policy's apply where they are at most half of it: who has just made a short-lived key remembers it. A key that never
 * expires shows what would apply.
 */
export const thresholdsOf = (key: Warnable, policyThresholds: readonly DurationSeconds[]): DurationSeconds[] => {
  const lifetime =
    key.expiresAt === null ? Number.POSITIVE_INFINITY : (key.expiresAt.getTime() - key.lifetimeFrom.getTime()) / 1000
  const fitting =
    key.warnBefore === null
      ? policyThresholds.filter((threshold) => threshold <= lifetime / 2)
      : key.warnBefore.filter((threshold) => threshold < lifetime)
  return [...new Set(fitting)].sort((a, b) => b - a)
}

/**
 * The threshold to warn of now, or null. After a time in which nobody looked, only the most urgent one that was crossed
 * is due: the others would say less about the same expiry.
 *
 * @param warnedAt the shortest threshold already warned of
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

/** The next instant at which a threshold not yet warned of is or was crossed; null where none is left. */
export const nextWarningAt = (
  thresholds: readonly DurationSeconds[],
  expiresAt: Date,
  warnedAt: DurationSeconds | null,
): Date | null => {
  const next = thresholds.find((threshold) => warnedAt === null || threshold < warnedAt)
  return next === undefined ? null : addSeconds(expiresAt, -next)
}

/** Whether a key is within the time that its warnings announce. */
export const isExpiringSoon = (key: Warnable, policyThresholds: readonly DurationSeconds[], now: Date): boolean => {
  if (key.expiresAt === null || key.expiresAt <= now) return false
  const [longest] = thresholdsOf(key, policyThresholds)
  return longest !== undefined && addSeconds(key.expiresAt, -longest) <= now
}

/** The facts that say when the sweeper must look at a key. */
export interface Sweepable extends Warnable {
  readonly warnedAt: DurationSeconds | null
  readonly expiryRecordedAt: Date | null
  readonly revokedAt: Date | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly unusedWarnedAt: Date | null
}

/** When a key that is not used is revoked; null where the policy keeps it. A rotation counts as a use. */
export const unusedDeadline = (
  key: Pick<Sweepable, 'lifetimeFrom' | 'lastUsedAt'>,
  revokeUnusedAfter: DurationSeconds | null,
): Date | null => {
  if (revokeUnusedAfter === null) return null
  const lastSign = key.lastUsedAt !== null && key.lastUsedAt > key.lifetimeFrom ? key.lastUsedAt : key.lifetimeFrom
  return addSeconds(lastSign, revokeUnusedAfter)
}

/**
 * When the sweeper must look at a key next: its next warning, its expiry, the end of a rotation's overlap, or its
 * revocation for disuse and the warning of it, whichever comes first. Null for never.
 *
 * @param overlapEnds when the retiring secret stops working, if there is one
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

/** When to warn of a revocation for disuse: at the longest policy threshold that is at most half of the allowed time. */
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

/** Whether the warning of this deadline has been written: one from before the key's last use was of another deadline. */
export const isWarnedOfDisuse = (key: Pick<Sweepable, 'unusedWarnedAt'>, warningAt: Date): boolean =>
  key.unusedWarnedAt !== null && key.unusedWarnedAt >= warningAt
