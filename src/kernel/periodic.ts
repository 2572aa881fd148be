import type { Clock } from './clock.ts'

export interface PeriodicOptions {
  readonly clock: Clock
  readonly task: () => unknown
  /** Time between the end of a run and the next one. Without it the task runs only at the instants given to `wakeAt`. */
  readonly intervalMs?: number
  /** Receives what the task throws; the task runs again at its next instant. */
  readonly onFault: (error: unknown) => void
}

/** Runs a task periodically, by the clock, and never concurrently with itself. */
export class Periodic {
  private readonly options: PeriodicOptions
  /** When the next run is due, in milliseconds; null where none is. */
  private dueAt: number | null = null
  private cancelWake: (() => void) | null = null
  private running: Promise<void> | null = null
  private stopped = false

  constructor(options: PeriodicOptions) {
    this.options = options
  }

  /** Starts to run the task at its interval: first after one interval, or immediately. */
  start({ immediately = false } = {}): void {
    this.stopped = false
    if (!immediately) this.wakeAfterInterval()
    else if (this.running === null) this.run()
  }

  /** Runs the task at an instant, unless an earlier run is due. Works without `start`, but not after `stop`. */
  wakeAt(instant: Date): void {
    const at = instant.getTime()
    if (this.stopped || (this.dueAt !== null && this.dueAt <= at)) return
    this.dueAt = at
    // While the task runs, the next run is scheduled at its end.
    if (this.running === null) this.schedule(at)
  }

  /** Cancels further runs and resolves when the current run has ended. The task itself must not await it. */
  async stop(): Promise<void> {
    this.stopped = true
    this.unschedule()
    await this.running
  }

  private run(): void {
    this.unschedule()
    this.running = this.attempt().finally(() => {
      this.running = null
      if (this.stopped) return
      if (this.dueAt !== null) this.schedule(this.dueAt)
      this.wakeAfterInterval()
    })
  }

  private async attempt(): Promise<void> {
    try {
      await this.options.task()
    } catch (error) {
      this.options.onFault(error)
    }
  }

  private wakeAfterInterval(): void {
    const { clock, intervalMs } = this.options
    if (intervalMs !== undefined) this.wakeAt(new Date(clock.now().getTime() + intervalMs))
  }

  private schedule(at: number): void {
    this.cancelWake?.()
    this.cancelWake = this.options.clock.wakeAt(new Date(at), () => this.run())
  }

  private unschedule(): void {
    this.cancelWake?.()
    this.cancelWake = null
    this.dueAt = null
  }
}
