import { DAY, type DurationSeconds, formatDuration } from '../kernel/duration.ts'
import type { InputIssues } from '../kernel/errors.ts'
import { checkLength } from '../kernel/list-input.ts'

/** What a misused secret costs its key, mildest first. It is recorded in any case. */
export const SECRET_MISUSE_RESPONSES = ['RECORD', 'SUSPEND', 'REVOKE'] as const
export type SecretMisuseResponse = (typeof SECRET_MISUSE_RESPONSES)[number]

/** The rules for an organization's keys, as they hold: its own and, where they are stricter, those above it. */
export interface KeyPolicy {
  readonly maximumLifetime: DurationSeconds | null
  readonly defaultLifetime: DurationSeconds
  readonly expiryRequired: boolean
  /** Longest first. */
  readonly warnBefore: readonly DurationSeconds[]
  readonly maximumOverlap: DurationSeconds
  readonly maximumActiveKeys: number | null
  readonly accessTokenLifetime: DurationSeconds
  /** What happens when a secret that a rotation retired is used. */
  readonly onRetiredSecretUse: SecretMisuseResponse
  /** What happens when a secret is reported as leaked. */
  readonly onLeak: SecretMisuseResponse
  readonly revokeUnusedAfter: DurationSeconds | null
}

/** What an organization states itself; null inherits. */
export type OwnPolicy = { readonly [Field in keyof KeyPolicy]: KeyPolicy[Field] | null }

/** The policy that a new root organization begins with. */
export const DEFAULT_POLICY: KeyPolicy = {
  maximumLifetime: null,
  defaultLifetime: 180 * DAY,
  expiryRequired: false,
  warnBefore: [30 * DAY, 14 * DAY, 7 * DAY, 3 * DAY, DAY],
  maximumOverlap: 7 * DAY,
  maximumActiveKeys: null,
  accessTokenLifetime: 3_600,
  onRetiredSecretUse: 'RECORD',
  onLeak: 'SUSPEND',
  revokeUnusedAfter: null,
}

const durationText = (seconds: DurationSeconds | null): string | null =>
  seconds === null ? null : formatDuration(seconds)

/** The policy with its durations as the API writes them, for the audit log. */
export const policyTexts = (policy: KeyPolicy) => ({
  ...policy,
  maximumLifetime: durationText(policy.maximumLifetime),
  defaultLifetime: formatDuration(policy.defaultLifetime),
  warnBefore: policy.warnBefore.map(formatDuration),
  maximumOverlap: formatDuration(policy.maximumOverlap),
  accessTokenLifetime: formatDuration(policy.accessTokenLifetime),
  revokeUnusedAfter: durationText(policy.revokeUnusedAfter),
})

const least = (own: number | null, above: number): number => (own === null ? above : Math.min(own, above))
const leastOrNone = (own: number | null, above: number | null): number | null =>
  above === null ? own : least(own, above)

const severity = (response: SecretMisuseResponse): number => SECRET_MISUSE_RESPONSES.indexOf(response)
const stricter = (own: SecretMisuseResponse | null, above: SecretMisuseResponse): SecretMisuseResponse =>
  own !== null && severity(own) > severity(above) ? own : above

/** The policy below a policy: what is stated there holds where it is stricter, the one above holds otherwise. */
const inheritPolicy = (above: KeyPolicy, own: OwnPolicy): KeyPolicy => {
  const maximumLifetime = leastOrNone(own.maximumLifetime, above.maximumLifetime)
  return {
    maximumLifetime,
    // A default beyond the maximum would refuse whoever asked for nothing special.
    defaultLifetime: least(maximumLifetime, least(own.defaultLifetime, above.defaultLifetime)),
    expiryRequired: above.expiryRequired || own.expiryRequired === true,
    // Neither stricter nor laxer: whoever is nearer to the keys knows when to be warned.
    warnBefore: own.warnBefore ?? above.warnBefore,
    maximumOverlap: least(own.maximumOverlap, above.maximumOverlap),
    maximumActiveKeys: leastOrNone(own.maximumActiveKeys, above.maximumActiveKeys),
    accessTokenLifetime: least(own.accessTokenLifetime, above.accessTokenLifetime),
    onRetiredSecretUse: stricter(own.onRetiredSecretUse, above.onRetiredSecretUse),
    onLeak: stricter(own.onLeak, above.onLeak),
    revokeUnusedAfter: leastOrNone(own.revokeUnusedAfter, above.revokeUnusedAfter),
  }
}

// A root's own policy is taken as it stands: this is what it stands on.
const NOTHING_ABOVE: KeyPolicy = {
  ...DEFAULT_POLICY,
  defaultLifetime: Number.POSITIVE_INFINITY,
  maximumOverlap: Number.POSITIVE_INFINITY,
  accessTokenLifetime: Number.POSITIVE_INFINITY,
  onRetiredSecretUse: 'RECORD',
  onLeak: 'RECORD',
}

/** The policy that holds for an organization: its own and those above it, the root's first. */
export const effectivePolicy = (rootFirst: readonly OwnPolicy[]): KeyPolicy =>
  rootFirst.reduce<KeyPolicy>(inheritPolicy, NOTHING_ABOVE)

const MOST_THRESHOLDS = 10

/** Whether there are not too many thresholds; adds an issue where there are. */
export const fitsThresholds = (issues: InputIssues, path: string, thresholds: readonly DurationSeconds[]): boolean =>
  checkLength(issues, path, thresholds, 'thresholds', MOST_THRESHOLDS)

/** Thresholds as they are kept: distinct, longest first. Adds an issue where one of them makes no sense. */
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

/** Seconds. No policy gives access tokens more. */
export const LONGEST_TOKEN_LIFETIME = DAY
const MOST_ACTIVE_KEYS = 1_000_000

/** A policy as it is kept. Adds an issue for each field that makes no sense. */
export const checkPolicy = (issues: InputIssues, path: string, own: OwnPolicy): OwnPolicy => {
  const positive = (field: 'maximumLifetime' | 'defaultLifetime' | 'accessTokenLifetime' | 'revokeUnusedAfter') => {
    const value = own[field]
    if (value !== null && value <= 0) issues.add(`${path}.${field}`, 'must be longer than zero')
  }
  positive('maximumLifetime')
  positive('defaultLifetime')
  positive('accessTokenLifetime')
  positive('revokeUnusedAfter')
  if (own.accessTokenLifetime !== null && own.accessTokenLifetime > LONGEST_TOKEN_LIFETIME)
    issues.add(`${path}.accessTokenLifetime`, 'must be at most P1D: a token is meant to be short-lived')
  if (own.maximumActiveKeys !== null && (own.maximumActiveKeys < 1 || own.maximumActiveKeys > MOST_ACTIVE_KEYS))
    issues.add(`${path}.maximumActiveKeys`, `must be from 1 to ${MOST_ACTIVE_KEYS}, or null for no maximum`)
  if (own.maximumLifetime !== null && own.defaultLifetime !== null && own.defaultLifetime > own.maximumLifetime)
    issues.add(`${path}.defaultLifetime`, 'must not be longer than maximumLifetime')
  return {
    ...own,
    warnBefore: own.warnBefore === null ? null : checkThresholds(issues, `${path}.warnBefore`, own.warnBefore),
  }
}
