/** Why a stream was ended: by its reader, because its reader takes nothing more, or because the service stops. */
export type StreamEnd = 'closed' | 'stalled' | 'stopped'

/** How long a reader that has not caught up may take for one item before the stream is ended. */
const LONGEST_STALL_MS = 5_000

interface Options<T> {
  /**
   * Reads what comes before the live part, a page a call. Where nothing is left to read it calls `goLive`, in the same step
   * in which pushing begins.
   */
  readonly replay: (goLive: () => void) => Promise<readonly T[]>
  /** Whether the stream begins live, without a replay. */
  readonly live: boolean
  /** How many items may wait for a slow reader before it falls behind. */
  readonly capacity: number
  /** Waits until the reader may take an item, so that many readers do not keep the process busy without a break. */
  readonly turn: () => Promise<void>
  /** Called once, when the reader stops or the stream is ended. */
  readonly onEnd: (reason: StreamEnd) => void
}

/**
 * A pull-based stream: first a replay, read as fast as the reader takes it, then what is pushed. It holds at most
 * `capacity` items: a reader that falls further behind goes on with the replay, and one that takes nothing more is ended.
 * `return()` ends it at once, even while a read is waiting (a generator would only end at its next item).
 */
export class LiveStream<T> implements AsyncIterableIterator<T> {
  private readonly options: Options<T>
  private readonly queue: T[] = []
  private readonly waiters: (() => void)[] = []
  private replaying: Promise<void> | null = null
  private live: boolean
  private ended = false
  private stall: NodeJS.Timeout | null = null

  constructor(options: Options<T>) {
    this.options = options
    this.live = options.live
  }

  /** Hands on an item; false where the reader has fallen behind, and the replay must give it this and what follows. */
  push(item: T): boolean {
    if (this.ended) return true
    if (this.queue.length >= this.options.capacity) {
      this.live = false
      this.awaitReader()
      return false
    }
    this.queue.push(item)
    this.wake()
    return true
  }

  /** Ends the stream; what was not read yet is dropped. */
  end(reason: StreamEnd = 'closed'): void {
    if (this.ended) return
    this.ended = true
    this.forgetStall()
    this.queue.length = 0
    this.wake()
    this.options.onEnd(reason)
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    this.forgetStall()
    for (;;) {
      if (this.queue.length > 0) await this.options.turn()
      const item = this.queue.shift()
      if (item !== undefined) {
        if (!this.live) this.awaitReader()
        return { done: false, value: item }
      }
      if (this.ended) return { done: true, value: undefined }
      if (this.live) await new Promise<void>((resolve) => this.waiters.push(resolve))
      else await this.replayMore()
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.end()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  private replayMore(): Promise<void> {
    this.replaying ??= this.options
      .replay(() => {
        this.live = true
      })
      .then((items) => {
        if (!this.ended) this.queue.push(...items)
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

  private awaitReader(): void {
    this.forgetStall()
    // Real time on purpose: it is a socket that is waited for.
    this.stall = setTimeout(() => this.end('stalled'), LONGEST_STALL_MS).unref()
  }

  private forgetStall(): void {
    if (this.stall !== null) clearTimeout(this.stall)
    this.stall = null
  }

  private wake(): void {
    for (const resume of this.waiters.splice(0)) resume()
  }
}
