import type { EventDraft } from '../audit/events/event-types.ts'
import { keyExpired, keyExpiryWarning, keyRevoked, overlapEnded } from '../audit/events/key-events.ts'
import { newId } from '../kernel/ids.ts'
import type { KeyRow, KeySecretRow } from '../keys/key.entity.ts'
import { updateSecret } from '../keys/key-secrets.store.ts'
import { revokeRows } from '../keys/lifecycle/revoke-rows.store.ts'
import { dueAtOf, unusedDeadline } from '../keys/lifecycle/warning-plan.ts'
import type { Writer } from '../persistence/database.ts'
import type { KeyPolicy } from '../policies/key-policy.ts'
import { type DueWarning, dueWarnings } from './due-warnings.ts'
import type { ExpiryWarningRow } from './expiry-warning.entity.ts'
import { saveSwept, wasWarned } from './expiry-warnings.store.ts'

/** A warning before its event has been appended, which gives it its sequence. */
export type UnsequencedWarning = Omit<ExpiryWarningRow, 'sequence'>

/** What a sweep did to a key. The events and warnings are not written yet. */
export interface SweptKey {
  readonly key: KeyRow
  readonly drafts: readonly EventDraft[]
  readonly warnings: readonly UnsequencedWarning[]
}

export interface DueKey {
  readonly key: KeyRow
  /** The old secret of a rotation whose overlap has not ended; null if there is none. */
  readonly retiring: KeySecretRow | null
  readonly policy: KeyPolicy
}

const RETRY_AFTER_MS = 60_000

/** Writes what is due for one key. The caller must write the returned events and warnings in the same transaction. */
export const sweepKey = async (writer: Writer, { key, retiring, policy }: DueKey, now: Date): Promise<SweptKey> => {
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
    const warned = dueWarnings(key, policy, now)
    Object.assign(change, warned.change)
    for (const due of warned.due) {
      // A cancelled rotation restores an expiry that may have been warned of before.
      if (await wasWarned(writer, key.id, due.expiresAt, due.threshold)) continue
      const warning = warningOf(key, due, now)
      warnings.push(warning)
      drafts.push(keyExpiryWarning(key, { ...warning, cause: due.cause }))
    }
    const deadline = unusedDeadline(key, policy.revokeUnusedAfter)
    if (deadline !== null && deadline <= now && key.revokedAt === null) {
      await revokeRows(writer, [key.id], 'POLICY', now)
      drafts.push(keyRevoked(key, { reason: 'POLICY', policy: 'revokeUnusedAfter' }))
      return { key, drafts, warnings }
    }
  }
  const dueAt = dueAtOf({ ...key, ...change }, policy, overlapEnds)
  // A key that stayed due would be swept endlessly, and hold up the others.
  change.dueAt = dueAt !== null && dueAt <= now ? new Date(now.getTime() + RETRY_AFTER_MS) : dueAt
  await saveSwept(writer, key.id, change)
  return { key, drafts, warnings }
}

const warningOf = (key: KeyRow, { threshold, expiresAt }: DueWarning, now: Date): UnsequencedWarning => ({
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
})
