import { BY_SYSTEM } from '../../audit/audit-event.ts'
import type { Caller } from '../../audit/caller.ts'
import { keyRotated, overlapEnded, rotationCancelled, rotationCompleted } from '../../audit/events/key-events.ts'
import { addSeconds, type DurationSeconds } from '../../kernel/duration.ts'
import { badInput, conflict, forbidden, notFound } from '../../kernel/errors.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyPolicy } from '../../policies/key-policy.ts'
import { boundOfCreator, boundOfItself } from '../descent.ts'
import type { KeyRow, KeySecretRow } from '../key.entity.ts'
import { lifetimeFacts, lifetimeOf, secretStateOf, statusOf } from '../key.ts'
import { isItself } from '../key-access.ts'
import { insertSecret, listLiveSecrets, updateSecret } from '../key-secrets.store.ts'
import { findKey, lockKey, updateKey } from '../keys.store.ts'
import { type LockedLimits, lockKeyLimits, refuseTooManyKeys } from './active-key-limit.ts'
import { type IssuedKey, type KeyParts, makeSecret } from './create-key.ts'
import { endOverlap } from './end-overlap.ts'
import { requireFreeName } from './key-name.ts'
import { decideExpiry, decideOverlap, type ExpiryBound } from './lifetime.ts'
import { dueAtOf } from './warning-plan.ts'

export interface RotateKeyInput {
  readonly id: string
  /** Seconds for which the old secret goes on working; zero retires it at once. */
  readonly overlap?: DurationSeconds | null | undefined
  /** Count the overlap from the new secret's first use. */
  readonly overlapFromFirstUse?: boolean | null | undefined
  /** During a rotation whose new secret was never used: replace that secret. */
  readonly replaceUnconfirmed?: boolean | null | undefined
  readonly expiresAt?: Date | null | undefined
  readonly expiresIn?: DurationSeconds | null | undefined
}

export interface RotatedKey extends IssuedKey {
  /** When the old secret stops working at the latest: earlier, where the new one is used and the overlap counts from that. */
  readonly previousSecretValidUntil: Date
}

const RACE_LOST = 'This key was changed by somebody else just now: look at it again before you decide.'

