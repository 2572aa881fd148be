import { addSeconds, type DurationSeconds, formatDuration, LONGEST_DURATION } from '../../kernel/duration.ts'
import { badInput, policyViolation } from '../../kernel/errors.ts'
import type { KeyPolicy } from '../../organizations/key-policy.ts'

/** How an expiry may be asked for: at most one of the three. */
export interface WantedExpiry {
  readonly expiresAt?: Date | null | undefined
  readonly expiresIn?: DurationSeconds | null | undefined
  readonly neverExpires?: boolean | null | undefined
}

type LifetimePolicy = Pick<KeyPolicy, 'maximumLifetime' | 'defaultLifetime' | 'expiryRequired'>

/**
 * When a new lifetime ends; null for never. Throws BAD_USER_INPUT where the wish makes no sense, POLICY_VIOLATION where
 * the policy forbids it.
 *
 * @param fallback how long the lifetime is where nothing is wished for; null for never
 */
export const decideExpiry = (
  wanted: WantedExpiry,
  policy: LifetimePolicy,
  now: Date,
  fallback: DurationSeconds | null,
): Date | null => {
  const given = [wanted.expiresAt != null, wanted.expiresIn != null, wanted.neverExpires === true].filter(Boolean)
  if (given.length > 1) throw badInput('expiresAt', 'take at most one of expiresAt, expiresIn and neverExpires')
  const expiresAt = wishedExpiry(wanted, policy, now, fallback)
  if (expiresAt === null) {
    if (policy.expiryRequired)
      throw policyViolation('expiryRequired', 'The policy wants every key to expire: give expiresAt or expiresIn.')
    if (policy.maximumLifetime !== null) throw tooLong(policy.maximumLifetime)
    return null
  }
  if (policy.maximumLifetime !== null && expiresAt > addSeconds(now, policy.maximumLifetime))
    throw tooLong(policy.maximumLifetime)
  return expiresAt
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
  // What nobody asked for is fitted to the policy instead of being refused by it.
  if (fallback === null) {
    const lifetime = policy.maximumLifetime ?? (policy.expiryRequired ? policy.defaultLifetime : null)
    return lifetime === null ? null : addSeconds(now, Math.min(lifetime, policy.defaultLifetime))
  }
  return addSeconds(now, Math.min(fallback, policy.maximumLifetime ?? fallback))
}

const tooLong = (maximum: DurationSeconds) =>
  policyViolation('maximumLifetime', `The policy allows a lifetime of at most ${formatDuration(maximum)}.`)

/** How long a rotation's overlap is. Throws POLICY_VIOLATION where it is longer than the policy allows. */
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
