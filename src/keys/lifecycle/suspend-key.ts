import type { Principal } from '../../access/principal.ts'
import type { Caller } from '../../audit/caller.ts'
import { keyResumed, keySuspended } from '../../audit/events/key-events.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import type { KeyRow } from '../key.entity.ts'
import { type KeyStatus, statusOf } from '../key.ts'
import { lockKey, updateKey } from '../keys.store.ts'
import type { KeyParts } from './key-parts.ts'

/** Suspends and resumes keys. A suspension does not postpone the expiry or its warnings. */
export class SuspendKey {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /**
   * Suspends an active key. A manager can also take over the suspension by the owner or the key itself: then only managers
   * can resume the key. Throws NOT_FOUND, FORBIDDEN, CONFLICT if the key is neither active nor suspended by its own side.
   */
  async suspend(caller: Caller, id: string): Promise<KeyRow> {
    const seen = await this.parts.keyAccess.requireEnd(caller.principal, id)
    const { id: suspendedById } = caller.principal
    return this.change(caller, seen, keySuspended, (key, now) => {
      if (takesOver(caller.principal, key, now)) return { suspendedById }
      requireStatus(key, 'ACTIVE', now)
      return { suspendedAt: now, suspendedById }
    })
  }

  /**
   * Resumes a suspended key. Its earlier tokens stay invalid. Throws NOT_FOUND, FORBIDDEN, CONFLICT if the key is not
   * suspended.
   */
  async resume(caller: Caller, id: string): Promise<KeyRow> {
    const seen = await this.parts.keyAccess.requireResume(caller.principal, id)
    return this.change(caller, seen, keyResumed, (key, now) => {
      requireStatus(key, 'SUSPENDED', now)
      // The check of the caller's rights depended on who had suspended the key.
      if (key.suspendedById !== seen.suspendedById) throw conflict('Another caller has just suspended this key.')
      return { suspendedAt: null, suspendedById: null, tokenEpoch: key.tokenEpoch + 1 }
    })
  }

  private change(
    caller: Caller,
    { id, organizationId }: KeyRow,
    draftOf: typeof keySuspended | typeof keyResumed,
    changeOf: (key: KeyRow, now: Date) => Partial<KeyRow>,
  ): Promise<KeyRow> {
    const { database, clock, log } = this.parts
    return database.writeFor(organizationId, async (writer) => {
      const now = clock.now()
      const key = await lockKey(writer, id)
      if (key === null) throw notFound('key')
      const change = changeOf(key, now)
      if (!(await updateKey(writer, id, change))) throw conflict('This key has just been revoked.')
      await log.append(writer, key.organizationId, caller.cause, draftOf(key))
      return { ...key, ...change }
    })
  }
}

const requireStatus = (key: KeyRow, wanted: KeyStatus, now: Date): void => {
  const status = statusOf(key, now)
  if (status !== wanted) throw conflict(`This key is ${status.toLowerCase()}, not ${wanted.toLowerCase()}.`)
}

const ownSideOf = (key: KeyRow): readonly (string | null)[] =>
  [key.id, key.ownerId, key.createdById].filter((id) => id !== null)

/** Whether the key itself, its owner or its creator suspended the key. They can also resume it. */
export const suspendedByOwnSide = (key: KeyRow): boolean =>
  key.suspendedAt !== null && ownSideOf(key).includes(key.suspendedById)

/** Whether the key was suspended by its own side, and the caller is a manager who is not part of it. */
const takesOver = (principal: Principal, key: KeyRow, now: Date): boolean =>
  statusOf(key, now) === 'SUSPENDED' && suspendedByOwnSide(key) && !ownSideOf(key).includes(principal.id)
