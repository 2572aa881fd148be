const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNITS = [
  { unit: 'year', size: 365 * DAY, from: 365 * DAY },
  // Lifetimes are chosen in days: half a year of them is still read as days.
  { unit: 'month', size: 30 * DAY, from: 180 * DAY },
  { unit: 'day', size: DAY, from: 2 * DAY },
  { unit: 'hour', size: HOUR, from: 2 * HOUR },
  { unit: 'minute', size: MINUTE, from: MINUTE },
  { unit: 'second', size: SECOND, from: 0 },
] as const

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`

/** "40 seconds ago", "in 3 days", "just now". The text is exact to the unit: it never rounds up. */
export const formatRelative = (instant: Date, now: number): string => {
  const difference = instant.getTime() - now
  const distance = Math.abs(difference)
  if (distance < 2 * SECOND) return 'just now'
  const { unit, size } = UNITS.find(({ from }) => distance >= from) ?? UNITS[5]
  const text = plural(Math.floor(distance / size), unit)
  return difference < 0 ? `${text} ago` : `in ${text}`
}

const formatIn = (timeZone?: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    ...(timeZone !== undefined && { timeZone }),
  })

/** Made once: it costs more than all else in the row of a table. */
const LOCAL_FORMAT = formatIn()

/** "26 Nov 2026, 14:03:22 GMT+1": the instant in the reader's time zone, which it names. */
export const formatAbsolute = (instant: Date, timeZone?: string): string =>
  (timeZone === undefined ? LOCAL_FORMAT : formatIn(timeZone)).format(instant)

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/** "30 days", "12 hours", "1 hour 30 minutes": the schema's Duration in words; other text stays as it is. */
export const formatDuration = (text: string): string => {
  const match = DURATION.exec(text)
  if (!match) return text
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((count) => Number(count ?? 0))
  // Thirty hours stay thirty hours; 7199 seconds are no number that anybody reads.
  const carried = minutes * 60 + seconds
  const counts = {
    day: days,
    hour: hours + Math.floor(carried / 3600),
    minute: Math.floor((carried % 3600) / 60),
    second: carried % 60,
  }
  const parts = Object.entries(counts).flatMap(([unit, count]) => (count === 0 ? [] : [plural(count, unit)]))
  return parts.join(' ') || 'no time'
}
