/** Steps in which every item of a round comes up once. */
const STEPS_PER_ROUND = 10

/** Goes through items again and again, an equal part of them at each step, so that all have come up after ten steps. */
export class CheckRound<Item> {
  private readonly items: { readonly size: number; values(): IterableIterator<Item> }
  /** Items that are due, times the steps of a round: a whole number. */
  private owed = 0
  private position: Iterator<Item> | null = null

  constructor(items: { readonly size: number; values(): IterableIterator<Item> }) {
    this.items = items
  }

  /** Counts a step. Returns whether an item is due. */
  step(): boolean {
    const { size } = this.items
    this.owed = Math.min(this.owed + size, size * STEPS_PER_ROUND)
    return this.owed >= STEPS_PER_ROUND
  }

  /** Takes the items that are due. */
  *take(): Generator<Item> {
    for (; this.owed >= STEPS_PER_ROUND; this.owed -= STEPS_PER_ROUND) {
      const next = this.next()
      if (next === undefined) return
      yield next
    }
  }

  private next(): Item | undefined {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      this.position ??= this.items.values()
      const { done, value } = this.position.next()
      if (!done) return value
      this.position = null
    }
    return undefined
  }
}
