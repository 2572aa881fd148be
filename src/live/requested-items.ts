/** Why there are no more items. */
export interface Failure {
  readonly error: unknown
}

/** Takes one item for each request. Either method may be called while the request is made. */
export interface Taker<T> {
  take(item: T): void
  /** There are no more items. @param failure null if nothing failed */
  finish(failure: Failure | null): void
}

/**
 * Items that are requested one at a time: the source calls the taker back once, with the next item or the end. This is also
 * an iterator; `request` does the same without a promise for each item, which counts with thousands of subscribers.
 */
export abstract class RequestedItems<T> implements AsyncIterableIterator<T, undefined> {
  private lastCall: Promise<unknown> | null = null

  /** Requests the next item. The previous request must have been answered. */
  abstract request(taker: Taker<T>): void

  /** Ends it at once, even while a request waits (a generator would only end at its next item). */
  abstract return(): Promise<IteratorResult<T, undefined>>

  next(): Promise<IteratorResult<T, undefined>> {
    const result = this.lastCall === null ? this.requestOne() : this.lastCall.then(() => this.requestOne())
    // Calls that overlap are answered one after the other.
    const call: Promise<unknown> = result.then(ignore, ignore).finally(() => {
      if (this.lastCall === call) this.lastCall = null
    })
    this.lastCall = call
    return result
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  private requestOne(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.request({
        take: (value) => resolve({ done: false, value }),
        finish: (failure) => (failure === null ? resolve({ done: true, value: undefined }) : reject(failure.error)),
      })
    })
  }
}

const ignore = () => undefined
