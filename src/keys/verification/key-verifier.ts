import type { CallOrigin } from '../../access/call-origin.ts'
import {
  ANY_ADDRESS,
  type CallerAddress,
  type CredentialStrategy,
  type Verification,
  type VerifiedCredential,
} from '../../access/verification.ts'
import { BY_SYSTEM } from '../../audit/audit-event.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import { causeOf } from '../../audit/caller.ts'
import type { DenialRecorder } from '../../audit/denial-recorder.ts'
import { keyAccessDenied } from '../../audit/events/access-events.ts'
import { newSecretFirstUsed } from '../../audit/events/key-events.ts'
import type { Clock } from '../../kernel/clock.ts'
import { addSeconds } from '../../kernel/duration.ts'
import type { UnauthenticatedReason } from '../../kernel/errors.ts'
import { isWithin } from '../../kernel/ip-range.ts'
import { lruCache } from '../../kernel/lru-cache.ts'
import type { MaybePromise } from '../../kernel/maybe-promise.ts'
import { OutcomeCounts } from '../../kernel/outcome-counts.ts'
import { hashSecret, LONGEST_SECRET, looksLikeSecret, parseSecret } from '../../kernel/secret-text.ts'
import type { Database } from '../../persistence/database.ts'
import type { KeyRow } from '../key.entity.ts'
import { retiringOf, secretStateOf, statusOf } from '../key.ts'
import { noteFirstUseOf, noteOverlapBegun, updateSecret } from '../key-secrets.store.ts'
import { lockKey, updateKey } from '../keys.store.ts'
import { type DecidingSecret, listDecidingSecrets, type SecretIdentity } from './deciding-rows.store.ts'
import { type KeyFacts, principalOf } from './key-facts.ts'
import type { KeyFactsCache } from './key-facts-cache.ts'
import { type KeyRefusal, keyRefusal, STATUS_REFUSALS } from './key-refusal.ts'
import type { RetiredSecretRule } from './retired-secret-rule.ts'
import type { UsageRecorder } from './usage-recorder.ts'

export interface VerifiedSecret extends VerifiedCredential {
  readonly facts: KeyFacts
  readonly secret: DecidingSecret
}

export interface KeyVerifierParts {
  readonly prefix: string
  readonly database: Database
  readonly clock: Clock
  readonly keyFacts: KeyFactsCache
  readonly usage: UsageRecorder
  readonly denials: DenialRecorder
  readonly log: AuditLog
  readonly retiredSecrets: RetiredSecretRule
}

/** Whether a key may be used from an address. A key without ranges may be used from everywhere. */
export const mayUseFrom = (key: Pick<KeyRow, 'allowedIps'>, address: CallerAddress): boolean =>
  address === ANY_ADDRESS || key.allowedIps.length === 0 || isWithin(address, key.allowedIps)

const MAX_CONFIRMED = 10_000

/** The earlier of two ends; null if there is none. */
const earlier = (one: Date | null, other: Date | null): Date | null => {
  if (one === null || other === null) return one ?? other
  return one < other ? one : other
}

/** Verifies secrets of keys: at most a hash and two look-ups in caches. */
export class KeyVerifier implements CredentialStrategy {
  /** Secrets whose first use is stored. What was read of a secret before says that it was never used. */
  private readonly confirmed = lruCache<true>(MAX_CONFIRMED)
  readonly outcomes = new OutcomeCounts<'VALID' | UnauthenticatedReason>()
  private readonly parts: KeyVerifierParts
  private readonly begin: string

  constructor(parts: KeyVerifierParts) {
    this.parts = parts
    this.begin = `${parts.prefix}_`
  }

  recognizes(credential: string): boolean {
    return looksLikeSecret(credential)
  }

  verify(text: string, address: CallerAddress): MaybePromise<Verification<VerifiedSecret, KeyRefusal>> {
    const checking = this.check(text, address)
    return checking instanceof Promise
      ? checking.then((verification) => this.count(verification))
      : this.count(checking)
  }

  private count(verification: Verification<VerifiedSecret, KeyRefusal>): Verification<VerifiedSecret, KeyRefusal> {
    this.outcomes.count(verification.valid ? 'VALID' : verification.reason)
    return verification
  }

  private check(text: string, address: CallerAddress): MaybePromise<Verification<VerifiedSecret, KeyRefusal>> {
    const { prefix, keyFacts } = this.parts
    if (text.length > LONGEST_SECRET) return keyRefusal('malformed', null)
    const hash = hashSecret(text)
    const known = keyFacts.identified(hash)
    // A stored hash is that of a well-formed secret, maybe of an earlier prefix: checking its form again would take as long.
    if (known !== undefined && text.startsWith(this.begin))
      return this.checkKey(known, keyFacts.find(known.keyId), address)
    if (parseSecret(prefix, text) === null) return keyRefusal('malformed', null)
    return this.checkUnknown(hash, address)
  }

