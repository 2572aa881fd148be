interface Taker<T> {
  readonly resolve: (result: IteratorResult<T>) => void
  readonly reject: (error: unknown) => void
}

/** A queue of items between a socket and its consumer. */
export class EventBuffer<T> {
  private readonly capacity: number
  private waiting: T[] = []
  private taken = 0
  private takers: Taker<T>[] = []
  private emptied: (() => void)[] = []
  private ending: { readonly error: unknown } | 'complete' | null = null

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get isFull(): boolean {
    return this.waiting.length - this.taken >= this.capacity
  }

  push(item: T): void {
    if (this.ending !== null) return
    const taker = this.takers.shift()
    if (taker !== undefined) taker.resolve({ done: false, value: item })
    else this.waiting.push(item)
  }

  /** The next item. After the end: the queued items, then the error once, then done. */
  take(): Promise<IteratorResult<T>> {
    if (this.taken < this.waiting.length) {
      const [item] = this.waiting.slice(this.taken, this.taken + 1)
      this.taken += 1
      if (this.taken === this.waiting.length) this.empty()
      return Promise.resolve({ done: false, value: item as T })
    }
    if (this.ending === null) return new Promise((resolve, reject) => this.takers.push({ resolve, reject }))
    if (this.ending === 'complete') return Promise.resolve({ done: true, value: undefined })
    const { error } = this.ending
    this.ending = 'complete'
    return Promise.reject(error)
  }

  /** Resolves when the queue is empty. */
  untilEmpty(): Promise<void> {
    if (this.waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.emptied.push(resolve))
  }

  /** Discards the queue, because the consumer has ended. */
  drop(): void {
    this.end()
    this.empty()
  }

  end(): void {
    if (this.ending === null) this.finish('complete')
  }

  fail(error: unknown): void {
    if (this.ending === null) this.finish({ error })
  }

  private finish(ending: { readonly error: unknown } | 'complete'): void {
    this.ending = ending
    for (const { resolve, reject } of this.takers.splice(0)) {
      if (this.ending === 'complete') {
        resolve({ done: true, value: undefined })
        continue
      }
      this.ending = 'complete'
      reject((ending as { readonly error: unknown }).error)
    }
  }

  private empty(): void {
    this.waiting = []
    this.taken = 0
    for (const resolve of this.emptied.splice(0)) resolve()
  }
}
