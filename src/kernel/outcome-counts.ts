/** Counts by outcome, as plain numbers: they are read when metrics are collected. Outcomes must be from a fixed set. */
export class OutcomeCounts<Outcome extends string> implements Iterable<[Outcome, number]> {
  private readonly counts = new Map<Outcome, number>()

  count(outcome: Outcome): void {
    this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1)
  }

  [Symbol.iterator](): MapIterator<[Outcome, number]> {
    return this.counts.entries()
  }
}
