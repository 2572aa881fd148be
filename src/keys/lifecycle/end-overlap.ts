import type { Writer } from '../../persistence/database.ts'
import type { KeyPolicy } from '../../policies/key-policy.ts'
import type { KeyRow, KeySecretRow } from '../key.entity.ts'
import { listLiveSecrets, updateSecret } from '../key-secrets.store.ts'
import { storeEndedOverlaps } from './ended-overlaps.store.ts'
import { dueAtOf } from './warning-plan.ts'

/**
 * Retires the old secret of a rotation now, part of the caller's transaction. Returns the change of the key that the caller
 * stores; its event is `rotationCompleted`.
 */
export const endOverlap = async (
  writer: Writer,
  key: KeyRow,
  retiring: KeySecretRow,
  policy: KeyPolicy,
  now: Date,
): Promise<Pick<KeyRow, 'previousExpiresAt' | 'previousLifetimeFrom' | 'dueAt'>> => {
  await updateSecret(writer, retiring.id, { state: 'RETIRED', validUntil: now })
  // The new secret no longer has an overlap to begin.
  for (const secret of await listLiveSecrets(writer, key.id))
    if (secret.overlapFromFirstUse !== null) await updateSecret(writer, secret.id, { overlapFromFirstUse: null })
  return { previousExpiresAt: null, previousLifetimeFrom: null, dueAt: dueAtOf(key, policy, null) }
}

/** A key whose rotation ends, and its old secret. */
export interface EndingOverlap {
  readonly key: KeyRow
  readonly retiring: KeySecretRow
  readonly policy: KeyPolicy
}

/** As `endOverlap`, for many keys, which it stores. */
export const endOverlaps = async (writer: Writer, endings: readonly EndingOverlap[], now: Date): Promise<void> => {
  const ended = endings.map(({ key, retiring, policy }) => ({
    keyId: key.id,
    secretId: retiring.id,
    dueAt: dueAtOf(key, policy, null),
  }))
  if (ended.length > 0) await storeEndedOverlaps(writer, ended, now)
}
