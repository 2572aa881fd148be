/** Why a stream ended: its reader closed it, its reader stopped reading, or the service stops. */
export type StreamEnd = 'closed' | 'stalled' | 'stopped'

/** Longest time between two reads of a reader that has fallen behind, before the stream is ended. */
const MAX_STALL_MS = 5_000

interface Options<T> {
  /**
   * Reads a page of the items before the live part. Calls `goLive` where nothing is left to read, in the same step in
   * which pushing starts.
   */
  readonly replay: (goLive: () => void) => Promise<readonly T[]>
  /** Whether the stream starts live, without a replay. */
  readonly live: boolean
  /** Number of items that may wait for a slow reader before it falls behind. */
  readonly capacity: number
  /** Runs a task when the reader may take an item, so that many readers do not block the event loop. */
  readonly schedule: (task: () => void) => void
  /** Called once, when the reader stops or the stream is ended. */
  readonly onEnd: (reason: StreamEnd) => void
}

/**
 * A pull-based stream: first a replay, read as fast as the reader takes it, then what is pushed. It holds at most
 * `capacity` items: a reader that falls further behind continues with the replay, and one that stops reading is ended.
 * `return()` ends it at once, even while a read is pending (a generator would only end at its next item).
 */
export class LiveStream<T> implements AsyncIterableIterator<T> {
  private readonly options: Options<T>
  private readonly queue: T[] = []
  private readonly waiters: (() => void)[] = []
  private wakeScheduled = false
  private replaying: Promise<void> | null = null
  private live: boolean
  private ended = false
  private stall: NodeJS.Timeout | null = null

  constructor(options: Options<T>) {
    this.options = options
    this.live = options.live
  }

  /** Adds an item; false if the reader has fallen behind, and the replay must deliver this item and the following ones. */
  push(item: T): boolean {
    if (this.ended) return true
    if (this.queue.length >= this.options.capacity) {
      this.live = false
      this.startStallTimer()
      return false
    }
    this.queue.push(item)
    if (this.waiters.length > 0 && !this.wakeScheduled) {
      this.wakeScheduled = true
      this.options.schedule(() => this.wake())
    }
    return true
  }

  /** Ends the stream; unread items are dropped. */
  end(reason: StreamEnd = 'closed'): void {
    if (this.ended) return
    this.ended = true
    this.stopStallTimer()
    this.queue.length = 0
    this.wake()
    this.options.onEnd(reason)
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    this.stopStallTimer()
    // A reader that waited for an item is woken when it is its turn. One that finds an item waits for its turn first.
    let hasTurn = false
    for (;;) {
      if (this.queue.length > 0 && !hasTurn) await new Promise<void>((resolve) => this.options.schedule(resolve))
      const item = this.queue.shift()
      if (item !== undefined) {
        if (!this.live) this.startStallTimer()
        return { done: false, value: item }
      }
      if (this.ended) return { done: true, value: undefined }
      hasTurn = this.live
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
        // The reader receives the error and does not call return().
        this.end()
        throw error
      })
      .finally(() => {
        this.replaying = null
      })
    return this.replaying
  }

  private startStallTimer(): void {
    this.stopStallTimer()
    // Real time, because this waits for a socket.
    this.stall = setTimeout(() => this.end('stalled'), MAX_STALL_MS).unref()
  }

  private stopStallTimer(): void {
    if (this.stall !== null) clearTimeout(this.stall)
    this.stall = null
  }

  private wake(): void {
    this.wakeScheduled = false
    for (const resume of this.waiters.splice(0)) resume()
  }
}
