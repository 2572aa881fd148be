/** Why a stream was ended from the inside. */
export type StreamEnd = 'closed' | 'overflow'

interface Options<T> {
  /** Reads what comes before the live part, a page a call; null says that the stream is live from here on. Without it the stream is live at once. */
  readonly replay?: (() => Promise<readonly T[] | null>) | undefined
  /** How many items may wait for a slow reader before the stream is ended. */
  readonly capacity: number
  /** Called once, when the reader stops or the stream is ended. */
  readonly onEnd: (reason: StreamEnd) => void
}

/**
 * A pull-based stream: first a replay, read as fast as the reader takes it, then what is pushed. It holds at most
 * `capacity` items. `return()` ends it at once, even while a read is waiting (a generator would only end at its next item).
 */
export class LiveStream<T> implements AsyncIterableIterator<T> {
  private readonly options: Options<T>
  private readonly queue: T[] = []
  private readonly waiters: (() => void)[] = []
  private replaying: Promise<void> | null = null
  private live: boolean
  private ended = false

  constructor(options: Options<T>) {
    this.options = options
    this.live = options.replay === undefined
  }

  push(item: T): void {
    if (this.ended) return
    if (this.queue.length >= this.options.capacity) {
      this.end('overflow')
      return
    }
    this.queue.push(item)
    this.wake()
  }

  /** Ends the stream; what was not read yet is dropped. */
  end(reason: StreamEnd = 'closed'): void {
    if (this.ended) return
    this.ended = true
    this.queue.length = 0
    this.wake()
    this.options.onEnd(reason)
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const item = this.queue.shift()
      if (item !== undefined) return { done: false, value: item }
      if (this.ended) return { done: true, value: undefined }
      if (this.live) await new Promise<void>((resolve) => this.waiters.push(resolve))
      else await this.replayMore(this.options.replay)
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.end()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  private replayMore(replay: Options<T>['replay']): Promise<void> {
    this.replaying ??= Promise.resolve(replay?.() ?? null)
      .then((items) => {
        if (items === null) this.live = true
        else if (!this.ended) this.queue.push(...items)
      })
      .catch((error: unknown) => {
        // Whoever iterates is told, and does not call return() any more.
        this.end()
        throw error
      })
      .finally(() => {
        this.replaying = null
      })
    return this.replaying
  }

  private wake(): void {
    for (const resume of this.waiters.splice(0)) resume()
  }
}
