/** The value that a part of the samples, from 0 to 1, does not exceed. */
export const percentile = (samples: readonly number[], part: number): number =>
  [...samples].sort((a, b) => a - b)[Math.max(0, Math.ceil(samples.length * part) - 1)] ?? Number.NaN
