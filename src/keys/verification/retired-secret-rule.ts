import type { Cause } from '../../audit/audit-event.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import type { DenialRecorder } from '../../audit/denial-recorder.ts'
import { keyRevoked, retiredSecretUsed } from '../../audit/events/key-events.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../persistence/database.ts'
import { statusOf } from '../key.ts'
import { revokeRows } from '../lifecycle/revoke-rows.store.ts'
import type { KeyFacts } from './key-facts.ts'

/**
 * What happens when a secret that a rotation retired is used: somebody runs on old configuration, or has found what was
 * thrown away. It is written down, and revokes the key where the policy says so.
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
    const revokes = policy.revokeOnRetiredSecretUse && statusOf(key, this.clock.now()) !== 'REVOKED'
    if (!revokes) {
      await this.denials.record({
        organizationId: key.organizationId,
        cause,
        draft: retiredSecretUsed(key, false),
      })
      return
    }
    await this.database.write(async (writer) => {
      const now = this.clock.now()
      const [revoked] = await revokeRows(writer, [key.id], 'POLICY', now)
      if (revoked === undefined) return
      await this.log.appendAll(writer, key.organizationId, [
        { cause, draft: retiredSecretUsed(key, true) },
        { cause, draft: keyRevoked(key, { reason: 'POLICY' }) },
      ])
    })
  }
}
