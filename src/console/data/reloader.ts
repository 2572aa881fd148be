import type { LiveEvent } from './live-event.ts'
import { BASE_SPACING_MS, Pace } from './pace.ts'

export interface ReloaderOptions {
  /** Loads everything again. */
  readonly reload: () => void
  /** Whether an event can change what is shown. */
  readonly isConcerned: (event: LiveEvent) => boolean
  /** Loads only what these events are about, because the reload comes later. */
  readonly patch?: ((events: readonly LiveEvent[]) => void) | undefined
  /** Is called with whether events wait because of `hold`. */
  readonly onHeld?: ((isHeld: boolean) => void) | undefined
}

/** Decides when one query loads again, and when it is enough to load what some events are about. */
export class Reloader {
  private readonly options: ReloaderOptions
  private readonly pace = new Pace()
  private timer: ReturnType<typeof setTimeout> | null = null
  private patchTimer: ReturnType<typeof setTimeout> | null = null
  private unpatched: LiveEvent[] = []
  private isHolding = false
  private isOwed = false

  constructor(options: ReloaderOptions) {
    this.options = options
  }

  /** Something happened. Waits longer while more keeps happening. */
  take(event: LiveEvent): void {
    if (!this.options.isConcerned(event)) return
    if (this.isHolding) {
      this.owe(true)
      this.patchSoon(event)
      return
    }
    const wait = this.pace.wait(performance.now())
    this.schedule(wait)
    if (wait > BASE_SPACING_MS) this.patchSoon(event)
  }

  /** Anything can have changed: after a gap, and after what the person did. */
  request(): void {
    this.schedule(this.pace.urgentWait(performance.now()), true)
  }

  /** While it holds, events only patch. What they changed otherwise is loaded afterwards. */
  hold(isHolding: boolean): void {
    if (isHolding === this.isHolding) return
    this.isHolding = isHolding
    if (isHolding && this.timer !== null) {
      this.cancel()
      this.owe(true)
    }
    if (!isHolding && this.isOwed) this.request()
  }

  /** Everything is being loaded for another reason: nothing waits any more. */
  settle(): void {
    this.cancel()
    this.pace.count(performance.now())
    this.unpatched = []
    this.owe(false)
  }

  stop(): void {
    this.cancel()
    if (this.patchTimer !== null) clearTimeout(this.patchTimer)
    this.patchTimer = null
  }

  private schedule(wait: number, isSooner = false): void {
    if (this.timer !== null && !isSooner) return
    this.cancel()
    this.timer = setTimeout(() => this.run(), wait)
  }

  private run(): void {
    this.settle()
    this.options.reload()
  }

  private patchSoon(event: LiveEvent): void {
    if (this.options.patch === undefined) return
    this.unpatched.push(event)
    this.patchTimer ??= setTimeout(() => {
      this.patchTimer = null
      const events = this.unpatched.splice(0)
      if (events.length > 0) this.options.patch?.(events)
    }, BASE_SPACING_MS)
  }

  private owe(isOwed: boolean): void {
    if (isOwed === this.isOwed) return
    this.isOwed = isOwed
    this.options.onHeld?.(isOwed)
  }

  private cancel(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }
}
