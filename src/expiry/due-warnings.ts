import type { DurationSeconds } from '../kernel/duration.ts'
import type { KeyRow } from '../keys/key.entity.ts'
import {
  dueThreshold,
  isWarnedOfDisuse,
  thresholdsOf,
  unusedDeadline,
  unusedThreshold,
  unusedWarningAt,
} from '../keys/lifecycle/warning-plan.ts'
import type { KeyPolicy } from '../policies/key-policy.ts'

/** A warning that is due: of an expiry, or of a revocation for disuse. */
export interface DueWarning {
  readonly threshold: DurationSeconds
  readonly expiresAt: Date
  readonly cause: 'expiry' | 'disuse'
}

export interface DueWarnings {
  /** The fields of the key that record what it has been warned of. */
  readonly change: Partial<KeyRow>
  readonly due: readonly DueWarning[]
}

/** The warnings that are due for a key. Expiry and disuse are independent, but the same time is announced only once. */
export const dueWarnings = (key: KeyRow, policy: KeyPolicy, now: Date): DueWarnings => {
  const change: Partial<KeyRow> = {}
  const due: DueWarning[] = []
  const expiry = dueOfExpiry(key, policy, now)
  if (expiry !== null) {
    change.warnedAt = expiry.threshold
    due.push(expiry)
  }
  const disuse = dueOfDisuse(key, policy, now)
  if (disuse !== null) {
    change.unusedWarnedAt = now
    if (expiry === null || !isSame(expiry, disuse)) due.push(disuse)
  }
  return { change, due }
}

const isSame = (one: DueWarning, other: DueWarning): boolean =>
  one.threshold === other.threshold && one.expiresAt.getTime() === other.expiresAt.getTime()

const dueOfExpiry = (key: KeyRow, { warnBefore }: KeyPolicy, now: Date): DueWarning | null => {
  const { expiresAt } = key
  if (expiresAt === null) return null
  const threshold = dueThreshold(thresholdsOf(key, warnBefore), expiresAt, key.warnedAt, now)
  return threshold === null ? null : { threshold, expiresAt, cause: 'expiry' }
}

const dueOfDisuse = (key: KeyRow, { revokeUnusedAfter, warnBefore }: KeyPolicy, now: Date): DueWarning | null => {
  const deadline = unusedDeadline(key, revokeUnusedAfter)
  if (deadline === null || revokeUnusedAfter === null || deadline <= now) return null
  const threshold = unusedThreshold(revokeUnusedAfter, warnBefore)
  const warningAt = unusedWarningAt(deadline, revokeUnusedAfter, warnBefore)
  if (warningAt === null || threshold === null || warningAt > now || isWarnedOfDisuse(key, warningAt)) return null
  return { threshold, expiresAt: deadline, cause: 'disuse' }
}
