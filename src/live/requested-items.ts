/** Why there are no more items. */
export interface Failure {
  readonly error: unknown
}

/** Receives one item per request. Either method may be called synchronously by `request`. */
export interface Taker<T> {
  take(item: T): void
  /** There are no more items. @param failure null if nothing failed */
  finish(failure: Failure | null): void
}

/**
 * Items that are requested one at a time. The source answers a request once, with the next item or the end. Also an async
 * iterator; `request` avoids its promise per item, which matters with thousands of subscribers.
 */
export abstract class RequestedItems<T> implements AsyncIterableIterator<T, undefined> {
  private lastCall: Promise<unknown> | null = null

  /** Requests the next item. The previous request must have been answered. */
  abstract request(taker: Taker<T>): void

  /** Ends it at once, even during a request. The `return` of a generator would wait for its next item. */
  abstract return(): Promise<IteratorResult<T, undefined>>

  next(): Promise<IteratorResult<T, undefined>> {
    const result = this.lastCall === null ? this.requestOne() : this.lastCall.then(() => this.requestOne())
    // Concurrent calls are answered in order.
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
