import type { MaybePromise } from '../kernel/maybe-promise.ts'

/** A value is kept for at least this time, and at most twice this time. */
const KEPT_MS = 500
/** Largest number of values of one such period. */
const MAX_VALUES = 5_000

type Values<Value> = Map<string, MaybePromise<Value>>

/** A short-lived cache: a value that many callers request at the same time is computed once. Failures are not cached. */
export class RecentValues<Value> {
  private current: Values<Value> = new Map()
  private previous: Values<Value> = new Map()
  private timer: NodeJS.Timeout | null = null

  /** The value of a key; synchronous if it is cached. */
  get(key: string, make: () => Promise<Value>): MaybePromise<Value> {
    for (const values of [this.current, this.previous]) {
      const known = values.get(key)
      if (known !== undefined) return known
    }
    if (this.current.size >= MAX_VALUES) this.rotate()
    const making = make()
    this.current.set(key, making)
    making.then(
      (value) => this.replace(key, making, (values) => values.set(key, value)),
      () => this.replace(key, making, (values) => values.delete(key)),
    )
    this.timer ??= setInterval(() => this.rotate(), KEPT_MS).unref()
    return making
  }

  private replace(key: string, making: Promise<Value>, change: (values: Values<Value>) => void): void {
    for (const values of [this.current, this.previous]) if (values.get(key) === making) change(values)
  }

  private rotate(): void {
    this.previous = this.current
    this.current = new Map()
    if (this.previous.size > 0 || this.timer === null) return
    clearInterval(this.timer)
    this.timer = null
  }
}
