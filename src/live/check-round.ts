/** Number of steps in which every item is taken once. */
const STEPS_PER_ROUND = 10

/** Iterates over items endlessly, an equal share of them per step, so that every item is taken once in ten steps. */
export class CheckRound<Item> {
  private readonly items: { readonly size: number; values(): IterableIterator<Item> }
  /** Number of due items times the steps of a round, so that it is a whole number. */
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
