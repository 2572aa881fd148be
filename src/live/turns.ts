/** Tasks that run in one iteration of the event loop: about two milliseconds of delivery. */
const TASKS_PER_ITERATION = 32

/**
 * Runs tasks in order, a few per iteration of the event loop. Thousands of deliveries therefore never keep a request
 * waiting for longer than a few of them take.
 */
export class Turns {
  private readonly waiting: (() => void)[] = []
  private scheduled = false

  /** Resolves in a later iteration of the event loop, after everyone who asked before. */
  next(): Promise<void> {
    return new Promise((resolve) => this.run(resolve))
  }

  /** Runs the task in a later iteration of the event loop, after all that were handed over before. */
  run(task: () => void): void {
    this.waiting.push(task)
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => this.runSome())
  }

  private runSome(): void {
    // What a task throws is its own fault: the others still run.
    this.scheduled = this.waiting.length > TASKS_PER_ITERATION
    if (this.scheduled) setImmediate(() => this.runSome())
    for (const task of this.waiting.splice(0, TASKS_PER_ITERATION)) task()
  }
}
