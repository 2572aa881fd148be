import type { CredentialStrategy } from '../../access/authenticator.ts'
import type { CallOrigin } from '../../access/call-origin.ts'
import type { Principal } from '../../access/principal.ts'
import { BY_SYSTEM } from '../../audit/audit-event.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import { causeOf } from '../../audit/caller.ts'
import type { DenialRecorder } from '../../audit/denial-recorder.ts'
import { keyAccessDenied } from '../../audit/events/access-events.ts'
import { newSecretFirstUsed } from '../../audit/events/key-events.ts'
import type { Clock } from '../../kernel/clock.ts'
import { addSeconds } from '../../kernel/duration.ts'
import { RefusedCredential } from '../../kernel/errors.ts'
import { isWithin } from '../../kernel/ip-range.ts'
import { hashSecret, looksLikeSecret, parseSecret } from '../../kernel/secret-text.ts'
import type { Database } from '../../persistence/database.ts'
import type { KeyRow, KeySecretRow } from '../key.entity.ts'
import { type KeyStatus, secretStateOf, statusOf } from '../key.ts'
import { listLiveSecrets, lockKey, noteOverlapBegun, updateKey, updateSecret } from '../keys.store.ts'
import { type KeyFacts, type KeyFactsMemory, principalOf } from './key-facts.ts'
import type { RetiredSecretRule } from './retired-secret-rule.ts'
import type { UsageRecorder } from './usage-recorder.ts'

/** Why a credential is not good. */
export type RefusalReason =
  | 'malformed'
  | 'unknown'
  | 'suspended'
  | 'expired'
  | 'revoked'
  | 'retired'
  | 'address'
  | 'owner-left'

export interface VerifiedSecret {
  readonly facts: KeyFacts
  readonly secret: KeySecretRow
  readonly principal: Principal
}

export type Verification =
  | { readonly good: true; readonly verified: VerifiedSecret }
  | { readonly good: false; readonly reason: RefusalReason; readonly facts: KeyFacts | null }

export interface KeyVerifierParts {
  readonly prefix: string
  readonly database: Database
  readonly clock: Clock
  readonly memory: KeyFactsMemory
  readonly usage: UsageRecorder
  readonly denials: DenialRecorder
  readonly log: AuditLog
  readonly retiredSecrets: RetiredSecretRule
}

const MESSAGES: Readonly<Record<RefusalReason, string>> = {
  malformed: 'This is no secret of this server: it is cut off, mistyped or of another server.',
  unknown: 'This secret is not known here.',
  suspended: 'This key is suspended: somebody who manages keys can resume it.',
  expired: 'This key has expired: rotate it, or ask for a new one.',
  revoked: 'This key has been revoked.',
  retired: 'This secret was replaced by a rotation: use the new one.',
  // Whoever is refused by address must not learn that the secret itself would do.
  address: 'This secret is not known here.',
  'owner-left': 'This key has been revoked.',
}

/** The error that tells a secret's holder why it is not good. */
export const refusalOf = ({ reason, facts }: Extract<Verification, { good: false }>): RefusedCredential =>
  new RefusedCredential(MESSAGES[reason], facts?.key.id ?? null)

const STATUS_REFUSALS: Readonly<Record<Exclude<KeyStatus, 'ACTIVE'>, RefusalReason>> = {
  SUSPENDED: 'suspended',
  EXPIRED: 'expired',
  REVOKED: 'revoked',
}

const NOT_KNOWN = Symbol('where the user of the secret is')

/** Whether a key may be used from there: everywhere, where it names no addresses. */
export const mayUseFrom = (key: Pick<KeyRow, 'allowedIps'>, address: string | null | typeof NOT_KNOWN): boolean =>
  address === NOT_KNOWN || key.allowedIps.length === 0 || isWithin(address, key.allowedIps)

/** Decides whether a secret is good, here and now: at most a hash and two look-ups in memory. */
export class KeyVerifier implements CredentialStrategy {
  private readonly parts: KeyVerifierParts

  constructor(parts: KeyVerifierParts) {
    this.parts = parts
  }

  recognizes(credential: string): boolean {
    return looksLikeSecret(credential)
  }

  async authenticate(credential: string, from: CallOrigin): Promise<Principal> {
    const verification = await this.use(credential, from)
    if (!verification.good) throw refusalOf(verification)
    return verification.verified.principal
  }

