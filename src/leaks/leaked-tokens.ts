import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog, LogEntry } from '../audit/audit-log.ts'
import { invitationLeaked } from '../audit/events/member-events.ts'
import type { Clock } from '../kernel/clock.ts'
import type { InvitationRow } from '../memberships/member.entity.ts'
import { revokeOpenInvitations } from '../memberships/members.store.ts'
import type { Database } from '../persistence/database.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import type { SessionRow } from '../sessions/session.entity.ts'
import { batchesOf, writeBatch } from './batches.ts'
import { type Find, placeOf } from './find.ts'

export interface LeakedTokensParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
}

const TOKENS_A_TRANSACTION = 200

/** Ends what has a single token: invitations and console sessions. What has ended already changes nothing. */
export class LeakedTokens {
  private readonly parts: LeakedTokensParts

  constructor(parts: LeakedTokensParts) {
    this.parts = parts
  }

  /** Revokes the open ones of the invitations, each with its event. */
  async revokeInvitations(
    leaked: readonly { readonly invitation: InvitationRow; readonly find: Find }[],
    reportedBy: string,
    cause: Cause,
  ): Promise<void> {
    const { database, clock, log } = this.parts
    const ofOrganizations = leaked.map((one) => ({ ...one, organizationId: one.invitation.organizationId }))
    for (const batch of batchesOf(ofOrganizations, TOKENS_A_TRANSACTION))
      await writeBatch(database, batch, async (writer) => {
        const ids = [...new Set(batch.items.map(({ invitation }) => invitation.id))].sort()
        const revoked = await revokeOpenInvitations(writer, ids, clock.now())
        const entries = new Map<string, LogEntry[]>()
        for (const { organizationId, invitation, find } of batch.items) {
          // One find of several of the same invitation revokes it.
          if (!revoked.delete(invitation.id)) continue
          const draft = invitationLeaked(invitation, { reportedBy, ...placeOf(find) })
          entries.set(organizationId, [...(entries.get(organizationId) ?? []), { cause, draft }])
        }
        await log.appendToEach(writer, entries)
      })
  }

  /** Ends the sessions, each with its event. */
  async endSessions(
    leaked: readonly { readonly session: SessionRow; readonly find: Find }[],
    reportedBy: string,
    cause: Cause,
  ): Promise<void> {
    const { database, log } = this.parts
    const ofOrganizations = leaked.map((one) => ({ ...one, organizationId: one.session.organizationId }))
    for (const batch of batchesOf(ofOrganizations, TOKENS_A_TRANSACTION))
      await writeBatch(database, batch, async (writer) => {
        const endings = batch.items.map(({ session, find }) => ({
          session,
          reason: 'leaked' as const,
          place: { reportedBy, ...placeOf(find) },
        }))
        await endSessions(writer, log, cause, endings)
      })
  }
}
