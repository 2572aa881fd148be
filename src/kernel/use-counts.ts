/** How often a cache had what was asked for, as plain numbers: they are read when metrics are collected. */
export class UseCounts {
  hits = 0
  misses = 0
}
