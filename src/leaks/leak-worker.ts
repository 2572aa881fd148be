import type { Clock } from '../kernel/clock.ts'
import { Unavailable } from '../kernel/errors.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { LeakEndings } from './leak-endings.ts'
import { takePending } from './pending-leaks.ts'
import { listPendingLeaks } from './pending-leaks.store.ts'

export interface LeakWorkerParts {
  readonly database: Database
  readonly clock: Clock
  readonly endings: LeakEndings
  /** Receives why leaks could not be written. They stay pending, and the next round tries again. */
  readonly onFault: (error: unknown) => void
}

/** Interval between rounds. Bounds the delay of what other instances have stored and not written. */
const INTERVAL_MS = 1_000

/**
 * Writes the pending leaks of answered reports: after each of them, at the start, and at an interval. Instances share the
 * work. Each batch is deleted by the transaction that writes it, so it is written once whatever ends the process.
 */
export class LeakWorker {
  private readonly parts: LeakWorkerParts
  private readonly rounds: Periodic
  private stopping = false

  constructor(parts: LeakWorkerParts) {
    this.parts = parts
    const { clock, onFault } = parts
    this.rounds = new Periodic({ clock, intervalMs: INTERVAL_MS, task: () => this.work(), onFault })
  }

  start(): void {
    this.stopping = false
    this.rounds.start({ immediately: true })
  }

  /** Resolves when the running transaction has ended. What is still pending is written by another instance or start. */
  async stop(): Promise<void> {
    this.stopping = true
    await this.rounds.stop()
  }

  /** Starts a round now. */
  wake(): void {
    this.rounds.wakeAt(this.parts.clock.now())
  }

  /** Runs one round: writes what is pending now and not taken by another instance. */
  async work(): Promise<void> {
    const { database, onFault } = this.parts
    for (const { id, organizationId } of await database.read(listPendingLeaks)) {
      if (this.stopping) return
      try {
        await database.writeFor(organizationId, (writer) => this.write(writer, id))
      } catch (error) {
        if (error instanceof Unavailable) throw error
        // One batch that cannot be written must not hold back the others.
        onFault(error)
      }
    }
  }

  private async write(writer: Writer, id: string): Promise<void> {
    const taken = await takePending(writer, id)
    if (taken !== null) await this.parts.endings.write(writer, taken.batch, taken.report)
  }
}
