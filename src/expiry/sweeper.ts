import { type AuditEvent, BY_SYSTEM } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { EventDraft } from '../audit/events/event-types.ts'
import { keyExpired, keyExpiryWarning, keyRevoked, overlapEnded } from '../audit/events/key-events.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DurationSeconds } from '../kernel/duration.ts'
import { newId } from '../kernel/ids.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { KeyRow, KeySecretRow } from '../keys/key.entity.ts'
import { updateSecret } from '../keys/keys.store.ts'
import { revokeRows } from '../keys/lifecycle/revoke-rows.store.ts'
import {
  dueAtOf,
  dueThreshold,
  isWarnedOfDisuse,
  thresholdsOf,
  unusedDeadline,
  unusedThreshold,
  unusedWarningAt,
} from '../keys/lifecycle/warning-plan.ts'
import type { UsageRecorder } from '../keys/verification/usage-recorder.ts'
import type { KeyPolicy } from '../organizations/key-policy.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { ExpiryWarningRow } from './expiry-warning.entity.ts'
import {
  findNextDue,
  insertWarnings,
  listRetiring,
  saveSwept,
  takeDueKeys,
  wasWarned,
} from './expiry-warnings.store.ts'

export interface SweeperParts {
  readonly database: Database
  readonly clock: Clock
  readonly directory: OrganizationDirectory
  readonly log: AuditLog
  readonly usage: UsageRecorder
  /** Hears of a sweep that failed; the next one takes the same keys again. */
  readonly onFault: (error: unknown) => void
}

const BATCH = 100
/** How long the sweeper sleeps at most: what was made due meanwhile, by whatever instance, is late by no more. */
const LONGEST_SLEEP_MS = 500
const RETRY_AFTER_MS = 60_000

type UnsequencedWarning = Omit<ExpiryWarningRow, 'sequence'>

interface Outcome {
  readonly key: KeyRow
  readonly drafts: readonly EventDraft[]
  readonly warnings: readonly UnsequencedWarning[]
}

/** What is to be warned of: an expiry, or a revocation for disuse. */
interface WarningDue {
  readonly threshold: DurationSeconds
  readonly expiresAt: Date
  readonly cause: 'expiry' | 'disuse'
}

interface MadeWarning {
  readonly warning: UnsequencedWarning
  readonly draft: EventDraft
}

/**
 * Does what time does to keys: warns before they expire, records that they did, ends the overlaps of rotations, and
 * revokes keys that nobody uses where the policy says so. Each happens once, in one transaction with its event, whatever
 * crashes and however many instances sweep.
 */
export class Sweeper {
  private readonly parts: SweeperParts
  private readonly sweeps: Periodic

  constructor(parts: SweeperParts) {
    this.parts = parts
    const { clock, onFault } = parts
    this.sweeps = new Periodic({ clock, intervalMs: LONGEST_SLEEP_MS, task: () => this.sweepOnTime(), onFault })
  }

  start(): void {
    this.sweeps.start({ immediately: true })
  }

  /** Resolves when a sweep that runs has ended. */
  stop(): Promise<void> {
    return this.sweeps.stop()
  }

  /** Sweeps until nothing is due any more; returns when the next key will be, or null. */
  async sweep(): Promise<Date | null> {
    const { database, clock, usage } = this.parts
    const next = await database.read(findNextDue)
    if (next === null || next > clock.now()) return next
    // A use that is still in memory would look like disuse.
    await usage.flush()
    while ((await database.write((writer) => this.sweepBatch(writer))) === BATCH);
    return database.read(findNextDue)
  }

  private async sweepOnTime(): Promise<void> {
    const next = await this.sweep()
    if (next !== null) this.sweeps.wakeAt(next)
  }

  private async sweepBatch(writer: Writer): Promise<number> {
    const { clock, directory, log } = this.parts
    const now = clock.now()
    const keys = await takeDueKeys(writer, now, BATCH)
    if (keys.length === 0) return 0
    const retiring = new Map(
      (
        await listRetiring(
          writer,
          keys.map((key) => key.id),
        )
      ).map((secret) => [secret.keyId, secret]),
    )
    const policies = new Map<string, KeyPolicy>()
    const outcomes: Outcome[] = []
    for (const key of keys) {
      const policy = policies.get(key.organizationId) ?? (await directory.policyOf(writer, key.organizationId))
      policies.set(key.organizationId, policy)
      outcomes.push(await this.sweepKey(writer, key, retiring.get(key.id) ?? null, policy, now))
    }
    for (const organizationId of [...policies.keys()].sort()) {
      const own = outcomes.filter((outcome) => outcome.key.organizationId === organizationId)
      const entries = own.flatMap(({ drafts }) => drafts.map((draft) => ({ cause: BY_SYSTEM, draft })))
      await insertWarnings(writer, warningRows(own, await log.appendAll(writer, organizationId, entries)))
    }
    return keys.length
  }

