import type { AuditEvent } from '../audit/audit-event.ts'
import type { Clock } from '../kernel/clock.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { Database } from '../persistence/database.ts'
import { listUnsignedHistories } from './checkpoints.store.ts'
import type { Checkpoints } from './checkpoints.ts'

export interface CheckpointScheduleParts {
  readonly database: Database
  readonly clock: Clock
  readonly checkpoints: Checkpoints
  /** Receives the error if an audit log could not be signed. The next pass tries again. */
  readonly onFault: (error: unknown) => void
}

const PASS_INTERVAL_MS = 30 * 60_000
/** A pass skips a log that was signed more recently. So an event is signed within 45 minutes. */
const MIN_AGE_MS = 15 * 60_000
const PAGE_SIZE = 200
/** An audit log is signed after every so many events. */
const EVENTS_PER_CHECKPOINT = 1_000

/**
 * Signs every audit log that changed: in a pass at the start and every half hour, and after every 1,000th event of a log.
 * Nothing waits for a signature.
 */
export class CheckpointSchedule {
  private readonly parts: CheckpointScheduleParts
  private readonly pending = new Set<string>()
  private draining: Promise<void> | null = null
  private readonly passes: Periodic
  private stopped = true

  constructor(parts: CheckpointScheduleParts) {
    this.parts = parts
    const { clock, onFault } = parts
    this.passes = new Periodic({ clock, intervalMs: PASS_INTERVAL_MS, task: () => this.pass(), onFault })
  }

  /** Starts a pass in the background. */
  start(): void {
    this.stopped = false
    this.passes.start({ immediately: true })
  }

  /** Resolves when no signature is being made any more. */
  async stop(): Promise<void> {
    this.stopped = true
    await this.passes.stop()
    await this.draining
  }

  /** Must be called with every committed event. */
  committed({ organizationId, sequence }: Pick<AuditEvent, 'organizationId' | 'sequence'>): void {
    if (this.stopped || sequence % EVENTS_PER_CHECKPOINT !== 0) return
    this.pending.add(organizationId)
    this.draining ??= this.drain()
  }

  private async drain(): Promise<void> {
    // Let the caller of the append be answered first.
    await new Promise((resolve) => setImmediate(resolve))
    for (const organizationId of this.pending) {
      if (this.stopped) break
      this.pending.delete(organizationId)
      await this.store(organizationId)
    }
    this.draining = null
  }

  private async pass(): Promise<void> {
    for (let after = ''; !this.stopped; ) {
      const page = await this.parts.database.read((reader) => listUnsignedHistories(reader, after, PAGE_SIZE))
      for (const organizationId of page) if (!this.stopped) await this.store(organizationId, MIN_AGE_MS)
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE_SIZE) return
      after = last
    }
  }

  /** A log that cannot be signed does not keep others from being signed. */
  private async store(organizationId: string, restMs = 0): Promise<void> {
    try {
      await this.parts.checkpoints.store(organizationId, restMs)
    } catch (error) {
      this.parts.onFault(error)
    }
  }
}
