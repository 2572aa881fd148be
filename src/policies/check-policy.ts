import { DAY } from '../kernel/duration.ts'
import type { InputIssues } from '../kernel/errors.ts'
import type { OwnPolicy } from './key-policy.ts'
import { checkThresholds } from './warning-thresholds.ts'

/** Longest lifetime of access tokens that a policy may set. */
export const MAX_TOKEN_LIFETIME_SECONDS = DAY
const MAX_ACTIVE_KEYS = 1_000_000

/** A policy as it is stored. Adds an issue for each invalid field. */
export const checkPolicy = (issues: InputIssues, path: string, own: OwnPolicy): OwnPolicy => {
  const positive = (field: 'maximumLifetime' | 'defaultLifetime' | 'accessTokenLifetime' | 'revokeUnusedAfter') => {
    const value = own[field]
    if (value !== null && value <= 0) issues.add(`${path}.${field}`, 'must be longer than zero')
  }
  positive('maximumLifetime')
  positive('defaultLifetime')
  positive('accessTokenLifetime')
  positive('revokeUnusedAfter')
  if (own.accessTokenLifetime !== null && own.accessTokenLifetime > MAX_TOKEN_LIFETIME_SECONDS)
    issues.add(`${path}.accessTokenLifetime`, 'must be at most P1D: a token is meant to be short-lived')
  if (own.maximumActiveKeys !== null && (own.maximumActiveKeys < 1 || own.maximumActiveKeys > MAX_ACTIVE_KEYS))
    issues.add(`${path}.maximumActiveKeys`, `must be from 1 to ${MAX_ACTIVE_KEYS}, or null for no maximum`)
  if (own.maximumLifetime !== null && own.defaultLifetime !== null && own.defaultLifetime > own.maximumLifetime)
    issues.add(`${path}.defaultLifetime`, 'must not be longer than maximumLifetime')
  return {
    ...own,
    warnBefore: own.warnBefore === null ? null : checkThresholds(issues, `${path}.warnBefore`, own.warnBefore),
  }
}
