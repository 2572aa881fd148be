const DAY_MS = 86_400_000

/** How far the timeline looks ahead. */
export const TIMELINE_DAYS = 90

/** How near an expiry is: the colour of its point. */
export type Urgency = 'soon' | 'near' | 'later'

export interface TimelineKey {
  readonly id: string
  readonly expiresAt: string
}

export interface Point<K extends TimelineKey> {
  readonly key: K
  /** Pixels from the left edge. */
  readonly x: number
  /** 0 is the lowest. */
  readonly lane: number
  /** On which side its name has room; null where it has none. */
  readonly label: 'right' | 'left' | null
  readonly urgency: Urgency
}

export interface TimelineSize {
  /** Pixels. */
  readonly width: number
  readonly lanes: number
  /** Of a point, with the gap to the next. */
  readonly pointWidth: number
}

const urgencyOf = (days: number): Urgency => (days < 7 ? 'soon' : days < 30 ? 'near' : 'later')

/**
 * The points of the keys that expire within 90 days from `now`, each with its name where that covers no other. The axis is
 * compressed towards its end, so that the next days have room.
 */
export const pointsOf = <K extends TimelineKey>(
  keys: readonly K[],
  now: number,
  { width, lanes, pointWidth }: TimelineSize,
  labelWidthOf: (key: K) => number,
): Point<K>[] => {
  const ends: number[] = new Array(lanes).fill(Number.NEGATIVE_INFINITY)
  /** Takes the lowest lane that is free from `from` to `to`; -1 where none is. */
  const take = (from: number, to: number): number => {
    const lane = from < -pointWidth || to > width + pointWidth ? -1 : ends.findIndex((end) => end <= from)
    if (lane !== -1) ends[lane] = to
    return lane
  }
  return keys
    .map((key) => ({ key, days: (Date.parse(key.expiresAt) - now) / DAY_MS }))
    .filter(({ days }) => days >= 0 && days <= TIMELINE_DAYS)
    .sort((a, b) => a.days - b.days)
    .map(({ key, days }) => {
      const x = positionOf(days) * width
      const point = { key, x, urgency: urgencyOf(days) }
      const half = pointWidth / 2
      const right = take(x - half, x + half + labelWidthOf(key))
      if (right !== -1) return { ...point, lane: right, label: 'right' as const }
      const left = take(x - half - labelWidthOf(key), x + half)
      if (left !== -1) return { ...point, lane: left, label: 'left' as const }
      const free = take(x - half, x + half)
      return { ...point, lane: free === -1 ? ends.indexOf(Math.min(...ends)) : free, label: null }
    })
}

/** Where a day is on the axis: 0 is now, 1 is the end. The square root gives the first week a quarter of the width. */
export const positionOf = (days: number): number => Math.sqrt(Math.max(0, days) / TIMELINE_DAYS)

interface Tick {
  readonly days: number
  readonly label: string
}

/** The marks of the axis, in days from now. */
export const TICKS: readonly Tick[] = [
  { days: 1, label: '1 day' },
  { days: 7, label: '1 week' },
  { days: 14, label: '2 weeks' },
  { days: 30, label: '30 days' },
  { days: 60, label: '60 days' },
  { days: 90, label: '90 days' },
]

/** Between the middles of two labels of the axis, in pixels. */
const LABEL_SPACING = 58

/** The marks that are named on an axis of this width: the last one always, and those before it that cover no other. */
export const namedTicks = (width: number): ReadonlySet<number> => {
  const named = new Set<number>()
  // "now" is at the left edge; the last label ends at the right one.
  let right = width - LABEL_SPACING / 2
  for (const { days } of [...TICKS].reverse()) {
    const x = days === TIMELINE_DAYS ? right : positionOf(days) * width
    if (days !== TIMELINE_DAYS && (right - x < LABEL_SPACING || x < LABEL_SPACING)) continue
    named.add(days)
    right = x
  }
  return named
}
