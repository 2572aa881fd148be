import type { AccessControl } from '../access/access-control.ts'
import type { AuditBaseRow } from '../audit/audit-base.entity.ts'
import { findBase, findBaseRow, sequenceBefore } from '../audit/audit-base.store.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { changesOf } from '../audit/events/event-draft.ts'
import { organizationUpdated } from '../audit/events/organization-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds, DAY, type DurationSeconds, formatDuration } from '../kernel/duration.ts'
import { badInput } from '../kernel/errors.ts'
import { findDealtWith } from '../notifications/routes.store.ts'
import { findOrganization, lockOrganization } from '../organizations/organizations.store.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { ARCHIVE_SLACK } from './log-archiver.ts'
import { findRetention, saveKeep } from './retention.store.ts'

export const RETENTION_STATES = ['OFF', 'NO_ARCHIVE', 'HELD_BACK', 'ACTIVE'] as const
export type RetentionState = (typeof RETENTION_STATES)[number]

/** How long an organization keeps the events of its audit log, and where the log begins. */
export interface AuditRetention {
  /** Null: for ever. */
  readonly keep: DurationSeconds | null
  readonly state: RetentionState
  /** The last archived event, signed; null if none was archived. */
  readonly base: AuditBaseRow | null
}

export interface RetentionParts {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly log: AuditLog
  /** Whether this server has a directory for archives. */
  readonly archives: boolean
}

/**
 * Whatever reads events later must read them within this time: instances that were blind, subscribers that resume, verifiers
 * whose tokens live for a day, notifications that are tried for days and listed for 30.
 */
const SHORTEST_RETENTION: DurationSeconds = 30 * DAY

const textOf = (keep: DurationSeconds | null): string | null => (keep === null ? null : formatDuration(keep))

/** How long audit logs are kept. */
export class RetentionService {
  private readonly parts: RetentionParts

  constructor(parts: RetentionParts) {
    this.parts = parts
  }

  /** Needs audit:viewer. Throws NOT_FOUND, FORBIDDEN. */
  async find(caller: Caller, organizationId: string): Promise<AuditRetention> {
    const { database, access } = this.parts
    await access.require(caller.principal, 'readAuditLog', organizationId)
    return database.read(async (reader) => {
      const keep = (await findRetention(reader, organizationId))?.keepSeconds ?? null
      const base = await findBaseRow(reader, organizationId)
      return { keep, base, state: await this.stateOf(reader, organizationId, keep) }
    })
  }

  /**
   * Sets how long events are kept; null for ever. It applies to the organization alone, not to those below it. Needs
   * audit:manager. Throws BAD_USER_INPUT below 30 days, NOT_FOUND, FORBIDDEN.
   */
  async update(caller: Caller, organizationId: string, keep: DurationSeconds | null): Promise<void> {
    const { database, access, log } = this.parts
    await access.require(caller.principal, 'manageRetention', organizationId)
    if (keep !== null && keep < SHORTEST_RETENTION)
      throw badInput('keep', `must be at least ${formatDuration(SHORTEST_RETENTION)}, or null to keep events for ever`)
    await database.writeFor(organizationId, async (writer) => {
      await lockOrganization(writer, organizationId)
      const before = (await findRetention(writer, organizationId))?.keepSeconds ?? null
      const changes = changesOf({ auditRetention: textOf(before) }, { auditRetention: textOf(keep) })
      if (Object.keys(changes).length === 0) return
      await saveKeep(writer, organizationId, keep)
      const organization = await findOrganization(writer, organizationId)
      const about = { id: organizationId, name: organization?.name ?? null }
      await log.append(writer, organizationId, caller.cause, organizationUpdated(about, changes))
    })
  }

  private async stateOf(reader: Reader, organizationId: string, keep: number | null): Promise<RetentionState> {
    const { archives, clock } = this.parts
    if (keep === null) return 'OFF'
    if (!archives) return 'NO_ARCHIVE'
    const due = await sequenceBefore(reader, organizationId, addSeconds(clock.now(), -keep - ARCHIVE_SLACK))
    const dealtWith = (await findDealtWith(reader, organizationId)) ?? due
    const base = await findBase(reader, organizationId)
    return due > base.sequence && dealtWith < due ? 'HELD_BACK' : 'ACTIVE'
  }
}
