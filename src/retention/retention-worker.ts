import { randomUUID } from 'node:crypto'
import { listUndeleted } from '../audit/audit-base.store.ts'
import type { Clock } from '../kernel/clock.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { Database } from '../persistence/database.ts'
import type { LogArchiver } from './log-archiver.ts'
import { endLease, listArchiving, takeLease } from './retention.store.ts'

export interface RetentionWorkerParts {
  readonly database: Database
  readonly clock: Clock
  readonly archiver: Pick<LogArchiver, 'archive' | 'deleteRows'>
  /** Counts archives. */
  readonly onArchived: () => void
  /** Receives the error if a log could not be archived. The next pass tries again. */
  readonly onFault: (error: unknown) => void
}

const INTERVAL_MS = 10 * 60_000
const LEASE = 'audit-retention'
const LEASE_MS = 5 * 60_000

/**
 * Archives what is due in every audit log, in passes. The lease keeps instances from doing the same work; what they do is
 * right without it.
 */
export class RetentionWorker {
  private readonly parts: RetentionWorkerParts
  private readonly holder = randomUUID()
  private readonly passes: Periodic
  private last: Promise<void> = Promise.resolve()
  private readonly stopping = new AbortController()

  constructor(parts: RetentionWorkerParts) {
    this.parts = parts
    const { clock, onFault } = parts
    this.passes = new Periodic({ clock, intervalMs: INTERVAL_MS, task: () => this.pass(), onFault })
  }

  start(): void {
    this.passes.start({ immediately: true })
  }

  /** Resolves when no log is being archived any more. What was begun is continued after the next start. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await this.passes.stop()
  }

  /** Archives what is due in every log, unless another instance is doing so. Passes do not overlap. */
  pass(): Promise<void> {
    this.last = this.last.catch(() => undefined).then(() => this.run())
    return this.last
  }

  private async run(): Promise<void> {
    if (!(await this.lease())) return
    const { database } = this.parts
    const due = await database.read(async (reader) => [
      ...(await listUndeleted(reader)),
      ...(await listArchiving(reader)),
    ])
    for (const organizationId of new Set(due)) await this.work(organizationId)
    await database.write((writer) => endLease(writer, LEASE, this.holder))
  }

  /** A log that cannot be archived does not keep others from being archived. */
  private async work(organizationId: string): Promise<void> {
    const { archiver, onArchived, onFault } = this.parts
    const { signal } = this.stopping
    try {
      await archiver.deleteRows(organizationId, signal)
      while (!signal.aborted && (await this.lease()) && (await archiver.archive(organizationId, signal))) {
        onArchived()
        await archiver.deleteRows(organizationId, signal)
      }
    } catch (error) {
      if (!signal.aborted) onFault(error)
    }
  }

  private lease(): Promise<boolean> {
    const { database, clock } = this.parts
    const now = clock.now()
    const lease = { name: LEASE, holder: this.holder, expiresAt: new Date(now.getTime() + LEASE_MS) }
    return database.write((writer) => takeLease(writer, lease, now))
  }
}
