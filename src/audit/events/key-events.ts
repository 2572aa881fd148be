import type { JsonObject } from '../../audit-chain/canonical-json.ts'
import { type DurationSeconds, formatDuration } from '../../kernel/duration.ts'
import { formatGrant, type Grant } from '../../kernel/grants.ts'
import { instantText } from '../../kernel/instant.ts'
import { type Change, type Draft, instantOrNull } from './event-draft.ts'
import type { KeyEventDetails, KeyEventType } from './key-event-details.ts'
import { type KeySubject, keyIdentity, keyTarget } from './key-subject.ts'
import { type LeakPlace, leakPlaceDetails } from './leak-place.ts'

type KeyEvent<Type extends KeyEventType> = Draft<Type, KeyEventDetails[Type]>

export const keyCreated = (
  key: KeySubject & {
    readonly grants: readonly Grant[] | null
    readonly projectId: string | null
    readonly expiresAt: Date | null
    readonly allowedIps: readonly string[]
  },
  hint: string,
): KeyEvent<'KEY_CREATED'> => ({
  type: 'KEY_CREATED',
  target: keyTarget(key),
  details: {
    ...keyIdentity(key),
    grants: key.grants?.map(formatGrant) ?? null,
    projectId: key.projectId,
    expiresAt: instantOrNull(key.expiresAt),
    allowedIps: [...key.allowedIps],
    hint,
  },
})

/** @param key as it is after the change */
export const keyUpdated = (key: KeySubject, changes: JsonObject): KeyEvent<'KEY_UPDATED'> => ({
  type: 'KEY_UPDATED',
  target: keyTarget(key),
  details: { ...keyIdentity(key), changes },
})

/** The new secret of a rotation was used for the first time, which starts the overlap of the old one. */
export const newSecretFirstUsed = (key: KeySubject, previousSecretValidUntil: Date): KeyEvent<'KEY_UPDATED'> => ({
  type: 'KEY_UPDATED',
  target: keyTarget(key),
  details: {
    ...keyIdentity(key),
    newSecretFirstUsed: true,
    previousSecretValidUntil: instantText(previousSecretValidUntil),
  },
})

export const keyRotated = (
  key: KeySubject,
  rotation: {
    readonly hint: string
    readonly previousHint: string | null
    readonly previousSecretValidUntil: Date | null
    readonly overlap: DurationSeconds
    readonly overlapFromFirstUse: boolean
    readonly expiresAt: Change<Date | null>
    /** Of a new secret that was never used and that this one replaces; null in a first rotation. */
    readonly replacedHint: string | null
  },
): KeyEvent<'KEY_ROTATED'> => ({
  type: 'KEY_ROTATED',
  target: keyTarget(key),
  details: {
    ...keyIdentity(key),
    hint: rotation.hint,
    previousHint: rotation.previousHint,
    previousSecretValidUntil: instantOrNull(rotation.previousSecretValidUntil),
    overlapSeconds: rotation.overlap,
    overlapFromFirstUse: rotation.overlapFromFirstUse,
    expiresAt: { from: instantOrNull(rotation.expiresAt.from), to: instantOrNull(rotation.expiresAt.to) },
    ...(rotation.replacedHint === null ? {} : { replacedHint: rotation.replacedHint }),
  },
})

/** A caller ended the overlap of a rotation early. Tokens of both secrets end with it. */
export const rotationCompleted = (key: KeySubject, retiredHint: string): KeyEvent<'KEY_ROTATION_COMPLETED'> => ({
  type: 'KEY_ROTATION_COMPLETED',
  target: keyTarget(key),
  details: { ...keyIdentity(key), retiredHint },
})

/** The overlap of a rotation ended at its planned time. Tokens of the old secret from before the rotation ended then. */
export const overlapEnded = (
  key: KeySubject,
  retiredHint: string,
  rotatedAt: Date,
): KeyEvent<'KEY_ROTATION_COMPLETED'> => ({
  type: 'KEY_ROTATION_COMPLETED',
  target: keyTarget(key),
  details: { ...keyIdentity(key), retiredHint, rotatedAt: instantText(rotatedAt) },
})

