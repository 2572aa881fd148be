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