  /** Decides and writes what is due for one key; its events and its warning are for the caller to write. */
  private async sweepKey(
    writer: Writer,
    key: KeyRow,
    retiring: KeySecretRow | null,
    policy: KeyPolicy,
    now: Date,
  ): Promise<Outcome> {
    const drafts: EventDraft[] = []
    const change: Partial<KeyRow> = {}
    const warnings: UnsequencedWarning[] = []
    let overlapEnds = retiring?.validUntil ?? null
    if (retiring !== null && overlapEnds !== null && overlapEnds <= now) {
      await updateSecret(writer, retiring.id, { state: 'RETIRED' })
      overlapEnds = null
      change.previousExpiresAt = null
      change.previousLifetimeFrom = null
      drafts.push(overlapEnded(key, retiring.hint, key.lifetimeFrom))
    }
    const { expiresAt } = key
    if (expiresAt !== null && key.expiryRecordedAt === null && expiresAt <= now) {
      change.expiryRecordedAt = now
      change.activeName = null
      drafts.push(keyExpired(key, expiresAt))
    } else if (key.expiryRecordedAt === null) {
      const warned = await this.warn(writer, key, policy, now)
      Object.assign(change, warned.change)
      for (const { warning, draft } of warned.made) {
        warnings.push(warning)
        drafts.push(draft)
      }
      const deadline = unusedDeadline(key, policy.revokeUnusedAfter)
      if (deadline !== null && deadline <= now && key.revokedAt === null) {
        await revokeRows(writer, [key.id], 'POLICY', now)
        drafts.push(keyRevoked(key, { reason: 'POLICY', policy: 'revokeUnusedAfter' }))
        return { key, drafts, warnings }
      }
    }
    const swept = { ...key, ...change }
    const dueAt = dueAtOf(swept, policy, overlapEnds)
    // A key that stays due would be swept for ever: whatever the cause, others must have their turn.
    change.dueAt = dueAt !== null && dueAt <= now ? new Date(now.getTime() + RETRY_AFTER_MS) : dueAt
    await saveSwept(writer, key.id, change)
    return { key, drafts, warnings }
  }

  /** The warnings that are due for a key. Expiry and disuse are warned of by themselves, but an instant once. */
  private async warn(writer: Writer, key: KeyRow, policy: KeyPolicy, now: Date) {
    const change: Partial<KeyRow> = {}
    const due: WarningDue[] = []
    const { expiresAt } = key
    const threshold =
      expiresAt === null ? null : dueThreshold(thresholdsOf(key, policy.warnBefore), expiresAt, key.warnedAt, now)
    if (expiresAt !== null && threshold !== null) {
      change.warnedAt = threshold
      due.push({ threshold, expiresAt, cause: 'expiry' })
    }
    const disuse = disuseDue(key, policy, now)
    if (disuse !== null) {
      change.unusedWarnedAt = now
      due.push(disuse)
    }
    const made: MadeWarning[] = []
    for (const one of due) {
      const same = made.some(
        ({ warning }) => warning.threshold === one.threshold && warning.expiresAt.getTime() === one.expiresAt.getTime(),
      )
      // A cancelled rotation brings back an instant that may have been warned of.
      if (!same && !(await wasWarned(writer, key.id, one.expiresAt, one.threshold)))
        made.push(this.makeWarning(key, one, now))
    }
    return { change, made }
  }

  private makeWarning(key: KeyRow, { threshold, expiresAt, cause }: WarningDue, now: Date): MadeWarning {
    const warning = {
      id: newId('warning'),
      organizationId: key.organizationId,
      keyId: key.id,
      threshold,
      expiresAt,
      createdAt: now,
      acknowledgedAt: null,
      acknowledgedByKind: null,
      acknowledgedById: null,
      acknowledgedByName: null,
    }
    return { warning, draft: keyExpiryWarning(key, { ...warning, cause }) }
  }
}

/** The warning that is due of a key's revocation for disuse, or null. */
const disuseDue = (key: KeyRow, { revokeUnusedAfter, warnBefore }: KeyPolicy, now: Date): WarningDue | null => {
  const deadline = unusedDeadline(key, revokeUnusedAfter)
  if (deadline === null || revokeUnusedAfter === null || deadline <= now) return null
  const threshold = unusedThreshold(revokeUnusedAfter, warnBefore)
  const warningAt = unusedWarningAt(deadline, revokeUnusedAfter, warnBefore)
  if (warningAt === null || threshold === null || warningAt > now || isWarnedOfDisuse(key, warningAt)) return null
  return { threshold, expiresAt: deadline, cause: 'disuse' }
}

const warningRows = (outcomes: readonly Outcome[], events: readonly AuditEvent[]): ExpiryWarningRow[] => {
  const sequences = new Map(
    events.map((event) => [event.type === 'KEY_EXPIRY_WARNING' ? event.details?.warningId : undefined, event.sequence]),
  )
  return outcomes.flatMap(({ warnings }) =>
    warnings.flatMap((warning) => {
      const sequence = sequences.get(warning.id)
      return sequence === undefined ? [] : [{ ...warning, sequence }]
    }),
  )
}
