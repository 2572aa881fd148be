import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { sessionEnded } from '../audit/events/access-events.ts'
import type { LeakPlace } from '../audit/events/leak-place.ts'
import { findUsers } from '../memberships/members.store.ts'
import type { Writer } from '../persistence/database.ts'
import type { SessionRow } from './session.entity.ts'
import type { SessionEnd } from './session.ts'
import { deleteSession } from './sessions.store.ts'

export interface EndingSession {
  readonly session: SessionRow
  readonly reason: SessionEnd
  /** Where its token was found, of a leaked session. */
  readonly place?: LeakPlace
}

/**
 * Ends sessions, each with its event in the audit log of its organization. Of several that end the same session at the same
 * time, one does. Returns the ids of those that this call ended.
 */
export const endSessions = async (
  writer: Writer,
  log: AuditLog,
  cause: Cause,
  endings: readonly EndingSession[],
): Promise<string[]> => {
  const ended: EndingSession[] = []
  for (const ending of endings) if (await deleteSession(writer, ending.session.id)) ended.push(ending)
  const users = await findUsers(writer, [...new Set(ended.map(({ session }) => session.userId))])
  const names = new Map(users.map(({ id, name }) => [id, name]))
  // In the order of their ids, as every writer locks the heads of audit logs.
  const organizations = [...new Set(ended.map(({ session }) => session.organizationId))].sort()
  for (const organizationId of organizations) {
    const own = ended.filter(({ session }) => session.organizationId === organizationId)
    const entries = own.map(({ session: { id, userId }, reason, place }) => ({
      cause,
      draft: sessionEnded({ id, userId, userName: names.get(userId) ?? '' }, reason, place),
    }))
    await log.appendAll(writer, organizationId, entries)
  }
  return ended.map(({ session }) => session.id)
}
