import { conflict } from '../../kernel/errors.ts'
import type { Writer } from '../../persistence/database.ts'
import type { PolicyDirectory } from '../../policies/policy-directory.ts'
import type { KeyRow, KeySecretRow } from '../key.entity.ts'
import { currentOf, retiringOf, statusOf } from '../key.ts'
import { listLiveSecrets } from '../key-secrets.store.ts'
import { type LockedLimits, lockKeyLimits } from './active-key-limit.ts'
import { lostRace, requireLocked } from './locked-key.ts'

/** A key that was read before the transaction, to detect changes by other requests. */
export interface SeenKey {
  readonly key: KeyRow
  readonly currentId: string | undefined
}

/** A locked key that can be rotated. */
export interface Rotatable {
  readonly key: KeyRow
  readonly secrets: readonly KeySecretRow[]
  readonly current: KeySecretRow | undefined
  /** The old secret of a rotation in progress, whose unconfirmed new secret is to be replaced. */
  readonly retiring: KeySecretRow | undefined
  readonly expired: boolean
  /** The locked limits of active keys. An expired key that is rotated becomes active. */
  readonly limits: LockedLimits
}

/** The secret that the new one replaces, and that stays valid during the overlap. */
export const previousOf = ({ retiring, current }: Rotatable): KeySecretRow | undefined => retiring ?? current

/**
 * Locks a key until the transaction ends. Throws CONFLICT if the key cannot be rotated, or was changed since it was read.
 */
export const lockRotatable = async (
  writer: Writer,
  policies: PolicyDirectory,
  seen: SeenKey,
  input: { readonly replaceUnconfirmed?: boolean | null | undefined },
  now: Date,
): Promise<Rotatable> => {
  const expired = statusOf(seen.key, now) === 'EXPIRED'
  // Limits are locked before keys: see lockKeyLimits.
  const limits = expired ? await lockKeyLimits(writer, await policies.listOwn(writer, seen.key.organizationId)) : []
  const key = await requireLocked(writer, seen.key.id)
  const secrets = await listLiveSecrets(writer, key.id)
  const current = currentOf(secrets)
  const status = statusOf(key, now)
  if (status === 'REVOKED') throw conflict('This key has been revoked and cannot be rotated. Create a new one.')
  if (status === 'SUSPENDED') throw conflict('This key is suspended: resume it first.')
  if (current?.id !== seen.currentId || (status === 'EXPIRED') !== expired) throw lostRace()
  // Neither secret of an expired key is valid, so it has no overlap to complete or cancel.
  const retiring = expired ? undefined : retiringOf(secrets, now)
  if (retiring !== undefined) requireUnconfirmed(input.replaceUnconfirmed === true, current)
  return { key, secrets, current, retiring, expired, limits }
}

/** Throws CONFLICT if the new secret of the rotation in progress must not be replaced. */
const requireUnconfirmed = (replace: boolean, current: KeySecretRow | undefined): void => {
  if (!replace)
    throw conflict(
      'A rotation of this key is in progress: complete or cancel it first. If its response was lost, rotate with replaceUnconfirmed.',
    )
  if (current?.lastUsedAt != null)
    throw conflict('The new secret of the rotation has been used: complete or cancel the rotation instead.')
}