/** Replaces a key's secret; everything else of the key stays. */
export class RotateKey {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /**
   * Issues a new secret. The old one goes on working for the overlap, and the lifetime begins anew with the length it had.
   * An overlap that counts from the first use of the new secret ends at the policy's maximum overlap after the rotation at
   * the latest. A key that rotates itself gets no longer life than it had.
   * During a rotation, `replaceUnconfirmed` discards a new secret that was never used (its answer was lost) and issues
   * another. The old secret goes on working no longer than the first rotation said, so retries do not prolong it.
   * An expired key comes back to life if the caller may create keys; its old secret does not.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, POLICY_VIOLATION, LIMIT_REACHED where there is no room for a key that
   * comes back, and CONFLICT where the key is revoked, suspended, within an overlap already (with `replaceUnconfirmed`:
   * whose new secret has been used), or rotated by somebody else at the same time.
   */
  async rotate(caller: Caller, input: RotateKeyInput): Promise<RotatedKey> {
    const { database, clock, directory, policies, keyAccess, log } = this.parts
    const seen = await keyAccess.requireChange(caller.principal, input.id, 'by itself too')
    const seenSecrets = await database.read((reader) => listLiveSecrets(reader, seen.id))
    const seenCurrent = currentOf(seenSecrets)
    if (input.expiresAt != null && input.expiresIn != null)
      throw badInput('expiresAt', 'take at most one of expiresAt and expiresIn')
    if (input.overlapFromFirstUse === true && input.overlap === 0)
      throw badInput('overlap', 'must be longer than zero where it counts from the first use of the new secret')
    return database.write(async (writer) => {
      const now = clock.now()
      const expired = statusOf(seen, now) === 'EXPIRED'
      const limits = expired ? await lockKeyLimits(writer, directory, seen.organizationId) : []
      const key = await this.requireLocked(writer, seen.id)
      const secrets = await listLiveSecrets(writer, key.id)
      const current = currentOf(secrets)
      const status = statusOf(key, now)
      if (status === 'REVOKED') throw conflict('This key has been revoked: nothing brings it back. Create a new one.')
      if (status === 'SUSPENDED') throw conflict('This key is suspended: resume it first.')
      if (current?.id !== seenCurrent?.id || (status === 'EXPIRED') !== expired) throw conflict(RACE_LOST)
      // Of an expired key neither secret works: there is no overlap to be completed or cancelled any more.
      const retiring = expired ? undefined : secrets.find((secret) => secretStateOf(secret, now) === 'RETIRING')
      if (retiring !== undefined) requireUnconfirmed(input, current)
      const old = retiring ?? current
      const policy = await policies.effective(writer, key.organizationId)
      if (expired) await this.revive(caller, writer, key, limits, now)
      const expiresAt = decideExpiry(input, policy, now, lifetimeOf(key), await this.boundOf(caller, writer, key, now))
      const { overlap, fromFirstUse, previousSecretValidUntil } =
        retiring === undefined || current === undefined
          ? overlapOf(input, policy, expired, now)
          : overlapOfReplacement(input, policy, current, retiring, now)
      for (const secret of secrets)
        await updateSecret(
          writer,
          secret.id,
          secret.id === old?.id && overlap > 0
            ? { state: 'RETIRING', validUntil: previousSecretValidUntil }
            : { state: 'RETIRED', validUntil: earlier(secret.validUntil, now) },
        )
      const { secret, row } = makeSecret(this.parts.prefix, key.kind, key.id, now)
      await insertSecret(writer, { ...row, overlapFromFirstUse: fromFirstUse ? overlap : null })
      const change = {
        ...lifetimeFacts(expiresAt, now),
        warnedAt: null,
        unusedWarnedAt: null,
        expiryRecordedAt: null,
        activeName: key.name,
        ...(overlap === 0
          ? { previousExpiresAt: null, previousLifetimeFrom: null }
          : retiring === undefined
            ? { previousExpiresAt: key.expiresAt, previousLifetimeFrom: key.lifetimeFrom }
            : {}),
      }
      const rotated = { ...key, ...change }
      const dueAt = dueAtOf(rotated, policy, overlap > 0 ? previousSecretValidUntil : null)
      await this.save(writer, key.id, { ...change, dueAt })
      const rotation = keyRotated(key, {
        hint: row.hint,
        previousHint: old?.hint ?? null,
        previousSecretValidUntil,
        overlap,
        overlapFromFirstUse: fromFirstUse,
        expiresAt: { from: key.expiresAt, to: expiresAt },
        replacedHint: retiring === undefined ? null : (current?.hint ?? null),
      })
      // An overlap that has ended but is not recorded yet is recorded here: offline verifiers learn of its end by the event.
      const unnoticed = secrets
        .filter((one) => one.state === 'RETIRING' && one.id !== retiring?.id)
        .map((one) => overlapEnded(key, one.hint, key.lifetimeFrom))
      await log.appendAll(writer, key.organizationId, [
        ...unnoticed.map((draft) => ({ cause: BY_SYSTEM, draft })),
        { cause: caller.cause, draft: rotation },
      ])
      return { key: { ...rotated, dueAt }, secret, previousSecretValidUntil }
    })
  }

  /** Retires the old secret of a rotation now. Throws NOT_FOUND, FORBIDDEN, and CONFLICT where no rotation is under way. */
  async complete(caller: Caller, id: string): Promise<KeyRow> {
    const { database, clock, keyAccess, policies, log } = this.parts
    const seen = await keyAccess.requireChange(caller.principal, id, 'by itself too')
    return database.write(async (writer) => {
      const now = clock.now()
      const { key, retiring } = await this.requireRotation(writer, seen.id, now)
      const change = await endOverlap(writer, key, retiring, await policies.effective(writer, key.organizationId), now)
      await this.save(writer, key.id, change)
      await log.append(writer, key.organizationId, caller.cause, rotationCompleted(key, retiring.hint))
      return { ...key, ...change }
    })
  }

  /**
   * Goes back to the old secret and the old expiry, and drops the new secret. Throws NOT_FOUND, FORBIDDEN, and CONFLICT
   * where no rotation is under way or the old expiry has passed.
   */
  async cancel(caller: Caller, id: string): Promise<KeyRow> {
    const { database, clock, keyAccess, policies, log } = this.parts
    const seen = await keyAccess.requireChange(caller.principal, id, 'by itself too')
    return database.write(async (writer) => {
      const now = clock.now()
      const { key, current, retiring } = await this.requireRotation(writer, seen.id, now)
      if (key.previousExpiresAt !== null && key.previousExpiresAt <= now)
        throw conflict('The expiry that the rotation replaced has passed: complete the rotation instead.')
      await updateSecret(writer, current.id, { state: 'RETIRED', validUntil: now, overlapFromFirstUse: null })
      await updateSecret(writer, retiring.id, { state: 'CURRENT', validUntil: null })
      const policy = await policies.effective(writer, key.organizationId)
      const change = {
        ...lifetimeFacts(key.previousExpiresAt, key.previousLifetimeFrom ?? key.lifetimeFrom),
        // What was warned of was the dropped lifetime; the sweeper finds out what was warned of in this one.
        warnedAt: null,
        previousExpiresAt: null,
        previousLifetimeFrom: null,
      }
      const restored = { ...key, ...change }
      const dueAt = dueAtOf(restored, policy, null)
      await this.save(writer, key.id, { ...change, dueAt })
      const draft = rotationCancelled(key, current.hint, { from: key.expiresAt, to: change.expiresAt })
      await log.append(writer, key.organizationId, caller.cause, draft)
      return { ...restored, dueAt }
    })
  }

