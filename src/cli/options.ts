import { InvalidArgumentError } from 'commander'
import { DAY, formatDuration, LONGEST_DURATION, parseDuration } from '../kernel/duration.ts'
import { type Grant, parseScope } from '../kernel/grants.ts'

/** Options of every command. */
export interface GlobalOptions {
  readonly json?: boolean
  readonly utc?: boolean
  readonly yes?: boolean
  readonly organization?: string
  readonly profile?: string
}

const SHORT_DURATION = /^(?=\d)(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/

/** Parses a duration such as 30d, 12h, 1d12h or ISO 8601 (P30D, PT12H) into seconds; null if it is invalid. */
const secondsOf = (text: string): number | null => {
  const match = SHORT_DURATION.exec(text)
  if (match === null) return parseDuration(text)
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0))
  const total = (7 * weeks + days) * DAY + hours * 3_600 + minutes * 60 + seconds
  return total <= LONGEST_DURATION ? total : null
}

/** An option that is a duration; its value is in seconds. */
export const durationOption = (text: string): number => {
  const seconds = secondsOf(text)
  if (seconds === null) throw new InvalidArgumentError('Write a duration as 30d, 12h, 90m or P30D.')
  return seconds
}

/** Instants as RFC 3339 writes them, and dates, which begin at midnight UTC. */
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/

const instantOf = (text: string): Date | null => {
  const date = INSTANT.test(text) ? new Date(text) : null
  return date === null || Number.isNaN(date.getTime()) ? null : date
}

/** An option that is an instant in the past: an instant, a date, or how long ago. */
export const sinceOption = (text: string): Date => {
  const seconds = secondsOf(text)
  const instant = seconds === null ? instantOf(text) : new Date(Date.now() - seconds * 1_000)
  if (instant === null) throw new InvalidArgumentError('Write a duration as 7d or 12h, or a date as 2026-11-30.')
  return instant
}

/** The expiry of a key, as an input of the API. */
export type Expiry = { readonly expiresIn: string } | { readonly expiresAt: string } | { readonly neverExpires: true }

export const expiryOption = (text: string): Expiry => {
  if (text === 'never') return { neverExpires: true }
  const seconds = secondsOf(text)
  if (seconds !== null) return { expiresIn: formatDuration(seconds) }
  const instant = instantOf(text)
  if (instant === null) throw new InvalidArgumentError('Write a duration as 30d, a date as 2026-12-31, or never.')
  return { expiresAt: instant.toISOString() }
}

/** The expiry of a key that must expire. */
export const finiteExpiryOption = (text: string): Exclude<Expiry, { neverExpires: true }> => {
  const expiry = expiryOption(text)
  if ('neverExpires' in expiry) throw new InvalidArgumentError('Write a duration as 30d, or a date as 2026-12-31.')
  return expiry
}

/** Collects the values of an option that may be repeated. */
export const listOption = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

/** Collects `module:role` grants of an option that may be repeated. */
export const grantOption = (text: string, before: readonly Grant[] = []): readonly Grant[] => {
  const grants = parseScope(text.replaceAll(',', ' '))
  if (grants === null || grants.length === 0)
    throw new InvalidArgumentError('Write a grant as module:role, such as build:operator.')
  return [...before, ...grants]
}

/** A whole number of at least zero. */
export const countOption = (text: string): number => {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(count)) throw new InvalidArgumentError('Write a whole number.')
  return count
}
