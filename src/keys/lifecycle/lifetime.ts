import { addSeconds, type DurationSeconds, formatDuration, LONGEST_DURATION } from '../../kernel/duration.ts'
import { badInput, forbidden, policyViolation } from '../../kernel/errors.ts'
import type { KeyPolicy } from '../../policies/key-policy.ts'

/** The requested expiry: at most one of the three fields. */
export interface WantedExpiry {
  readonly expiresAt?: Date | null | undefined
  readonly expiresIn?: DurationSeconds | null | undefined
  readonly neverExpires?: boolean | null | undefined
}

/** The latest expiry, in addition to the limits of the policy. */
export interface ExpiryBound {
  readonly latest: Date
  /** What limits the expiry: `before`, or the description of a key. */
  readonly because: string
}

type LifetimePolicy = Pick<KeyPolicy, 'maximumLifetime' | 'defaultLifetime' | 'expiryRequired'>

/**
 * When a new lifetime ends; null for never. Throws BAD_USER_INPUT if the request is invalid, POLICY_VIOLATION if the policy
 * forbids it.
 *
 * @param fallback the lifetime if none is requested; null for unlimited
 * @param bound shortens a default lifetime, and rejects a requested one that exceeds it
 */
export const decideExpiry = (
  wanted: WantedExpiry,
  policy: LifetimePolicy,
  now: Date,
  fallback: DurationSeconds | null,
  bound: ExpiryBound | null = null,
): Date | null => {
  const given = [wanted.expiresAt != null, wanted.expiresIn != null, wanted.neverExpires === true].filter(Boolean)
  if (given.length > 1) throw badInput('expiresAt', 'set at most one of expiresAt, expiresIn and neverExpires')
  const requested = given.length > 0
  const wished = wishedExpiry(wanted, policy, now, fallback)
  const expiresAt = requested ? wished : fitted(wished, bound, now)
  if (expiresAt === null) {
    if (policy.expiryRequired)
      throw policyViolation('expiryRequired', 'The policy requires every key to expire: set expiresAt or expiresIn.')
    if (policy.maximumLifetime !== null) throw tooLong(policy.maximumLifetime)
  } else if (policy.maximumLifetime !== null && expiresAt > addSeconds(now, policy.maximumLifetime))
    throw tooLong(policy.maximumLifetime)
  if (requested) refuseBeyond(expiresAt, bound, wanted)
  return expiresAt
}

const fitted = (expiresAt: Date | null, bound: ExpiryBound | null, now: Date): Date | null => {
  if (bound === null || (expiresAt !== null && expiresAt <= bound.latest)) return expiresAt
  if (bound.latest <= now) throw forbidden([], `The key would have to expire with ${bound.because}, which has expired.`)
  return bound.latest
}

const refuseBeyond = (
  expiresAt: Date | null,
  bound: ExpiryBound | null,
  { expiresIn, neverExpires }: WantedExpiry,
): void => {
  if (bound === null || (expiresAt !== null && expiresAt <= bound.latest)) return
  const path = neverExpires === true ? 'neverExpires' : expiresIn == null ? 'expiresAt' : 'expiresIn'
  throw badInput(
    path,
    bound.because === 'before'
      ? 'must not exceed the lifetime that the key had: a key that rotates itself cannot extend it'
      : `must not be after ${bound.latest.toISOString()}, when ${bound.because} expires`,
  )
}

const wishedExpiry = (wanted: WantedExpiry, policy: LifetimePolicy, now: Date, fallback: DurationSeconds | null) => {
  if (wanted.neverExpires === true) return null
  if (wanted.expiresAt != null) {
    if (wanted.expiresAt <= now) throw badInput('expiresAt', 'must be in the future')
    if (wanted.expiresAt > addSeconds(now, LONGEST_DURATION)) throw badInput('expiresAt', 'must be within 100 years')
    return wanted.expiresAt
  }
  if (wanted.expiresIn != null) {
    if (wanted.expiresIn <= 0) throw badInput('expiresIn', 'must be longer than zero')
    return addSeconds(now, wanted.expiresIn)
  }
  // A default lifetime is shortened to the policy instead of being rejected.
  if (fallback === null) {
    const lifetime = policy.maximumLifetime ?? (policy.expiryRequired ? policy.defaultLifetime : null)
    return lifetime === null ? null : addSeconds(now, Math.min(lifetime, policy.defaultLifetime))
  }
  return addSeconds(now, Math.min(fallback, policy.maximumLifetime ?? fallback))
}

const tooLong = (maximum: DurationSeconds) =>
  policyViolation('maximumLifetime', `The policy allows a lifetime of at most ${formatDuration(maximum)}.`)

/** The overlap of a rotation. Throws POLICY_VIOLATION if it exceeds the policy. */
export const decideOverlap = (
  wanted: DurationSeconds | null | undefined,
  policy: Pick<KeyPolicy, 'maximumOverlap'>,
): DurationSeconds => {
  if (wanted == null) return Math.min(DEFAULT_OVERLAP, policy.maximumOverlap)
  if (wanted > policy.maximumOverlap)
    throw policyViolation(
      'maximumOverlap',
      `The policy allows an overlap of at most ${formatDuration(policy.maximumOverlap)}.`,
    )
  return wanted
}

const DEFAULT_OVERLAP: DurationSeconds = 86_400
