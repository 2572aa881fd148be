/** The middle of the values, and their ends. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[sorted.length / 2 - 1] ?? Number.NaN)) / 2
}

export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
})

/** The ratio of two contestants, round by round: what slows the whole machine for a while cancels out. */
export const ratiosByRound = (subject: readonly number[], peer: readonly number[]): number[] =>
  subject.map((value, round) => value / (peer[round] ?? Number.NaN))

const PLATEAU = 0.04

/** Whether the last two windows of a warm-up differ by less than 4 %. */
export const isPlateau = (windows: readonly number[]): boolean => {
  const [before, last] = windows.slice(-2)
  if (before === undefined || last === undefined) return false
  return Math.abs(last - before) / Math.max(last, before) < PLATEAU
}

/**
 * How far the end of a run is from its beginning, as a fraction: the median of the last third of the rounds compared with that of
 * the first. Positive where the values grew.
 */
export const driftOf = (values: readonly number[]): number => {
  const third = Math.max(1, Math.floor(values.length / 3))
  return median(values.slice(-third)) / median(values.slice(0, third)) - 1
}
