import type { Principal } from '../../access/principal.ts'
import type { Caller } from '../../audit/caller.ts'
import { keyResumed, keySuspended } from '../../audit/events/key-events.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import type { KeyRow } from '../key.entity.ts'
import { type KeyStatus, statusOf } from '../key.ts'
import { lockKey, updateKey } from '../keys.store.ts'
import type { KeyParts } from './key-parts.ts'

/** Stops a key for a while, and lets it go on. Its expiry and its warnings are not put off by that. */
export class SuspendKey {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /**
   * A manager who suspends a key that its owner or itself suspended takes the suspension over: it is then for managers to
   * end. Throws NOT_FOUND, FORBIDDEN, and CONFLICT where the key is not active and there is nothing to take over.
   */
  async suspend(caller: Caller, id: string): Promise<KeyRow> {
    const seen = await this.parts.keyAccess.requireEnd(caller.principal, id)
    const { id: suspendedById } = caller.principal
    return this.change(caller, seen.id, keySuspended, (key, now) => {
      if (takesOver(caller.principal, key, now)) return { suspendedById }
      requireStatus(key, 'ACTIVE', now)
      return { suspendedAt: now, suspendedById }
    })
  }

  /**
   * Lets a suspended key go on; tokens made from it before stay refused. Throws NOT_FOUND, FORBIDDEN, and CONFLICT where
   * the key is not suspended.
   */
  async resume(caller: Caller, id: string): Promise<KeyRow> {
    const seen = await this.parts.keyAccess.requireResume(caller.principal, id)
    return this.change(caller, seen.id, keyResumed, (key, now) => {
      requireStatus(key, 'SUSPENDED', now)
      // The right to resume was decided by who had suspended it then.
      if (key.suspendedById !== seen.suspendedById) throw conflict('Somebody else suspended this key just now.')
      return { suspendedAt: null, suspendedById: null, tokenEpoch: key.tokenEpoch + 1 }
    })
  }

  private change(
    caller: Caller,
    id: string,
    draftOf: typeof keySuspended | typeof keyResumed,
    changeOf: (key: KeyRow, now: Date) => Partial<KeyRow>,
  ): Promise<KeyRow> {
    const { database, clock, log } = this.parts
    return database.write(async (writer) => {
      const now = clock.now()
      const key = await lockKey(writer, id)
      if (key === null) throw notFound('key')
      const change = changeOf(key, now)
      if (!(await updateKey(writer, id, change))) throw conflict('This key was revoked just now.')
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

/** Whether the key was suspended by its own side: itself, its owner or its creator, who may resume it as well. */
export const suspendedByOwnSide = (key: KeyRow): boolean =>
  key.suspendedAt !== null && ownSideOf(key).includes(key.suspendedById)

/** Whether the key was suspended by its own side and the caller is a manager besides. */
const takesOver = (principal: Principal, key: KeyRow, now: Date): boolean =>
  statusOf(key, now) === 'SUSPENDED' && suspendedByOwnSide(key) && !ownSideOf(key).includes(principal.id)
