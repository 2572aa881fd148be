import { addSeconds, formatDuration, LONGEST_DURATION, parseDuration } from '../../kernel/duration.ts'
import { formatDuration as inWords } from '../ui/format-time.ts'

/** How somebody states when a key expires. The texts are as typed. */
export interface ExpiryChoice {
  readonly mode: 'after' | 'on' | 'never'
  readonly amount: string
  readonly unit: 'days' | 'hours' | 'minutes'
  /** As the browser's control for date and time gives it, in the reader's time zone. */
  readonly date: string
}

/** The part of the organization's policy that an expiry must follow. */
export interface ExpiryPolicy {
  readonly maximumLifetime?: string | null
  readonly defaultLifetime: string
  readonly expiryRequired: boolean
}

export type ExpiryResult =
  | { readonly kind: 'at'; readonly instant: Date; readonly input: { expiresIn: string } | { expiresAt: string } }
  | { readonly kind: 'never'; readonly input: { neverExpires: true } }
  | { readonly kind: 'fault'; readonly message: string }

const UNIT_SECONDS = { days: 86_400, hours: 3_600, minutes: 60 } as const

const fault = (message: string): ExpiryResult => ({ kind: 'fault', message })

const durationOf = ({ amount, unit }: ExpiryChoice): number | null => {
  const count = /^\d{1,9}$/.test(amount.trim()) ? Number(amount) : 0
  return count > 0 ? count * UNIT_SECONDS[unit] : null
}

const stated = (choice: ExpiryChoice, now: Date): ExpiryResult => {
  if (choice.mode === 'never') return { kind: 'never', input: { neverExpires: true } }
  if (choice.mode === 'after') {
    const seconds = durationOf(choice)
    if (seconds === null) return fault('Enter a whole number above zero.')
    if (seconds > LONGEST_DURATION) return fault('At most 100 years.')
    return { kind: 'at', instant: addSeconds(now, seconds), input: { expiresIn: formatDuration(seconds) } }
  }
  const instant = new Date(choice.date)
  if (choice.date === '' || Number.isNaN(instant.getTime())) return fault('Choose a date and a time.')
  if (instant <= now) return fault('Choose a time in the future.')
  if (instant > addSeconds(now, LONGEST_DURATION)) return fault('At most 100 years.')
  return { kind: 'at', instant, input: { expiresAt: instant.toISOString() } }
}

/** When a key would expire, or why the choice is not possible under the policy; null for a policy that cannot be read. */
export const checkExpiry = (choice: ExpiryChoice, policy: ExpiryPolicy | null, now: Date): ExpiryResult => {
  const result = stated(choice, now)
  if (result.kind === 'fault' || policy === null) return result
  const { maximumLifetime, expiryRequired } = policy
  const longest = maximumLifetime == null ? null : parseDuration(maximumLifetime)
  if (result.kind === 'never') {
    if (expiryRequired) return fault('The policy of the organization requires an expiry.')
    if (longest !== null && maximumLifetime != null)
      return fault(`The policy of the organization allows at most ${inWords(maximumLifetime)}.`)
    return result
  }
  if (longest !== null && maximumLifetime != null && result.instant > addSeconds(now, longest))
    return fault(`The policy of the organization allows at most ${inWords(maximumLifetime)}.`)
  return result
}

const NO_DATE = ''

/** A duration as a choice: in the largest unit that states it exactly. */
export const choiceOfDuration = (duration: string): ExpiryChoice => {
  const seconds = parseDuration(duration) ?? UNIT_SECONDS.days
  const unit = seconds % UNIT_SECONDS.days === 0 ? 'days' : seconds % UNIT_SECONDS.hours === 0 ? 'hours' : 'minutes'
  return { mode: 'after', amount: String(Math.max(1, Math.round(seconds / UNIT_SECONDS[unit]))), unit, date: NO_DATE }
}

/** What the form starts with: the policy's default, cut to its maximum as the server does. */
export const defaultExpiry = (policy: ExpiryPolicy | null): ExpiryChoice => {
  if (policy === null) return choiceOfDuration('P90D')
  const longest = policy.maximumLifetime == null ? null : parseDuration(policy.maximumLifetime)
  const usual = parseDuration(policy.defaultLifetime)
  if (longest !== null && usual !== null && longest < usual && policy.maximumLifetime != null)
    return choiceOfDuration(policy.maximumLifetime)
  return choiceOfDuration(policy.defaultLifetime)
}

/** The presets that the policy allows. */
export const presetsFor = (policy: ExpiryPolicy | null): string[] => {
  const longest = policy?.maximumLifetime == null ? null : parseDuration(policy.maximumLifetime)
  return ['P7D', 'P30D', 'P90D', 'P180D', 'P365D'].filter(
    (preset) => longest === null || (parseDuration(preset) ?? 0) <= longest,
  )
}