  private async checkUnknown(hash: string, address: CallerAddress): Promise<Verification<VerifiedSecret, KeyRefusal>> {
    const { keyFacts } = this.parts
    const identity = await keyFacts.identify(hash)
    return identity === null
      ? keyRefusal('unknown', null)
      : this.checkKey(identity, keyFacts.find(identity.keyId), address)
  }

  private checkKey(
    identity: SecretIdentity,
    finding: MaybePromise<KeyFacts | null>,
    address: CallerAddress,
  ): MaybePromise<Verification<VerifiedSecret, KeyRefusal>> {
    if (finding instanceof Promise) return finding.then((facts) => this.checkKey(identity, facts, address))
    return finding === null ? keyRefusal('unknown', null) : this.decide(finding, identity.secretId, address)
  }

  private decide(facts: KeyFacts, secretId: string, address: CallerAddress): Verification<VerifiedSecret, KeyRefusal> {
    const now = this.parts.clock.now()
    const status = statusOf(facts.key, now)
    if (status === 'REVOKED') return keyRefusal('revoked', facts)
    const secret = facts.secrets.find((candidate) => candidate.id === secretId)
    if (secret === undefined || secretStateOf(secret, now) === 'RETIRED') return keyRefusal('retired', facts)
    if (status !== 'ACTIVE') return keyRefusal(STATUS_REFUSALS[status], facts)
    if (!mayUseFrom(facts.key, address)) return keyRefusal('address', facts)
    const principal = principalOf(facts, earlier(facts.key.expiresAt, secret.validUntil))
    return principal === null
      ? keyRefusal('owner-left', facts)
      : { valid: true, verified: { facts, secret, principal } }
  }

  recordUse({ facts, secret }: VerifiedSecret, address: CallerAddress): MaybePromise<void> {
    const record = () => this.parts.usage.record(facts.key.id, secret.id, address === ANY_ADDRESS ? null : address)
    const noting = this.noteFirstUse(facts, secret)
    return noting === null ? record() : noting.then(record)
  }

  async recordRefusal({ facts, auditReason: reason }: KeyRefusal, from: CallOrigin): Promise<boolean> {
    if (facts === null) return false
    const { key } = facts
    const cause = causeOf(null, from)
    if (reason === 'retired') await this.parts.retiredSecrets.apply(facts, cause)
    else
      await this.parts.denials.record({
        organizationId: key.organizationId,
        cause,
        draft: keyAccessDenied(key, { reason }),
      })
    return true
  }

  /**
   * Stores the first use of the new secret of a rotation before the secret is accepted: a secret that was used is not
   * replaced as unconfirmed. It starts an overlap that waits for it, which is in the audit log.
   */
  private noteFirstUse(facts: KeyFacts, used: DecidingSecret): Promise<void> | null {
    // Most keys have one secret, and no rotation in progress.
    if (facts.secrets.length === 1) return null
    // A secret that came by such a rotation itself still says so while the next one retires it.
    if (used.state !== 'CURRENT' || used.wasUsed || this.confirmed.has(used.id)) return null
    const now = this.parts.clock.now()
    return retiringOf(facts.secrets, now) === undefined ? null : this.storeFirstUse(facts, used, now)
  }

  private async storeFirstUse(facts: KeyFacts, used: DecidingSecret, now: Date): Promise<void> {
    const { overlapFromFirstUse } = used
    const { database, log } = this.parts
    await database.writeFor(facts.key.organizationId, async (writer) => {
      const key = await lockKey(writer, facts.key.id)
      if (key === null || !(await noteFirstUseOf(writer, used.id, now))) return
      if (overlapFromFirstUse === null || !(await noteOverlapBegun(writer, used.id))) return
      const retiring = retiringOf(await listDecidingSecrets(writer, key.id), now)
      if (retiring === undefined) return
      // The rotation has set the latest end; the first use can only bring it forward.
      const counted = addSeconds(now, overlapFromFirstUse)
      const validUntil = retiring.validUntil !== null && retiring.validUntil < counted ? retiring.validUntil : counted
      await updateSecret(writer, retiring.id, { validUntil })
      const dueAt = key.dueAt === null || key.dueAt > validUntil ? validUntil : key.dueAt
      await updateKey(writer, key.id, { dueAt })
      await log.append(writer, key.organizationId, BY_SYSTEM, newSecretFirstUsed(key, validUntil))
    })
    this.confirmed.set(used.id, true)
  }
}
