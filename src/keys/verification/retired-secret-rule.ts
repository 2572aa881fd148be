import type { Cause } from '../../audit/audit-event.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import type { DenialRecorder } from '../../audit/denial-recorder.ts'
import { keyRevoked, keySuspended, retiredSecretUsed } from '../../audit/events/key-events.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../persistence/database.ts'
import { statusOf } from '../key.ts'
import { lockKey, updateKey } from '../keys.store.ts'
import { revokeRows } from '../lifecycle/revoke-rows.store.ts'
import type { DecidingKey } from './deciding-rows.store.ts'
import type { KeyFacts } from './key-facts.ts'

/**
 * Handles the use of a retired secret: a client has an old configuration, or the secret was found by someone else. The use is
 * recorded, and suspends or revokes the key if the policy requires it.
 */
export class RetiredSecretRule {
  private readonly database: Database
  private readonly clock: Clock
  private readonly log: AuditLog
  private readonly denials: DenialRecorder

  constructor(database: Database, clock: Clock, log: AuditLog, denials: DenialRecorder) {
    this.database = database
    this.clock = clock
    this.log = log
    this.denials = denials
  }

  async apply(facts: KeyFacts, cause: Cause): Promise<void> {
    const { key, policy } = facts
    const status = statusOf(key, this.clock.now())
    const { onRetiredSecretUse: response } = policy
    if (response === 'REVOKE' && status !== 'REVOKED') return this.revoke(key, cause)
    if (response === 'SUSPEND' && status === 'ACTIVE') return this.suspend(key, cause)
    await this.denials.record({ organizationId: key.organizationId, cause, draft: retiredSecretUsed(key, null) })
  }

  private async revoke(key: DecidingKey, cause: Cause): Promise<void> {
    await this.database.writeFor(key.organizationId, async (writer) => {
      const [revoked] = await revokeRows(writer, [key.id], 'POLICY', this.clock.now())
      if (revoked === undefined) return
      await this.log.appendAll(writer, key.organizationId, [
        { cause, draft: retiredSecretUsed(key, 'revoked') },
        { cause, draft: keyRevoked(key, { reason: 'POLICY' }) },
      ])
    })
  }

  private async suspend(key: DecidingKey, cause: Cause): Promise<void> {
    await this.database.writeFor(key.organizationId, async (writer) => {
      const now = this.clock.now()
      const locked = await lockKey(writer, key.id)
      if (locked === null || statusOf(locked, now) !== 'ACTIVE') return
      // Without a suspender: only a manager can resume it.
      await updateKey(writer, key.id, { suspendedAt: now, suspendedById: null })
      await this.log.appendAll(writer, key.organizationId, [
        { cause, draft: retiredSecretUsed(key, 'suspended') },
        { cause, draft: keySuspended(key) },
      ])
    })
  }
}
