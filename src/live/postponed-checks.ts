/** Number of polls between a check that failed because a dependency was unavailable and its retry. */
const POLLS_BEFORE_RETRY = 10
const RETRIES_AT_ONCE = 8

interface Postponable {
  postponed: boolean
}

/** Checks that failed because a dependency was unavailable. A few are retried at a time, and all once one has succeeded. */
export class PostponedChecks<Item extends Postponable> {
  private readonly items = new Set<Item>()
  private readonly resume: (item: Item) => void
  private pollsUntilRetry = 0

  /** @param resume queues the check of an item again */
  constructor(resume: (item: Item) => void) {
    this.resume = resume
  }

  add(item: Item): void {
    item.postponed = true
    if (this.items.size === 0) this.pollsUntilRetry = POLLS_BEFORE_RETRY
    this.items.add(item)
  }

  delete(item: Item): void {
    this.items.delete(item)
  }

  /** Retries all: the dependency is available again. */
  resumeAll(): void {
    this.resumeSome(this.items.size)
  }

  /** Counts a poll. While the database is unavailable, each check is one more failing connection: only a few are retried. */
  poll(): void {
    if (this.items.size === 0) return
    this.pollsUntilRetry -= 1
    if (this.pollsUntilRetry > 0) return
    this.pollsUntilRetry = POLLS_BEFORE_RETRY
    this.resumeSome(RETRIES_AT_ONCE)
  }

  private resumeSome(count: number): void {
    for (const item of [...this.items].slice(0, count)) {
      this.items.delete(item)
      item.postponed = false
      this.resume(item)
    }
  }
}
