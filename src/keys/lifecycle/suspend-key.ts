import type { Caller } from '../../audit/caller.ts'
import { keyResumed, keySuspended } from '../../audit/events/key-events.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import type { KeyRow } from '../key.entity.ts'
import { statusOf } from '../key.ts'
import { lockKey, updateKey } from '../keys.store.ts'
import type { KeyParts } from './create-key.ts'

/** Stops a key for a while, and lets it go on. Its expiry and its warnings are not put off by that. */
export class SuspendKey {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /** Throws NOT_FOUND, FORBIDDEN, and CONFLICT where the key is not active. */
  async suspend(caller: Caller, id: string): Promise<KeyRow> {
    const seen = await this.parts.keyAccess.requireEnd(caller.principal, id)
    return this.change(caller, seen.id, 'ACTIVE', keySuspended, (_, now) => ({
      suspendedAt: now,
      suspendedById: caller.principal.id,
    }))
  }

  /**
   * Lets a suspended key go on; tokens made from it before stay refused. Throws NOT_FOUND, FORBIDDEN, and CONFLICT where
   * the key is not suspended.
   */
  async resume(caller: Caller, id: string): Promise<KeyRow> {
    const seen = await this.parts.keyAccess.requireResume(caller.principal, id)
    return this.change(caller, seen.id, 'SUSPENDED', keyResumed, (key) => ({
      suspendedAt: null,
      suspendedById: null,
      tokenEpoch: key.tokenEpoch + 1,
    }))
  }

  private change(
    caller: Caller,
    id: string,
    from: 'ACTIVE' | 'SUSPENDED',
    draftOf: typeof keySuspended | typeof keyResumed,
    changeOf: (key: KeyRow, now: Date) => Partial<KeyRow>,
  ): Promise<KeyRow> {
    const { database, clock, log } = this.parts
    return database.write(async (writer) => {
      const now = clock.now()
      const key = await lockKey(writer, id)
      if (key === null) throw notFound('key')
      const status = statusOf(key, now)
      if (status !== from) throw conflict(`This key is ${status.toLowerCase()}, not ${from.toLowerCase()}.`)
      const change = changeOf(key, now)
      if (!(await updateKey(writer, id, change))) throw conflict('This key was revoked just now.')
      await log.append(writer, key.organizationId, caller.cause, draftOf(key))
      return { ...key, ...change }
    })
  }
}
