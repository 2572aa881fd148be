/** Number of tasks that run in one iteration of the event loop: less than a millisecond of deliveries. */
const TASKS_PER_ITERATION = 32

/** Number of taken tasks after which the array is compacted, so that it is not moved for each of them. */
const TAKEN_BEFORE_TRIM = 1_024

type Task = () => void

/** A first-in, first-out queue. Taking a task takes constant time. */
class TaskQueue {
  private tasks: (Task | undefined)[] = []
  private head = 0

  get isEmpty(): boolean {
    return this.head === this.tasks.length
  }

  get size(): number {
    return this.tasks.length - this.head
  }

  add(task: Task): void {
    this.tasks.push(task)
  }

  take(): Task | undefined {
    const task = this.tasks[this.head]
    this.tasks[this.head] = undefined
    this.head += 1
    if (this.isEmpty) {
      this.tasks.length = 0
      this.head = 0
    } else if (this.head >= TAKEN_BEFORE_TRIM) {
      this.tasks.splice(0, this.head)
      this.head = 0
    }
    return task
  }
}

/**
 * Runs a few tasks per iteration of the event loop, so that a request waits for few deliveries, however many subscribers an
 * event has. Organizations take turns; the tasks of one organization run in order. Callers bound the queue: a live
 * subscription has at most one delivery and one ending in it.
 */
export class FairScheduler {
  /** By organization, in the order of their turns. */
  private readonly queues = new Map<string, TaskQueue>()
  private scheduled = false

  /** Number of queued tasks. */
  get size(): number {
    let size = 0
    for (const queue of this.queues.values()) size += queue.size
    return size
  }

  /** Resolves in a later iteration of the event loop, after the tasks that the organization added before. */
  turn(organizationId: string): Promise<void> {
    return new Promise((resolve) => this.run(organizationId, resolve))
  }

  /** Runs the task in a later iteration of the event loop, after the tasks that the organization added before. */
  run(organizationId: string, task: Task): void {
    let queue = this.queues.get(organizationId)
    if (queue === undefined) {
      queue = new TaskQueue()
      this.queues.set(organizationId, queue)
    }
    queue.add(task)
    this.schedule()
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => this.runSome())
  }

  private runSome(): void {
    this.scheduled = false
    try {
      for (let count = 0; count < TASKS_PER_ITERATION && this.queues.size > 0; count += 1) this.runNext()
    } finally {
      // A task that throws must not stop the others.
      if (this.queues.size > 0) this.schedule()
    }
  }

  private runNext(): void {
    const [first] = this.queues
    if (first === undefined) return
    const [organizationId, queue] = first
    try {
      queue.take()?.()
    } finally {
      // Deleting and setting moves the organization to the end of the map, behind those that wait for their turn.
      if (queue.isEmpty || this.queues.size > 1) this.queues.delete(organizationId)
      if (!queue.isEmpty) this.queues.set(organizationId, queue)
    }
  }
}
