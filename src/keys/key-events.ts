import type { EventDraft } from '../audit/audit-event.ts'
import type { JsonObject, JsonValue } from '../audit/canonical-json.ts'
import { formatGrant, type Grant } from '../kernel/grants.ts'
import type { KeyRow } from './key.entity.ts'

export const keyTarget = (key: Pick<KeyRow, 'id' | 'name'>) => ({ id: key.id, name: key.name })

/** Whose key an event is about, so that a reader of events knows who may see it without looking the key up. */
export const keyIdentity = (key: Pick<KeyRow, 'kind' | 'ownerId'>): JsonObject =>
  key.ownerId === null ? { kind: key.kind } : { kind: key.kind, ownerId: key.ownerId }

/** That the overlap of a rotation ended at its planned time. Tokens of the old secret from before the rotation ended then. */
export const overlapEnd = (key: KeyRow, retiredHint: string): EventDraft => ({
  type: 'KEY_ROTATION_COMPLETED',
  target: keyTarget(key),
  details: { ...keyIdentity(key), retiredHint, rotatedAt: key.lifetimeFrom.toISOString() },
})

export const grantTexts = (grants: readonly Grant[] | null): string[] | null => grants?.map(formatGrant) ?? null

const jsonOf = (value: unknown): JsonValue => {
  if (value instanceof Date) return value.toISOString()
  return value as JsonValue
}

/** What a change did, by field: its value before and after. Fields that stayed the same are left out. */
export const changesOf = (before: object, after: object): JsonObject => {
  const changes: Record<string, JsonValue> = {}
  for (const [field, value] of Object.entries(after)) {
    const old = (before as Record<string, unknown>)[field]
    if (JSON.stringify(old) === JSON.stringify(value)) continue
    changes[field] = { from: jsonOf(old), to: jsonOf(value) }
  }
  return changes
}
