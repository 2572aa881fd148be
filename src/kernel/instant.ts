const DAY_MS = 86_400_000
/** Days whose text is kept: those of the keys and events of a few pages. */
const MAX_DAYS = 1_000

const numbersOf = (count: number, digits: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => String(number).padStart(digits, '0'))

const SIXTY = numbersOf(60, 2)
const THOUSAND = numbersOf(1_000, 3)

/** The text of a day up to the `T`, by the number of days since the epoch. */
const days = new Map<number, string>()

const dayText = (instant: Date, day: number): string => {
  const known = days.get(day)
  if (known !== undefined) return known
  if (days.size >= MAX_DAYS) days.clear()
  const text = instant.toISOString().slice(0, -'00:00:00.000Z'.length)
  days.set(day, text)
  return text
}

/**
 * An instant as text, `2026-11-24T07:48:11.123Z`: the same as `toISOString`, which takes nine times as long. A page of a list
 * has dozens of instants. Throws a RangeError for an invalid date.
 */
export const instantText = (instant: Date): string => {
  const time = instant.getTime()
  const day = Math.floor(time / DAY_MS)
  const ms = time - day * DAY_MS
  const seconds = Math.floor(ms / 1_000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  return `${dayText(instant, day)}${SIXTY[hours]}:${SIXTY[minutes - hours * 60]}:${SIXTY[seconds - minutes * 60]}.${THOUSAND[ms - seconds * 1_000]}Z`
}

/** Where the digits of the time begin in the text of an instant. */
const [HOURS, MINUTES, SECONDS, MILLISECONDS, LENGTH] = [11, 14, 17, 20, 24]
const ZERO = 48

/** The beginning of a day, in milliseconds since the epoch, by the text of the day. */
const beginnings = new Map<string, number>()

const beginningOf = (day: string): number => {
  const known = beginnings.get(day)
  if (known !== undefined) return known
  if (beginnings.size >= MAX_DAYS) beginnings.clear()
  const beginning = Date.parse(`${day}00:00:00.000Z`)
  beginnings.set(day, beginning)
  return beginning
}

/** The instant of a text that `instantText` wrote. It is not checked; the Date constructor takes twice as long. */
export const instantOf = (text: string): Date => {
  // A year beyond 9999 or before the year 0 is longer.
  if (text.length !== LENGTH) return new Date(text)
  const digit = (at: number) => text.charCodeAt(at) - ZERO
  const two = (at: number) => 10 * digit(at) + digit(at + 1)
  const ms = 10 * two(MILLISECONDS) + digit(MILLISECONDS + 2)
  const seconds = 3_600 * two(HOURS) + 60 * two(MINUTES) + two(SECONDS)
  return new Date(beginningOf(text.slice(0, HOURS)) + 1_000 * seconds + ms)
}