export const rotationCancelled = (
  key: KeySubject,
  droppedHint: string,
  expiresAt: Change<Date | null>,
): KeyEvent<'KEY_ROTATION_CANCELLED'> => ({
  type: 'KEY_ROTATION_CANCELLED',
  target: keyTarget(key),
  details: {
    ...keyIdentity(key),
    droppedHint,
    expiresAt: { from: instantOrNull(expiresAt.from), to: instantOrNull(expiresAt.to) },
  },
})

export const keySuspended = (key: KeySubject): KeyEvent<'KEY_SUSPENDED'> => ({
  type: 'KEY_SUSPENDED',
  target: keyTarget(key),
  details: keyIdentity(key),
})

export const keyResumed = (key: KeySubject): KeyEvent<'KEY_RESUMED'> => ({
  type: 'KEY_RESUMED',
  target: keyTarget(key),
  details: keyIdentity(key),
})

/** @param revocation `bySecret`: the holder of the secret revoked it; `policy`: the rule that revoked the key */
export const keyRevoked = (
  key: KeySubject,
  revocation: Omit<KeyEventDetails['KEY_REVOKED'], 'kind' | 'ownerId'>,
): KeyEvent<'KEY_REVOKED'> => ({
  type: 'KEY_REVOKED',
  target: keyTarget(key),
  details: { ...keyIdentity(key), ...revocation },
})

export const keyExpiryWarning = (
  key: KeySubject,
  warning: {
    readonly id: string
    readonly threshold: DurationSeconds
    readonly expiresAt: Date
    readonly cause: 'expiry' | 'disuse'
  },
): KeyEvent<'KEY_EXPIRY_WARNING'> => ({
  type: 'KEY_EXPIRY_WARNING',
  target: keyTarget(key),
  details: {
    ...keyIdentity(key),
    warningId: warning.id,
    threshold: formatDuration(warning.threshold),
    expiresAt: instantText(warning.expiresAt),
    cause: warning.cause,
  },
})

export const keyExpired = (key: KeySubject, expiresAt: Date): KeyEvent<'KEY_EXPIRED'> => ({
  type: 'KEY_EXPIRED',
  target: keyTarget(key),
  details: { ...keyIdentity(key), expiresAt: instantText(expiresAt) },
})

/**
 * @param leak who reported it, where they found it and in what kind of place; `hint` of the secret, or the id of the access
 *   token
 */
export const keyLeaked = (
  key: KeySubject,
  leak: LeakPlace & { readonly hint?: string; readonly tokenId?: string },
): KeyEvent<'KEY_LEAKED'> => ({
  type: 'KEY_LEAKED',
  target: keyTarget(key),
  details: {
    ...keyIdentity(key),
    ...leakPlaceDetails(leak),
    ...(leak.hint === undefined ? {} : { hint: leak.hint }),
    ...(leak.tokenId === undefined ? {} : { tokenId: leak.tokenId }),
  },
})

/** @param ended how the key was ended because of it; null if it was not */
export const retiredSecretUsed = (
  key: KeySubject,
  ended: 'suspended' | 'revoked' | null,
): KeyEvent<'RETIRED_SECRET_USED'> => ({
  type: 'RETIRED_SECRET_USED',
  target: keyTarget(key),
  details: {
    ...keyIdentity(key),
    revoked: ended === 'revoked',
    ...(ended === 'suspended' ? { suspended: true } : {}),
  },
})

export const expiryWarningAcknowledged = (
  key: KeySubject,
  warningId: string,
): KeyEvent<'EXPIRY_WARNING_ACKNOWLEDGED'> => ({
  type: 'EXPIRY_WARNING_ACKNOWLEDGED',
  target: keyTarget(key),
  details: { ...keyIdentity(key), warningId },
})
