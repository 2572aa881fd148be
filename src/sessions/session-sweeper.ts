import { BY_SYSTEM } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { Database } from '../persistence/database.ts'
import { endSessions } from './end-sessions.ts'
import { lapseOf } from './session.ts'
import { listLapsedSessions } from './sessions.store.ts'
import { deleteExpiredCodes } from './sign-in-codes.store.ts'

export interface SessionSweeperParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  /** Receives the error of a failed sweep. The next sweep covers the same sessions. */
  readonly onFault: (error: unknown) => void
}

const BATCH = 100
/** An ended session is refused at once. The sweep only writes its event and removes its row. */
const INTERVAL_MS = 60_000

/** Ends sessions whose time is over and that nobody presents any more, and removes sign-in codes that have expired. */
export class SessionSweeper {
  private readonly parts: SessionSweeperParts
  private readonly sweeps: Periodic

  constructor(parts: SessionSweeperParts) {
    this.parts = parts
    const { clock, onFault } = parts
    this.sweeps = new Periodic({ clock, intervalMs: INTERVAL_MS, task: () => this.sweep(), onFault })
  }

  start(): void {
    this.sweeps.start({ immediately: true })
  }

  /** Resolves when the running sweep has ended. */
  stop(): Promise<void> {
    return this.sweeps.stop()
  }

  /** Ends every session whose time is over, in batches. */
  async sweep(): Promise<void> {
    while ((await this.sweepBatch()) === BATCH);
    await this.parts.database.write((writer) => deleteExpiredCodes(writer, this.parts.clock.now()))
  }

  private async sweepBatch(): Promise<number> {
    const { database, clock, log } = this.parts
    const now = clock.now()
    const lapsed = await database.read((reader) => listLapsedSessions(reader, now, BATCH))
    if (lapsed.length === 0) return 0
    return database.write(async (writer) => {
      const endings = lapsed.map((session) => ({ session, reason: lapseOf(session, now) ?? ('expired' as const) }))
      await endSessions(writer, log, BY_SYSTEM, endings)
      return lapsed.length
    })
  }
}