  /** Whether a credential that was good still is. Not a use: nothing is recorded. */
  async recheck(credential: string, from: CallOrigin): Promise<Principal | null> {
    const verification = await this.verify(credential, from.ipAddress)
    return verification.good ? verification.verified.principal : null
  }

  /**
   * Verifies a secret that somebody uses: records the use, or the refusal.
   *
   * @param seenBy whether the request comes from the secret's user, or from somebody who asks about it: then where the
   *   user is cannot be known, and no allow list of addresses is asked
   */
  async use(secret: string, from: CallOrigin, seenBy: 'user' | 'somebody else' = 'user'): Promise<Verification> {
    const address = seenBy === 'user' ? from.ipAddress : NOT_KNOWN
    const verification = await this.verify(secret, address)
    if (!verification.good) {
      await this.recordRefusal(verification, from)
      return verification
    }
    const { facts, secret: used } = verification.verified
    await this.noteFirstUse(facts, used)
    this.parts.usage.record(facts.key.id, used.id, address === NOT_KNOWN ? null : address)
    return verification
  }

  /** The decision alone. */
  async verify(text: string, ipAddress: string | null | typeof NOT_KNOWN): Promise<Verification> {
    const { prefix, memory, clock } = this.parts
    if (parseSecret(prefix, text) === null) return { good: false, reason: 'malformed', facts: null }
    const identity = await memory.identify(hashSecret(text))
    const facts = identity === null ? null : await memory.find(identity.keyId)
    if (identity === null || facts === null) return { good: false, reason: 'unknown', facts: null }
    const now = clock.now()
    const refuse = (reason: RefusalReason): Verification => ({ good: false, reason, facts })
    const status = statusOf(facts.key, now)
    if (status === 'REVOKED') return refuse('revoked')
    const secret = facts.secrets.find((candidate) => candidate.id === identity.secretId)
    if (secret === undefined || secretStateOf(secret, now) === 'RETIRED') return refuse('retired')
    if (status !== 'ACTIVE') return refuse(STATUS_REFUSALS[status])
    if (!mayUseFrom(facts.key, ipAddress)) return refuse('address')
    const ends = [facts.key.expiresAt, secret.validUntil].filter((instant) => instant !== null)
    const expiresAt = ends.length === 0 ? null : new Date(Math.min(...ends.map((instant) => instant.getTime())))
    const principal = principalOf(facts, expiresAt)
    return principal === null ? refuse('owner-left') : { good: true, verified: { facts, secret, principal } }
  }

  private async recordRefusal(refusal: Extract<Verification, { good: false }>, from: CallOrigin): Promise<void> {
    const { facts, reason } = refusal
    if (facts === null) return
    const cause = causeOf(null, from)
    if (reason === 'retired') return this.parts.retiredSecrets.apply(facts, cause)
    await this.parts.denials.record({
      organizationId: facts.key.organizationId,
      cause,
      draft: keyAccessDenied(facts.key, { reason }),
    })
  }

  /** Starts the overlap that waits for the new secret's first use. It is a change like any other, so it is in the history. */
  private async noteFirstUse(facts: KeyFacts, used: KeySecretRow): Promise<void> {
    const { overlapFromFirstUse } = used
    // A secret that came by such a rotation itself still says so while the next one retires it.
    if (overlapFromFirstUse === null || used.state !== 'CURRENT') return
    const { database, clock, log } = this.parts
    const now = clock.now()
    const isRetiring = (secret: KeySecretRow) => secretStateOf(secret, now) === 'RETIRING'
    if (!facts.secrets.some(isRetiring)) return
    await database.write(async (writer) => {
      const key = await lockKey(writer, facts.key.id)
      if (key === null || !(await noteOverlapBegun(writer, used.id))) return
      const retiring = (await listLiveSecrets(writer, key.id)).find(isRetiring)
      if (retiring === undefined) return
      // The rotation has set the latest end; the first use can only bring it forward.
      const counted = addSeconds(now, overlapFromFirstUse)
      const validUntil = retiring.validUntil !== null && retiring.validUntil < counted ? retiring.validUntil : counted
      await updateSecret(writer, retiring.id, { validUntil })
      const dueAt = key.dueAt === null || key.dueAt > validUntil ? validUntil : key.dueAt
      await updateKey(writer, key.id, { dueAt })
      await log.append(writer, key.organizationId, BY_SYSTEM, newSecretFirstUsed(key, validUntil))
    })
  }
}
