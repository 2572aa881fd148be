const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MONTH = 30.44 * DAY
const YEAR = 365.25 * DAY

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

/** Units, each used for times below its limit. */
const UNITS = [
  ['second', SECOND, 90 * SECOND],
  ['minute', MINUTE, 90 * MINUTE],
  ['hour', HOUR, 36 * HOUR],
  ['day', DAY, 90 * DAY],
  ['month', MONTH, 24 * MONTH],
  ['year', YEAR, Number.POSITIVE_INFINITY],
] as const

/** How far an instant is from now: "in 12 days", "3 hours ago". */
export const relativeTime = (instant: Date, now: Date): string => {
  const distance = instant.getTime() - now.getTime()
  for (const [unit, length, limit] of UNITS)
    if (Math.abs(distance) < limit) return relative.format(Math.round(distance / length), unit)
  return ''
}

const two = (number: number): string => String(number).padStart(2, '0')

/** An instant in the time zone of the terminal, or in UTC: `2026-12-08 09:36`, `2026-12-08 09:36 UTC`. */
export const formatInstant = (instant: Date, utc: boolean): string => {
  if (utc) return `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const date = [instant.getFullYear(), two(instant.getMonth() + 1), two(instant.getDate())].join('-')
  return `${date} ${two(instant.getHours())}:${two(instant.getMinutes())}`
}
