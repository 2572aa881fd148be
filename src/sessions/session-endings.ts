import { type AuditEvent, BY_SYSTEM } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import type { Clock } from '../kernel/clock.ts'
import { findKeysInOrder } from '../keys/keys.store.ts'
import { listDecidingSecrets } from '../keys/verification/deciding-rows.store.ts'
import { TOKEN_ENDINGS } from '../keys/verification/token-endings.ts'
import { listMembershipsOf } from '../memberships/members.store.ts'
import type { Writer } from '../persistence/database.ts'
import { type EndingSession, endSessions } from './end-sessions.ts'
import { lostKeyOf } from './lost-key.ts'
import { listSessionsOf, listSessionsOfKeys } from './sessions.store.ts'

interface Changed {
  readonly keyIds: Set<string>
  readonly userIds: Set<string>
}

/** Whether an event may take from a key what its sessions need. */
const concernsKey = (type: AuditEventType): boolean => {
  const { stale, takes } = TOKEN_ENDINGS[type]
  return stale === 'key' && takes !== undefined && takes !== 'scope'
}

/**
 * Ends the sessions of a key, or of a member who left, in the transaction of the event that ends it: the row and its event
 * are there exactly if that event is. Sessions that end by time are ended by the sweeper.
 */
export class SessionEndings {
  private readonly log: AuditLog
  private readonly clock: Clock
  private readonly changed = new WeakMap<Writer, Changed>()

  constructor(log: AuditLog, clock: Clock) {
    this.log = log
    this.clock = clock
    log.onAppend((writer, events) => this.collect(writer, events))
  }

  private collect(writer: Writer, events: readonly AuditEvent[]): void {
    for (const event of events) {
      if (concernsKey(event.type) && event.targetId !== null) this.changedIn(writer).keyIds.add(event.targetId)
      if (event.type === 'MEMBER_REMOVED' && event.details !== null)
        this.changedIn(writer).userIds.add(event.details.userId)
    }
  }

  private changedIn(writer: Writer): Changed {
    const known = this.changed.get(writer)
    if (known !== undefined) return known
    const made: Changed = { keyIds: new Set(), userIds: new Set() }
    this.changed.set(writer, made)
    writer.beforeCommit(() => this.end(writer, made))
    return made
  }

  private async end(writer: Writer, { keyIds, userIds }: Changed): Promise<void> {
    const endings = [...(await this.ofKeys(writer, keyIds)), ...(await this.ofPeople(writer, userIds))]
    if (endings.length > 0) await endSessions(writer, this.log, BY_SYSTEM, endings)
  }

  private async ofKeys(writer: Writer, keyIds: ReadonlySet<string>): Promise<EndingSession[]> {
    const sessions = await listSessionsOfKeys(writer, [...keyIds])
    const concerned = [...new Set(sessions.flatMap(({ keyId }) => (keyId === null ? [] : [keyId])))]
    const endings: EndingSession[] = []
    for (const key of await findKeysInOrder(writer, concerned)) {
      const facts = { key, secrets: await listDecidingSecrets(writer, key.id) }
      for (const session of sessions) {
        const lost = session.keyId === key.id ? lostKeyOf(session, facts, this.clock.now()) : null
        if (lost !== null) endings.push({ session, reason: lost.end })
      }
    }
    return endings
  }

  /** Sign-ins at the identity provider of people who belong to no organization any more. */
  private async ofPeople(writer: Writer, userIds: ReadonlySet<string>): Promise<EndingSession[]> {
    const endings: EndingSession[] = []
    for (const userId of userIds) {
      if ((await listMembershipsOf(writer, userId)).length > 0) continue
      for (const session of await listSessionsOf(writer, userId))
        if (session.keyId === null) endings.push({ session, reason: 'left-organization' })
    }
    return endings
  }
}
