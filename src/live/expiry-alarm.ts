import type { Clock } from '../kernel/clock.ts'
import { Deadlines } from './deadlines.ts'

/** Calls back with the items that are due. One timer serves all items. */
export class ExpiryAlarm<Item> {
  private readonly clock: Clock
  private readonly onDue: (items: readonly Item[]) => void
  private readonly deadlines = new Deadlines<Item>()
  private wakesAt: number | null = null
  private cancelWake: (() => void) | null = null

  constructor(clock: Clock, onDue: (items: readonly Item[]) => void) {
    this.clock = clock
    this.onDue = onDue
  }

  /** Sets when an item is due; null for never. */
  set(item: Item, at: Date | null): void {
    if (at === null) this.deadlines.delete(item)
    else this.deadlines.set(item, at.getTime())
    this.schedule()
  }

  delete(item: Item): void {
    this.deadlines.delete(item)
  }

  /** Calls back with the items that are due now. Needed because a timer does not notice that the clock was set forward. */
  check(): void {
    const due = this.deadlines.takeDue(this.clock.now().getTime())
    if (due.length > 0) this.onDue(due)
    this.schedule()
  }

  stop(): void {
    this.cancelWake?.()
  }

  private schedule(): void {
    const { next } = this.deadlines
    if (next === this.wakesAt) return
    this.cancelWake?.()
    this.cancelWake = null
    this.wakesAt = next
    if (next === null) return
    this.cancelWake = this.clock.wakeAt(new Date(next), () => {
      this.wakesAt = null
      this.check()
    })
  }
}
