import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog, LogEntry } from '../audit/audit-log.ts'
import { keyLeaked } from '../audit/events/key-events.ts'
import type { KeySubject } from '../audit/events/key-subject.ts'
import { invitationLeaked } from '../audit/events/member-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { findInvitations, revokeOpenInvitations } from '../memberships/members.store.ts'
import type { Writer } from '../persistence/database.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import { findSessions } from '../sessions/sessions.store.ts'
import { revokeTokens } from '../tokens/revoke-tokens.ts'
import type { Leak } from './leak.ts'

export interface LeakedTokensParts {
  readonly clock: Clock
  readonly log: AuditLog
}

/** Ends invitations, console sessions and access tokens, whose texts are tokens. What has ended already changes nothing. */
export class LeakedTokens {
  private readonly parts: LeakedTokensParts

  constructor(parts: LeakedTokensParts) {
    this.parts = parts
  }

  /** Revokes the open ones of the invitations, each with its event, part of the caller's transaction. */
  async revokeInvitations(writer: Writer, leaks: readonly Leak[], reportedBy: string, cause: Cause): Promise<void> {
    const { clock, log } = this.parts
    const ids = [...new Set(leaks.map(({ credentialId }) => credentialId))].sort()
    const revoked = await revokeOpenInvitations(writer, ids, clock.now())
    const rows = new Map((await findInvitations(writer, [...revoked])).map((row) => [row.id, row]))
    const entries = new Map<string, LogEntry[]>()
    for (const { credentialId, foundAt, foundIn } of leaks) {
      const invitation = rows.get(credentialId)
      if (invitation === undefined) continue
      const draft = invitationLeaked(invitation, { reportedBy, foundAt, foundIn })
      const { organizationId } = invitation
      entries.set(organizationId, [...(entries.get(organizationId) ?? []), { cause, draft }])
    }
    await log.appendToEach(writer, entries)
  }

  /** Ends the sessions, each with its event, part of the caller's transaction. */
  async endSessions(writer: Writer, leaks: readonly Leak[], reportedBy: string, cause: Cause): Promise<void> {
    const ids = [...new Set(leaks.map(({ credentialId }) => credentialId))]
    const sessions = new Map((await findSessions(writer, ids)).map((row) => [row.id, row]))
    const endings = leaks.flatMap(({ credentialId, foundAt, foundIn }) => {
      const session = sessions.get(credentialId)
      const place = { reportedBy, foundAt, foundIn }
      return session === undefined ? [] : [{ session, reason: 'leaked' as const, place }]
    })
    await endSessions(writer, this.parts.log, cause, endings)
  }

  /** Revokes the access tokens, each with its events, part of the caller's transaction. */
  revokeAccessTokens(writer: Writer, leaks: readonly Leak[], reportedBy: string, cause: Cause): Promise<void> {
    const revocations = leaks.flatMap(({ token, foundAt, foundIn }) => {
      if (token === null) return []
      const reason = (key: KeySubject) => keyLeaked(key, { reportedBy, foundAt, foundIn, tokenId: token.id })
      return [{ token, reason }]
    })
    return revokeTokens(writer, this.parts.log, cause, revocations)
  }
}
