import { setTimeout } from 'node:timers/promises'
import { eventsAfter } from '../audit/audit.store.ts'
import { deleteArchived, findBase, lockBase, saveBase, sequenceBefore } from '../audit/audit-base.store.ts'
import { BY_SYSTEM } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { auditEventsArchived } from '../audit/events/organization-events.ts'
import { exportLine } from '../audit/exported-event.ts'
import { follows } from '../audit/hash-chain.ts'
import type { VerifiedPosition } from '../audit-chain/chain-position.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds, DAY } from '../kernel/duration.ts'
import { findDealtWith, lockDealtWith } from '../notifications/routes.store.ts'
import { findOrganization } from '../organizations/organizations.store.ts'
import type { Database, Reader } from '../persistence/database.ts'
import type { BaseSigner, SignedPosition } from '../tokens/base-signature.ts'
import { type ArchiveDirectory, type ArchiveRange, archiveName } from './archive-directory.ts'
import { findEventTime, findRetention, hasOtherType, lockRetention, saveTarget } from './retention.store.ts'

export interface LogArchiverParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly signer: BaseSigner
  readonly directory: Pick<ArchiveDirectory, 'create' | 'remove'>
}

/** What is to be archived: the events behind the base of a log, up to a checkpoint. */
interface Plan {
  readonly organizationId: string
  readonly base: VerifiedPosition
  readonly target: SignedPosition
}

interface Written {
  readonly sha256: string
  /** By type: the sequence of its last event. */
  readonly types: Readonly<Record<string, number>>
}

/** An archive begins when the oldest event is so much older than it must be, so that a log has one a day at most. */
export const ARCHIVE_SLACK = DAY
/** Most events of a file, if the log has a checkpoint so near. */
const EVENTS_A_FILE = 50_000
const EVENTS_A_PAGE = 200
const ROWS_A_DELETION = 1_000
const PAUSE_MS = 10
const OWN_EVENT = 'AUDIT_EVENTS_ARCHIVED'

/**
 * Archives the old events of an audit log. Each step can be repeated, by this instance or by another one after a crash:
 * the target is stored, which names the file; the file is written, synced and read again; one transaction moves the signed
 * base of the log and appends the event; then the rows are deleted in batches. Nothing is deleted before its file is on the
 * disk.
 */
export class LogArchiver {
  private readonly parts: LogArchiverParts

  constructor(parts: LogArchiverParts) {
    this.parts = parts
  }

  /**
   * Archives what is due, at most one file; returns whether there was one. Throws if the log is not as it was signed, and
   * archives nothing then.
   */
  async archive(organizationId: string, signal: AbortSignal): Promise<boolean> {
    const plan = await this.plan(organizationId)
    if (plan === null) return false
    return this.commit(plan, await this.write(plan, signal))
  }

  /** Deletes the archived rows that are left. */
  async deleteRows(organizationId: string, signal: AbortSignal): Promise<void> {
    const deleteSome = () =>
      this.parts.database.write(async (writer) => {
        const base = await lockBase(writer, organizationId)
        if (base === null || base.deletedTo >= base.sequence) return false
        await deleteArchived(writer, base, Math.min(base.sequence, base.deletedTo + ROWS_A_DELETION))
        return true
      })
    // Real time, because the pause is for the disk and for the writes that wait.
    while (!signal.aborted && (await deleteSome())) await setTimeout(PAUSE_MS)
  }

  private async plan(organizationId: string): Promise<Plan | null> {
    const { database, signer } = this.parts
    const plan = await database.read(async (reader) => {
      const retention = await findRetention(reader, organizationId)
      const base = await findBase(reader, organizationId)
      const begun = retention?.targetSequence ?? null
      if (begun !== null && ((await findDealtWith(reader, organizationId)) ?? begun) < begun) return null
      const upTo = begun ?? (await this.dueTo(reader, organizationId, base, retention?.keepSeconds ?? null))
      const after = begun === null ? base.sequence : begun - 1
      const target = await signer.findSigned(reader, organizationId, { after, upTo, most: EVENTS_A_FILE })
      if (target === null && begun !== null) throw brokenAt(organizationId, begun)
      return target === null ? null : { organizationId, base, target, isNew: begun === null }
    })
    if (plan === null) return null
    const range = { after: plan.base.sequence, upTo: plan.target.sequence }
    // A quiet log would otherwise archive nothing but the news of its last archive, again and again.
    if (!(await database.read((reader) => hasOtherType(reader, organizationId, range, OWN_EVENT)))) return null
    if (plan.isNew) await database.write((writer) => saveTarget(writer, organizationId, plan.target.sequence))
    return plan
  }

