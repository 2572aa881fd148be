import type { CallOrigin } from '../access/call-origin.ts'
import { hasOwnPowers, type Principal, requireOwnPowers } from '../access/principal.ts'
import type { SessionToken } from '../access/verification.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { type Caller, causeOf } from '../audit/caller.ts'
import { forbidden, notFound } from '../kernel/errors.ts'
import { groupedBy } from '../kernel/grouped-by.ts'
import { checkId } from '../kernel/ids.ts'
import { findUser } from '../memberships/members.store.ts'
import type { Database } from '../persistence/database.ts'
import { endSessions } from './end-sessions.ts'
import type { SessionRow } from './session.entity.ts'
import { hashToken } from './session-text.ts'
import { findSession, findSessionByHash, listSessionsOf } from './sessions.store.ts'

/** What people do with their own sessions. Nobody reads or ends those of somebody else. */
export class SessionsService {
  private readonly database: Database
  private readonly log: AuditLog

  constructor(database: Database, log: AuditLog) {
    this.database = database
    this.log = log
  }

  /** The sessions of the caller, newest first; none for a machine or an access token. */
  async listOwn({ principal }: Caller): Promise<SessionRow[]> {
    return isPerson(principal) ? this.database.read((reader) => listSessionsOf(reader, principal.id)) : []
  }

  /** A session of the caller. Throws NOT_FOUND if it is not theirs, and for every machine and access token. */
  async find({ principal }: Caller, id: string): Promise<SessionRow> {
    const session = await this.database.read((reader) => findSession(reader, id))
    if (session === null || session.userId !== principal.id || !isPerson(principal)) throw notFound('session')
    return session
  }

  /**
   * Ends a session of the caller; without an id, all of them but the one that the caller uses. Returns the ids of those that
   * it ended. Throws BAD_USER_INPUT, NOT_FOUND if the session is not theirs, FORBIDDEN for a machine or an access token.
   */
  async end(caller: Caller, id: string | null): Promise<string[]> {
    const { principal, cause } = caller
    requireOwnPowers(principal)
    if (principal.kind !== 'USER') throw forbidden([], 'Only a person has console sessions.')
    if (id !== null) checkId('session', id, 'id')
    const chosen =
      id === null
        ? (await this.listOwn(caller)).filter((session) => session.id !== principal.credential.sessionId)
        : [await this.find(caller, id)]
    const endings = chosen.map((session) => ({ session, reason: 'ended' as const }))
    const ended: string[] = []
    for (const [organizationId, own] of groupedBy(endings, ({ session }) => session.organizationId))
      ended.push(
        ...(await this.database.writeFor(organizationId, (writer) => endSessions(writer, this.log, cause, own))),
      )
    if (id !== null && ended.length === 0) throw notFound('session')
    return ended
  }

  /** Ends the session of a cookie. Whoever holds the cookie may; one that is unknown changes nothing. */
  async signOut({ sessionToken }: SessionToken, from: CallOrigin): Promise<void> {
    const session = await this.database.read((reader) => findSessionByHash(reader, hashToken(sessionToken)))
    if (session === null) return
    await this.database.writeFor(session.organizationId, async (writer) => {
      const user = await findUser(writer, session.userId)
      const actor = { kind: 'USER' as const, id: session.userId, name: user?.name ?? null }
      const cause = { ...causeOf(null, from), actor, credentialId: session.keyId }
      await endSessions(writer, this.log, cause, [{ session, reason: 'signed-out' }])
    })
  }
}

/** Whether the caller is a person, by a credential that acts for them and not for a service that received it. */
const isPerson = (principal: Principal): boolean => principal.kind === 'USER' && hasOwnPowers(principal)
