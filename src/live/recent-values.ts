/** A value is kept for this long at least, and twice as long at most. */
const KEPT_MS = 500
/** Values that are kept of one such time. */
const MOST_KEPT = 5_000

/** Values that many want within a moment, each made once for all of them. Nothing is kept of one that failed. */
export class RecentValues<Value> {
  private current = new Map<string, Promise<Value>>()
  private previous = new Map<string, Promise<Value>>()
  private timer: NodeJS.Timeout | null = null

  get(key: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.current.get(key) ?? this.previous.get(key)
    if (known !== undefined) return known
    if (this.current.size >= MOST_KEPT) this.rotate()
    const made = make()
    this.current.set(key, made)
    made.catch(() => this.forget(key, made))
    this.timer ??= setInterval(() => this.rotate(), KEPT_MS).unref()
    return made
  }

  private forget(key: string, failed: Promise<Value>): void {
    for (const values of [this.current, this.previous]) if (values.get(key) === failed) values.delete(key)
  }

  private rotate(): void {
    this.previous = this.current
    this.current = new Map()
    if (this.previous.size > 0 || this.timer === null) return
    clearInterval(this.timer)
    this.timer = null
  }
}
