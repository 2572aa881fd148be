import { addSeconds, type DurationSeconds } from '../../kernel/duration.ts'
import type { KeyPolicy } from '../../policies/key-policy.ts'
import type { KeySecretRow } from '../key.entity.ts'
import { decideOverlap } from './lifetime.ts'

/** How long the old secret of a rotation stays valid. */
export interface Overlap {
  readonly overlapSeconds: DurationSeconds
  /** Whether the overlap starts at the first use of the new secret. */
  readonly fromFirstUse: boolean
  /** Latest end of the overlap. */
  readonly previousSecretValidUntil: Date
}

export interface RequestedOverlap {
  /** Seconds for which the old secret stays valid; zero retires it at once. */
  readonly overlap?: DurationSeconds | null | undefined
  /** Start the overlap at the first use of the new secret. */
  readonly overlapFromFirstUse?: boolean | null | undefined
}

/** The overlap of a first rotation. An expired key has none: its old secret is not valid. */
export const overlapOf = (input: RequestedOverlap, policy: KeyPolicy, expired: boolean, now: Date): Overlap => {
  const overlapSeconds = expired ? 0 : decideOverlap(input.overlap, policy)
  const fromFirstUse = input.overlapFromFirstUse === true && overlapSeconds > 0
  const previousSecretValidUntil = addSeconds(now, fromFirstUse ? policy.maximumOverlap : overlapSeconds)
  return { overlapSeconds, fromFirstUse, previousSecretValidUntil }
}

/**
 * The overlap when the unconfirmed secret of a rotation is replaced. Fields that the input omits keep the values of the first
 * rotation. The old secret is never valid longer than the first rotation stated.
 */
export const overlapOfReplacement = (
  input: RequestedOverlap,
  policy: KeyPolicy,
  unconfirmed: KeySecretRow,
  retiring: KeySecretRow,
  now: Date,
): Overlap => {
  const latest = retiring.validUntil ?? now
  const left = Math.max(0, Math.ceil((latest.getTime() - now.getTime()) / 1_000))
  const { overlapFromFirstUse: before } = unconfirmed
  const overlapSeconds = input.overlap == null ? (before ?? left) : decideOverlap(input.overlap, policy)
  const fromFirstUse = (input.overlapFromFirstUse ?? before !== null) && overlapSeconds > 0
  const requested = addSeconds(now, fromFirstUse ? policy.maximumOverlap : overlapSeconds)
  return { overlapSeconds, fromFirstUse, previousSecretValidUntil: earlierOf(requested, latest) }
}

/** The earlier one of two instants; null is none. */
export const earlierOf = (instant: Date | null, other: Date): Date =>
  instant !== null && instant < other ? instant : other
