/** Checks that run at a time. */
const CHECKS_AT_ONCE = 8

interface Checked {
  readonly needsCheck: boolean
  checking: boolean
}

/**
 * Checks that wait for their turn, each at most once and a few at a time. Urgent ones overtake the others. What needs
 * another check when one ends is queued again.
 */
export class CheckQueue<Item extends Checked> {
  private readonly urgent = new Set<Item>()
  private readonly routine = new Set<Item>()
  private readonly check: (item: Item) => Promise<void>
  private running = 0
  private scheduled = false

  /** @param check must not reject */
  constructor(check: (item: Item) => Promise<void>) {
    this.check = check
  }

  /** How many wait. */
  get size(): number {
    return this.urgent.size + this.routine.size
  }

  add(item: Item, urgency: 'urgent' | 'routine'): void {
    // One that is being checked looks for itself whether it needs another check.
    if (item.checking || this.urgent.has(item)) return
    if (urgency === 'urgent') {
      this.routine.delete(item)
      this.urgent.add(item)
    } else this.routine.add(item)
    this.schedule()
  }

  /** Begins later: whoever else hears of the same event must have heard of it before a check asks them. */
  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    queueMicrotask(() => {
      this.scheduled = false
      this.start()
    })
  }

  private start(): void {
    while (this.running < CHECKS_AT_ONCE) {
      const item = this.take()
      if (item === undefined) return
      if (!item.needsCheck) continue
      this.running += 1
      item.checking = true
      void this.check(item).finally(() => {
        this.running -= 1
        item.checking = false
        if (item.needsCheck) this.add(item, 'urgent')
        else this.schedule()
      })
    }
  }

  private take(): Item | undefined {
    const queue = this.urgent.size > 0 ? this.urgent : this.routine
    for (const item of queue) {
      queue.delete(item)
      return item
    }
    return undefined
  }
}
