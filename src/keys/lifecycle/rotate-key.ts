import { BY_SYSTEM } from '../../audit/audit-event.ts'
import type { Caller } from '../../audit/caller.ts'
import { keyRotated, overlapEnded } from '../../audit/events/key-events.ts'
import type { DurationSeconds } from '../../kernel/duration.ts'
import { badInput, forbidden } from '../../kernel/errors.ts'
import type { Writer } from '../../persistence/database.ts'
import { boundOfCreator, boundOfItself } from '../descent.ts'
import type { KeyRow } from '../key.entity.ts'
import { currentOf, lifetimeFacts, lifetimeOf } from '../key.ts'
import { isItself } from '../key-access.ts'
import { insertSecret, listLiveSecrets, updateSecret } from '../key-secrets.store.ts'
import { findKey } from '../keys.store.ts'
import { roomForKeys } from './active-key-limit.ts'
import { requireFreeName } from './key-name.ts'
import type { KeyParts } from './key-parts.ts'
import { decideExpiry, type ExpiryBound } from './lifetime.ts'
import { changeKey } from './locked-key.ts'
import { type IssuedKey, makeSecret } from './make-secret.ts'
import { lockRotatable, previousOf, type Rotatable } from './rotatable-key.ts'
import { earlierOf, type Overlap, overlapOf, overlapOfReplacement, type RequestedOverlap } from './rotation-overlap.ts'
import { dueAtOf } from './warning-plan.ts'

export interface RotateKeyInput extends RequestedOverlap {
  readonly id: string
  /** During a rotation whose new secret was never used: replace that secret. */
  readonly replaceUnconfirmed?: boolean | null | undefined
  readonly expiresAt?: Date | null | undefined
  readonly expiresIn?: DurationSeconds | null | undefined
}

export interface RotatedKey extends IssuedKey {
  /** Latest end of the overlap. If it starts at the first use of the new secret, the old one can become invalid earlier. */
  readonly previousSecretValidUntil: Date
}

/** Replaces the secret of a key. The key keeps everything else. */
export class RotateKey {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /**
   * Issues a new secret. The old one stays valid for the overlap. The new lifetime is as long as the old one was. A key that
   * rotates itself expires no later than before.
   *
   * During a rotation, `replaceUnconfirmed` discards a new secret that was never used (its response was lost) and issues
   * another one. The old secret stays valid no longer than the first rotation stated, so retries do not extend it.
   *
   * An expired key becomes active again if the caller may create keys. Its old secret does not.
   *
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, POLICY_VIOLATION, LIMIT_REACHED if an expired key would exceed the limit of
   * active keys, CONFLICT if the key is revoked, suspended, in a rotation, or was just changed by another request.
   */
  async rotate(caller: Caller, input: RotateKeyInput): Promise<RotatedKey> {
    const { database, clock, policies, keyAccess } = this.parts
    const seen = await keyAccess.requireChange(caller.principal, input.id, 'by itself too')
    const secrets = await database.read((reader) => listLiveSecrets(reader, seen.id))
    checkInput(input)
    return database.writeFor(seen.organizationId, async (writer) => {
      const now = clock.now()
      const rotatable = await lockRotatable(
        writer,
        policies,
        { key: seen, currentId: currentOf(secrets)?.id },
        input,
        now,
      )
      const { key, current, retiring, expired } = rotatable
      const policy = await policies.effective(writer, key.organizationId)
      if (expired) await this.reactivate(caller, writer, rotatable, now)
      const bound = await boundOf(caller, writer, key, now)
      const expiresAt = decideExpiry(input, policy, now, lifetimeOf(key), bound)
      const overlap =
        retiring === undefined || current === undefined
          ? overlapOf(input, policy, expired, now)
          : overlapOfReplacement(input, policy, current, retiring, now)
      const { secret, row } = await this.replaceSecret(writer, rotatable, overlap, now)
      const { previousSecretValidUntil } = overlap
      const change = changeOf(rotatable, expiresAt, overlap, now)
      const rotated = { ...key, ...change }
      const dueAt = dueAtOf(rotated, policy, overlap.overlapSeconds > 0 ? previousSecretValidUntil : null)
      await changeKey(writer, key.id, { ...change, dueAt })
      await this.append(writer, caller, rotatable, { hint: row.hint, expiresAt, overlap })
      return { key: { ...rotated, dueAt }, secret, previousSecretValidUntil }
    })
  }

