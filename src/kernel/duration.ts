/** A duration in whole seconds, zero or more. Its text form is ISO 8601 with days, hours, minutes and seconds. */
export type DurationSeconds = number

const MINUTE = 60
const HOUR = 60 * MINUTE
export const DAY: DurationSeconds = 24 * HOUR

/** One hundred years of 365 days. It keeps every date within the four-digit years of RFC 3339. */
export const LONGEST_DURATION: DurationSeconds = 36_500 * DAY

const SHAPE = /^P(?=\d|T\d)(?:(\d{1,12})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})S)?)?$/

/** Parses an ISO 8601 duration to seconds; null if invalid. Years, months, weeks, signs and fractions are not supported. */
export const parseDuration = (text: string): DurationSeconds | null => {
  const match = SHAPE.exec(text)
  if (match === null) return null
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0))
  const total = (days ?? 0) * DAY + (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE + (seconds ?? 0)
  return total <= LONGEST_DURATION ? total : null
}

/** Formats a duration in the largest single unit that is exact: P30D, PT36H, PT90S. */
export const formatDuration = (seconds: DurationSeconds): string => {
  if (seconds % DAY === 0 && seconds > 0) return `P${seconds / DAY}D`
  if (seconds % HOUR === 0 && seconds > 0) return `PT${seconds / HOUR}H`
  if (seconds % MINUTE === 0 && seconds > 0) return `PT${seconds / MINUTE}M`
  return `PT${seconds}S`
}

export const addSeconds = (instant: Date, seconds: DurationSeconds): Date =>
  new Date(instant.getTime() + seconds * 1000)
