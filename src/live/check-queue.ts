/** Largest number of checks that run concurrently. */
const CHECKS_AT_ONCE = 8

interface Checked {
  readonly needsCheck: boolean
  checking: boolean
}

/**
 * A queue of checks that runs a few concurrently, urgent ones first. Each item is queued at most once; an item that needs
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

  /** Number of queued checks. */
  get size(): number {
    return this.urgent.size + this.routine.size
  }

  add(item: Item, urgency: 'urgent' | 'routine'): void {
    // After a running check, the item is queued again if it needs another one.
    if (item.checking || this.urgent.has(item)) return
    if (urgency === 'urgent') {
      this.routine.delete(item)
      this.urgent.add(item)
    } else this.routine.add(item)
    this.schedule()
  }

  /** Starts in a microtask: every handler of the event must have dropped its cached facts before a check reads them. */
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