  /** The sequence up to which events may be archived; that of the base if none may. */
  private async dueTo(reader: Reader, organizationId: string, base: VerifiedPosition, keepSeconds: number | null) {
    if (keepSeconds === null) return base.sequence
    const oldest = await findEventTime(reader, organizationId, base.sequence + 1)
    const limit = addSeconds(this.parts.clock.now(), -keepSeconds)
    if (oldest === null || oldest > addSeconds(limit, -ARCHIVE_SLACK)) return base.sequence
    const due = await sequenceBefore(reader, organizationId, limit)
    return Math.min(due, (await findDealtWith(reader, organizationId)) ?? due)
  }

  private async write(plan: Plan, signal: AbortSignal): Promise<Written> {
    const { database, directory } = this.parts
    const { organizationId, base, target } = plan
    const file = await directory.create(rangeOf(plan))
    const types: Record<string, number> = {}
    try {
      let position = base
      while (position.sequence < target.sequence) {
        signal.throwIfAborted()
        const range = { after: position.sequence, upTo: target.sequence }
        const events = await database.read((reader) => eventsAfter(reader, organizationId, range, EVENTS_A_PAGE))
        for (const event of events) {
          if (!follows(position, event)) break
          types[event.type] = event.sequence
          position = event
        }
        if (events.length === 0 || position.sequence !== events.at(-1)?.sequence)
          throw brokenAt(organizationId, position.sequence)
        await file.write(events.map(exportLine).join(''))
      }
      if (position.hash !== target.hash) throw brokenAt(organizationId, position.sequence)
      return { sha256: await file.finish(), types }
    } catch (error) {
      await file.discard()
      throw error
    }
  }

  /** Moves the base, unless the log may no longer be cut there; returns whether it did. */
  private async commit(plan: Plan, written: Written): Promise<boolean> {
    const { database, clock, directory, log, signer } = this.parts
    const { organizationId, base, target } = plan
    const signed = await signer.sign(organizationId, target)
    return database.write(async (writer) => {
      const retention = await lockRetention(writer, organizationId)
      const before = await lockBase(writer, organizationId)
      if ((before?.sequence ?? 0) !== base.sequence || retention?.targetSequence !== target.sequence) return false
      const occurredAt = await findEventTime(writer, organizationId, target.sequence)
      const { keepSeconds } = retention
      if (keepSeconds === null || occurredAt === null || occurredAt > addSeconds(clock.now(), -keepSeconds)) {
        // The retention was made longer. Under the lock, so that nobody archives with the file that is removed.
        await directory.remove(rangeOf(plan))
        await saveTarget(writer, organizationId, null)
        return false
      }
      const dealtWith = await lockDealtWith(writer, organizationId)
      if (dealtWith !== null && dealtWith < target.sequence) return false
      const archivedTypes = { ...before?.archivedTypes, ...written.types }
      await saveBase(writer, { ...signed, archivedTypes, deletedTo: before?.deletedTo ?? 0 }, before === null)
      await saveTarget(writer, organizationId, null)
      const organization = await findOrganization(writer, organizationId)
      const about = { id: organizationId, name: organization?.name ?? null }
      const { first: firstSequence, last: lastSequence } = rangeOf(plan)
      const details = { firstSequence, lastSequence, lastHash: target.hash, file: archiveName(rangeOf(plan)) }
      await log.append(
        writer,
        organizationId,
        BY_SYSTEM,
        auditEventsArchived(about, { ...details, sha256: written.sha256 }),
      )
      return true
    })
  }
}

const rangeOf = ({ organizationId, base, target }: Plan): ArchiveRange => ({
  organizationId,
  first: base.sequence + 1,
  last: target.sequence,
})

const brokenAt = (organizationId: string, sequence: number): Error =>
  new Error(
    `The audit log of ${organizationId} is not intact behind event ${sequence}: it is not archived. Run auditVerification, and investigate.`,
  )
