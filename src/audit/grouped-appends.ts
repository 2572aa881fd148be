import { succeeded } from '../kernel/outcome.ts'
import type { Database } from '../persistence/database.ts'
import { GroupedWrites } from '../persistence/grouped-writes.ts'
import type { Cause } from './audit-event.ts'
import type { AuditLog, LogEntry } from './audit-log.ts'
import type { EventDraft } from './events/event-types.ts'

const LARGEST_GROUP = 500

/**
 * Appends from busy paths: the events of one organization that wait at the same time share one transaction and one
 * statement. Each append resolves after its event is committed, so an acknowledged event is never lost.
 */
export class GroupedAppends {
  private readonly writes: GroupedWrites<LogEntry, undefined>

  constructor(database: Database, log: AuditLog) {
    this.writes = new GroupedWrites(database, LARGEST_GROUP, async (writer, organizationId, entries) => {
      await log.appendAll(writer, organizationId, entries)
      return entries.map(() => succeeded(undefined))
    })
  }

  /** Events that wait for their commit. */
  get size(): number {
    return this.writes.size
  }

  async append(organizationId: string, cause: Cause, draft: EventDraft): Promise<void> {
    await this.writes.run(organizationId, { cause, draft })
  }
}
