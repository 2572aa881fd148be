interface Deadline<T> {
  readonly at: number
  readonly item: T
}

/** Number of outdated deadlines that the heap may always hold. */
const SLACK = 64

/** The times, in milliseconds, at which items are due. A binary heap, so that finding the next one is cheap. */
export class Deadlines<T> {
  private heap: Deadline<T>[] = []
  private readonly instants = new Map<T, number>()

  /** The next time at which an item is due; null if there is none. */
  get next(): number | null {
    this.dropOutdated()
    return this.heap[0]?.at ?? null
  }

  /** Sets when an item is due. Replaces an earlier deadline. */
  set(item: T, at: number): void {
    if (this.instants.get(item) === at) return
    this.instants.set(item, at)
    this.insert({ at, item })
    // A replaced deadline stays in the heap until it reaches the top, so their number must be bounded.
    if (this.heap.length > 2 * this.instants.size + SLACK) this.rebuild()
  }

  delete(item: T): void {
    this.instants.delete(item)
    if (this.heap.length > 2 * this.instants.size + SLACK) this.rebuild()
  }

  /** Removes and returns the items that are due, the earliest first. */
  takeDue(now: number): T[] {
    const due: T[] = []
    for (;;) {
      const at = this.next
      const first = this.heap[0]
      if (at === null || at > now || first === undefined) return due
      this.instants.delete(first.item)
      this.removeFirst()
      due.push(first.item)
    }
  }

  private dropOutdated(): void {
    for (;;) {
      const first = this.heap[0]
      if (first === undefined || this.instants.get(first.item) === first.at) return
      this.removeFirst()
    }
  }

  private rebuild(): void {
    // A sorted array is a heap.
    this.heap = [...this.instants].map(([item, at]) => ({ at, item })).sort((a, b) => a.at - b.at)
  }

  private insert(deadline: Deadline<T>): void {
    let index = this.heap.push(deadline) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = this.heap[above]
      if (parent === undefined || parent.at <= deadline.at) break
      this.heap[index] = parent
      index = above
    }
    this.heap[index] = deadline
  }

  private removeFirst(): void {
    const last = this.heap.pop()
    if (last === undefined || this.heap.length === 0) return
    let index = 0
    for (;;) {
      const left = this.heap[2 * index + 1]
      const right = this.heap[2 * index + 2]
      const onRight = left !== undefined && right !== undefined && right.at < left.at
      const child = onRight ? right : left
      if (child === undefined || child.at >= last.at) break
      this.heap[index] = child
      index = 2 * index + (onRight ? 2 : 1)
    }
    this.heap[index] = last
  }
}
