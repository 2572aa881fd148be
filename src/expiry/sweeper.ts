import { type AuditEvent, BY_SYSTEM } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { UsageRecorder } from '../keys/verification/usage-recorder.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { KeyPolicy } from '../policies/key-policy.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import type { ExpiryWarningRow } from './expiry-warning.entity.ts'
import { findNextDue, insertWarnings, listRetiring, takeDueKeys } from './expiry-warnings.store.ts'
import { type SweptKey, sweepKey } from './sweep-key.ts'

export interface SweeperParts {
  readonly database: Database
  readonly clock: Clock
  readonly policies: PolicyDirectory
  readonly log: AuditLog
  readonly usage: UsageRecorder
  /** Receives the error of a failed sweep. The next sweep covers the same keys. */
  readonly onFault: (error: unknown) => void
}

const BATCH = 100
/** Longest time between two sweeps. It bounds the delay of what another instance made due. */
const MAX_SLEEP_MS = 500

/**
 * Does what is due for keys at a point in time: writes expiry warnings and expiries, ends the overlaps of rotations, and
 * revokes unused keys where the policy says so. Each happens once, in one transaction with its event, even if instances
 * crash or several of them sweep.
 */
export class Sweeper {
  private readonly parts: SweeperParts
  private readonly sweeps: Periodic
  private nextDue: Date | null = null

  constructor(parts: SweeperParts) {
    this.parts = parts
    const { clock, onFault } = parts
    this.sweeps = new Periodic({ clock, intervalMs: MAX_SLEEP_MS, task: () => this.sweepAndSchedule(), onFault })
  }

  start(): void {
    this.sweeps.start({ immediately: true })
  }

  /** Resolves when the running sweep has ended. */
  stop(): Promise<void> {
    return this.sweeps.stop()
  }

  /** How long the earliest due work has been due, as of the last sweep. */
  get lagSeconds(): number {
    const { nextDue } = this
    return nextDue === null ? 0 : Math.max(0, (this.parts.clock.now().getTime() - nextDue.getTime()) / 1000)
  }

  /** Sweeps until nothing is due. Returns when the next key will be due, or null. */
  async sweep(): Promise<Date | null> {
    const { database, clock, usage } = this.parts
    const next = await this.findNext()
    if (next === null || next > clock.now()) return next
    // A key whose last use is not written yet would look unused.
    await usage.flush()
    while ((await database.write((writer) => this.sweepBatch(writer))) === BATCH);
    return this.findNext()
  }

  private async findNext(): Promise<Date | null> {
    this.nextDue = await this.parts.database.read(findNextDue)
    return this.nextDue
  }

  private async sweepAndSchedule(): Promise<void> {
    const next = await this.sweep()
    if (next !== null) this.sweeps.wakeAt(next)
  }

  private async sweepBatch(writer: Writer): Promise<number> {
    const { clock } = this.parts
    const now = clock.now()
    const keys = await takeDueKeys(writer, now, BATCH)
    if (keys.length === 0) return 0
    const ids = keys.map((key) => key.id)
    const retiring = new Map((await listRetiring(writer, ids)).map((secret) => [secret.keyId, secret]))
    const policies = new Map<string, KeyPolicy>()
    const swept: SweptKey[] = []
    for (const key of keys) {
      const policy =
        policies.get(key.organizationId) ?? (await this.parts.policies.effective(writer, key.organizationId))
      policies.set(key.organizationId, policy)
      swept.push(await sweepKey(writer, { key, retiring: retiring.get(key.id) ?? null, policy }, now))
    }
    // In the order of their ids, as every writer locks the heads of audit logs.
    for (const organizationId of [...policies.keys()].sort())
      await this.append(
        writer,
        organizationId,
        swept.filter(({ key }) => key.organizationId === organizationId),
      )
    return keys.length
  }

  private async append(writer: Writer, organizationId: string, swept: readonly SweptKey[]): Promise<void> {
    const entries = swept.flatMap(({ drafts }) => drafts.map((draft) => ({ cause: BY_SYSTEM, draft })))
    const events = await this.parts.log.appendAll(writer, organizationId, entries)
    await insertWarnings(writer, withSequences(swept, events))
  }
}

/** The warnings with the sequences of their events. */
const withSequences = (swept: readonly SweptKey[], events: readonly AuditEvent[]): ExpiryWarningRow[] => {
  const sequences = new Map(
    events.map((event) => [event.type === 'KEY_EXPIRY_WARNING' ? event.details?.warningId : undefined, event.sequence]),
  )
  return swept.flatMap(({ warnings }) =>
    warnings.flatMap((warning) => {
      const sequence = sequences.get(warning.id)
      return sequence === undefined ? [] : [{ ...warning, sequence }]
    }),
  )
}