  private async revive(caller: Caller, writer: Writer, key: KeyRow, limits: LockedLimits, now: Date): Promise<void> {
    if (isItself(caller.principal, key)) throw forbidden(['keys:operator'], 'An expired key cannot bring itself back.')
    const taken = 'Another active key has taken the name of this one: rename or revoke that one first.'
    await requireFreeName(writer, key.nameScope, key.name, now, taken)
    await refuseTooManyKeys(writer, limits, now)
  }

  /** How long the key may live after a rotation by the caller, whatever the policy allows. */
  private async boundOf({ principal }: Caller, writer: Writer, key: KeyRow, now: Date): Promise<ExpiryBound | null> {
    if (!isItself(principal, key)) return key.kind === 'PERSONAL_ACCESS_KEY' ? boundOfCreator(principal) : null
    const maker = key.createdWithKeyId === null ? null : await findKey(writer, key.createdWithKeyId)
    return boundOfItself(key, maker, now)
  }

  private async requireRotation(writer: Writer, id: string, now: Date) {
    const key = await this.requireLocked(writer, id)
    const status = statusOf(key, now)
    if (status === 'REVOKED' || status === 'EXPIRED') throw conflict(`This key is ${status.toLowerCase()}.`)
    const secrets = await listLiveSecrets(writer, id)
    const retiring = secrets.find((secret) => secretStateOf(secret, now) === 'RETIRING')
    const current = currentOf(secrets)
    if (retiring === undefined || current === undefined) throw conflict('No rotation of this key is under way.')
    return { key, current, retiring }
  }

  private async requireLocked(writer: Writer, id: string): Promise<KeyRow> {
    const key = await lockKey(writer, id)
    if (key === null) throw notFound('key')
    return key
  }

  private async save(writer: Writer, id: string, change: Partial<KeyRow>): Promise<void> {
    if (!(await updateKey(writer, id, change))) throw conflict(RACE_LOST)
  }
}

interface Overlap {
  /** Seconds. */
  readonly overlap: DurationSeconds
  readonly fromFirstUse: boolean
  readonly previousSecretValidUntil: Date
}

const overlapOf = (input: RotateKeyInput, policy: KeyPolicy, expired: boolean, now: Date): Overlap => {
  const overlap = expired ? 0 : decideOverlap(input.overlap, policy)
  const fromFirstUse = input.overlapFromFirstUse === true && overlap > 0
  const previousSecretValidUntil = addSeconds(now, fromFirstUse ? policy.maximumOverlap : overlap)
  return { overlap, fromFirstUse, previousSecretValidUntil }
}

/** What is not asked for stays as the first rotation decided it; the old secret never works longer than that. */
const overlapOfReplacement = (
  input: RotateKeyInput,
  policy: KeyPolicy,
  unconfirmed: KeySecretRow,
  retiring: KeySecretRow,
  now: Date,
): Overlap => {
  const latest = retiring.validUntil ?? now
  const left = Math.max(0, Math.ceil((latest.getTime() - now.getTime()) / 1_000))
  const { overlapFromFirstUse: before } = unconfirmed
  const overlap = input.overlap == null ? (before ?? left) : decideOverlap(input.overlap, policy)
  const fromFirstUse = (input.overlapFromFirstUse ?? before !== null) && overlap > 0
  const wanted = addSeconds(now, fromFirstUse ? policy.maximumOverlap : overlap)
  return { overlap, fromFirstUse, previousSecretValidUntil: earlier(wanted, latest) }
}

/** Throws CONFLICT where the secret of the rotation that is under way is not to be replaced. */
const requireUnconfirmed = (input: RotateKeyInput, current: KeySecretRow | undefined): void => {
  if (input.replaceUnconfirmed !== true)
    throw conflict(
      'A rotation of this key is under way: complete or cancel it first. If its answer was lost, rotate with replaceUnconfirmed.',
    )
  if (current?.lastUsedAt != null)
    throw conflict('The new secret of the rotation has been used: complete or cancel the rotation instead.')
}

const earlier = (instant: Date | null, now: Date): Date => (instant !== null && instant < now ? instant : now)

const currentOf = (secrets: readonly KeySecretRow[]): KeySecretRow | undefined =>
  secrets.find((secret) => secret.state === 'CURRENT')
