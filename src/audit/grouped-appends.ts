import type { Database } from '../persistence/database.ts'
import type { Cause } from './audit-event.ts'
import type { AuditLog } from './audit-log.ts'
import type { EventDraft } from './events/event-types.ts'

interface Waiting {
  readonly entry: { readonly cause: Cause; readonly draft: EventDraft }
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const LARGEST_GROUP = 500

/**
 * Appends from busy paths: the events of one organization that wait at the same time share one transaction and one
 * statement. Each append resolves after its event is committed, so an acknowledged event is never lost.
 */
export class GroupedAppends {
  private readonly database: Database
  private readonly log: AuditLog
  private readonly waiting = new Map<string, Waiting[]>()

  constructor(database: Database, log: AuditLog) {
    this.database = database
    this.log = log
  }

  /** Events that wait for their commit. */
  get size(): number {
    let size = 0
    for (const queue of this.waiting.values()) size += queue.length
    return size
  }

  append(organizationId: string, cause: Cause, draft: EventDraft): Promise<void> {
    return new Promise((resolve, reject) => {
      const one = { entry: { cause, draft }, resolve, reject }
      const queue = this.waiting.get(organizationId)
      if (queue !== undefined) {
        queue.push(one)
        return
      }
      this.waiting.set(organizationId, [one])
      void this.drain(organizationId)
    })
  }

  private async drain(organizationId: string): Promise<void> {
    // Events that arrive in this iteration of the event loop belong to the first group.
    await Promise.resolve()
    for (;;) {
      const queue = this.waiting.get(organizationId) ?? []
      const group = queue.splice(0, LARGEST_GROUP)
      if (group.length === 0) break
      try {
        const entries = group.map(({ entry }) => entry)
        await this.database.writeFor(organizationId, (writer) => this.log.appendAll(writer, organizationId, entries))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.waiting.delete(organizationId)
  }
}