  private async reactivate(
    { principal }: Caller,
    writer: Writer,
    { key, limits }: Rotatable,
    now: Date,
  ): Promise<void> {
    if (isItself(principal, key)) throw forbidden(['keys:operator'], 'An expired key cannot reactivate itself.')
    const taken = 'Another active key now has the name of this one: rename or revoke that key first.'
    await requireFreeName(writer, key.nameScope, key.name, now, taken)
    const room = await roomForKeys(writer, limits, now)
    room.take()
  }

  private async replaceSecret(writer: Writer, rotatable: Rotatable, overlap: Overlap, now: Date) {
    const { key, secrets } = rotatable
    const { overlapSeconds, fromFirstUse, previousSecretValidUntil } = overlap
    const previous = previousOf(rotatable)
    for (const secret of secrets)
      await updateSecret(
        writer,
        secret.id,
        secret.id === previous?.id && overlapSeconds > 0
          ? { state: 'RETIRING', validUntil: previousSecretValidUntil }
          : { state: 'RETIRED', validUntil: earlierOf(secret.validUntil, now) },
      )
    const made = makeSecret(this.parts.prefix, key.kind, key.id, now)
    await insertSecret(writer, { ...made.row, overlapFromFirstUse: fromFirstUse ? overlapSeconds : null })
    return made
  }

  private async append(
    writer: Writer,
    caller: Caller,
    rotatable: Rotatable,
    { hint, expiresAt, overlap }: { readonly hint: string; readonly expiresAt: Date | null; readonly overlap: Overlap },
  ): Promise<void> {
    const { key, secrets, current, retiring } = rotatable
    const rotation = keyRotated(key, {
      hint,
      previousHint: previousOf(rotatable)?.hint ?? null,
      previousSecretValidUntil: overlap.previousSecretValidUntil,
      overlap: overlap.overlapSeconds,
      overlapFromFirstUse: overlap.fromFirstUse,
      expiresAt: { from: key.expiresAt, to: expiresAt },
      replacedHint: retiring === undefined ? null : (current?.hint ?? null),
    })
    // An overlap that ended without its event: offline verifiers learn of the end by that event.
    const ended = secrets
      .filter((secret) => secret.state === 'RETIRING' && secret.id !== retiring?.id)
      .map((secret) => ({ cause: BY_SYSTEM, draft: overlapEnded(key, secret.hint, key.lifetimeFrom) }))
    await this.parts.log.appendAll(writer, key.organizationId, [...ended, { cause: caller.cause, draft: rotation }])
  }
}

const checkInput = (input: RotateKeyInput): void => {
  if (input.expiresAt != null && input.expiresIn != null)
    throw badInput('expiresAt', 'set at most one of expiresAt and expiresIn')
  if (input.overlapFromFirstUse === true && input.overlap === 0)
    throw badInput('overlap', 'must be longer than zero if it starts at the first use of the new secret')
}

const changeOf = ({ key, retiring }: Rotatable, expiresAt: Date | null, { overlapSeconds }: Overlap, now: Date) => {
  const renewed = {
    ...lifetimeFacts(expiresAt, now),
    warnedAt: null,
    unusedWarnedAt: null,
    expiryRecordedAt: null,
    activeName: key.name,
  }
  if (overlapSeconds === 0) return { ...renewed, previousExpiresAt: null, previousLifetimeFrom: null }
  // A replacement keeps what the first rotation stored: a cancellation restores the lifetime before both.
  return retiring === undefined
    ? { ...renewed, previousExpiresAt: key.expiresAt, previousLifetimeFrom: key.lifetimeFrom }
    : renewed
}

/** The latest expiry after a rotation by the caller, in addition to the policy; null for none. */
const boundOf = async ({ principal }: Caller, writer: Writer, key: KeyRow, now: Date): Promise<ExpiryBound | null> => {
  if (!isItself(principal, key)) return key.kind === 'PERSONAL_ACCESS_KEY' ? boundOfCreator(principal) : null
  const creator = key.createdWithKeyId === null ? null : await findKey(writer, key.createdWithKeyId)
  return boundOfItself(key, creator, now)
}
