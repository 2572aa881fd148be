import type { Caller } from '../../audit/caller.ts'
import { rotationCancelled, rotationCompleted } from '../../audit/events/key-events.ts'
import { conflict } from '../../kernel/errors.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyRow, KeySecretRow } from '../key.entity.ts'
import { currentOf, lifetimeFacts, retiringOf, statusOf } from '../key.ts'
import { listLiveSecrets, updateSecret } from '../key-secrets.store.ts'
import { endOverlap } from './end-overlap.ts'
import type { KeyParts } from './key-parts.ts'
import { changeKey, requireLocked } from './locked-key.ts'
import { dueAtOf } from './warning-plan.ts'

interface Rotation {
  readonly key: KeyRow
  readonly current: KeySecretRow
  readonly retiring: KeySecretRow
}

/** Completes or cancels a rotation while both secrets are valid. */
export class EndRotation {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /** Retires the old secret of a rotation now. Throws NOT_FOUND, FORBIDDEN, CONFLICT if no rotation is in progress. */
  async complete(caller: Caller, id: string): Promise<KeyRow> {
    const { database, clock, keyAccess, policies, log } = this.parts
    const seen = await keyAccess.requireChange(caller.principal, id, 'by itself too')
    return database.writeFor(seen.organizationId, async (writer) => {
      const now = clock.now()
      const { key, retiring } = await requireRotation(writer, seen.id, now)
      const change = await endOverlap(writer, key, retiring, await policies.effective(writer, key.organizationId), now)
      await changeKey(writer, key.id, change)
      await log.append(writer, key.organizationId, caller.cause, rotationCompleted(key, retiring.hint))
      return { ...key, ...change }
    })
  }

  /**
   * Restores the old secret and the old expiry, and discards the new secret. Throws NOT_FOUND, FORBIDDEN, CONFLICT if no
   * rotation is in progress or the old expiry has passed.
   */
  async cancel(caller: Caller, id: string): Promise<KeyRow> {
    const { database, clock, keyAccess, policies, log } = this.parts
    const seen = await keyAccess.requireChange(caller.principal, id, 'by itself too')
    return database.writeFor(seen.organizationId, async (writer) => {
      const now = clock.now()
      const { key, current, retiring } = await requireRotation(writer, seen.id, now)
      if (key.previousExpiresAt !== null && key.previousExpiresAt <= now)
        throw conflict('The expiry that the rotation replaced has passed: complete the rotation instead.')
      await updateSecret(writer, current.id, { state: 'RETIRED', validUntil: now, overlapFromFirstUse: null })
      await updateSecret(writer, retiring.id, { state: 'CURRENT', validUntil: null })
      const change = {
        ...lifetimeFacts(key.previousExpiresAt, key.previousLifetimeFrom ?? key.lifetimeFrom),
        // It belongs to the discarded lifetime. The sweeper finds the warnings of the restored one.
        warnedAt: null,
        previousExpiresAt: null,
        previousLifetimeFrom: null,
      }
      const policy = await policies.effective(writer, key.organizationId)
      const dueAt = dueAtOf({ ...key, ...change }, policy, null)
      await changeKey(writer, key.id, { ...change, dueAt })
      const draft = rotationCancelled(key, current.hint, { from: key.expiresAt, to: change.expiresAt })
      await log.append(writer, key.organizationId, caller.cause, draft)
      return { ...key, ...change, dueAt }
    })
  }
}

const requireRotation = async (writer: Writer, id: string, now: Date): Promise<Rotation> => {
  const key = await requireLocked(writer, id)
  const status = statusOf(key, now)
  if (status === 'REVOKED' || status === 'EXPIRED') throw conflict(`This key is ${status.toLowerCase()}.`)
  const secrets = await listLiveSecrets(writer, id)
  const [current, retiring] = [currentOf(secrets), retiringOf(secrets, now)]
  if (retiring === undefined || current === undefined) throw conflict('No rotation of this key is in progress.')
  return { key, current, retiring }
}
