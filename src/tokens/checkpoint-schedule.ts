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
  /** Receives what kept an audit log from being signed; it is tried again at the next pass. */
  readonly onFault: (error: unknown) => void
}

const PASS_EVERY_MS = 30 * 60_000
/** A pass leaves a log alone that another instance signed this short a time before. An event waits for 45 minutes at most. */
const REST_MS = 15 * 60_000
const PAGE = 200
/** An audit log is signed when an event with a multiple of this sequence was committed. */
const EVERY_EVENTS = 1_000

/**
 * Has every audit log that changed signed: all of them in a pass every half hour and at the start, and a busy one after
 * its every 1,000th event. Nothing waits for a signature; requests that come while one is made become one.
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
    this.passes = new Periodic({ clock, intervalMs: PASS_EVERY_MS, task: () => this.pass(), onFault })
  }

  /** Begins with a pass, which runs in the background. */
  start(): void {
    this.stopped = false
    this.passes.start({ immediately: true })
  }

  /** Resolves when nothing is being signed any more. */
  async stop(): Promise<void> {
    this.stopped = true
    await this.passes.stop()
    await this.draining
  }

  /** To be called with every committed event. */
  committed({ organizationId, sequence }: Pick<AuditEvent, 'organizationId' | 'sequence'>): void {
    if (this.stopped || sequence % EVERY_EVENTS !== 0) return
    this.pending.add(organizationId)
    this.draining ??= this.drain()
  }

  private async drain(): Promise<void> {
    // The append's caller is answered first.
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
      const page = await this.parts.database.read((reader) => listUnsignedHistories(reader, after, PAGE))
      for (const organizationId of page) if (!this.stopped) await this.store(organizationId, REST_MS)
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return
      after = last
    }
  }

  /** One log that cannot be signed keeps no other from being signed. */
  private async store(organizationId: string, restMs = 0): Promise<void> {
    try {
      await this.parts.checkpoints.store(organizationId, restMs)
    } catch (error) {
      this.parts.onFault(error)
    }
  }
}
