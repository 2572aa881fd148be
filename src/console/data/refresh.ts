/** Between two refreshes. A burst of events costs two: one at its first event, one after it. */
const SPACING_MS = 700

/** Tells the queries on the screen when to load again: at once, then at most every 700 ms, and not in a hidden page. */
export class RefreshSignal {
  private readonly listeners = new Set<() => void>()
  private lastAt = Number.NEGATIVE_INFINITY
  private timer: ReturnType<typeof setTimeout> | null = null
  private isOwed = false

  /** Returns what ends it. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  request(): void {
    if (document.visibilityState === 'hidden') {
      this.isOwed = true
      return
    }
    if (this.timer !== null) return
    const delay = Math.max(0, this.lastAt + SPACING_MS - performance.now())
    this.timer = setTimeout(() => this.refresh(), delay)
  }

  /** Catches up with what happened while the page was hidden. Returns what ends it. */
  followVisibility(): () => void {
    const shown = () => {
      if (document.visibilityState === 'hidden' || !this.isOwed) return
      this.isOwed = false
      this.request()
    }
    document.addEventListener('visibilitychange', shown)
    return () => document.removeEventListener('visibilitychange', shown)
  }

  private refresh(): void {
    this.timer = null
    this.lastAt = performance.now()
    for (const listener of [...this.listeners]) listener()
  }
}
