import type { Cause } from '../../audit/audit-event.ts'
import { keyCreated } from '../../audit/events/key-events.ts'
import type { JsonObject } from '../../audit-chain/canonical-json.ts'
import type { DurationSeconds } from '../../kernel/duration.ts'
import { notFound, unauthenticated } from '../../kernel/errors.ts'
import type { Grant } from '../../kernel/grants.ts'
import { newId } from '../../kernel/ids.ts'
import { lockMemberships } from '../../memberships/members.store.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyPolicy } from '../../policies/key-policy.ts'
import type { KeyRow } from '../key.entity.ts'
import { type KeyKind, lifetimeFacts, searchable } from '../key.ts'
import { insertKey, lockCreator } from '../keys.store.ts'
import { lockKeyLimits, refuseTooManyKeys } from './active-key-limit.ts'
import { requireFreeName } from './key-name.ts'
import type { KeyParts } from './key-parts.ts'
import { decideExpiry, type ExpiryBound, type WantedExpiry } from './lifetime.ts'
import { type IssuedKey, makeSecret } from './make-secret.ts'
import { dueAtOf } from './warning-plan.ts'

/** A validated key that is not stored yet. */
export interface KeyDraft {
  readonly kind: KeyKind
  readonly organizationId: string
  readonly projectId: string | null
  readonly ownerId: string | null
  readonly name: string
  readonly description: string | null
  readonly grants: readonly Grant[] | null
  /** Becomes an instant when the key is inserted: a lifetime starts at the creation. */
  readonly expiry: WantedExpiry
  readonly warnBefore: readonly DurationSeconds[] | null
  readonly allowedIps: readonly string[]
  readonly metadata: JsonObject
  /** The key that the caller used. It must still be active when this one is inserted. */
  readonly createdWithKeyId: string | null
  readonly expiryBound: ExpiryBound | null
}

/** The scope in which a name is unique: the API keys of an organization, or the keys of one member in it. */
export const nameScopeOf = (organizationId: string, ownerId: string | null): string =>
  ownerId === null ? organizationId : `${organizationId}:${ownerId}`

/**
 * Inserts a key, its secret and its event in the caller's transaction, after the checks that need locks. Throws CONFLICT if
 * the name is taken, LIMIT_REACHED, POLICY_VIOLATION, NOT_FOUND if the owner is no member, and UNAUTHENTICATED if the key
 * that the caller uses was revoked or suspended meanwhile.
 */
export const insertNewKey = async (
  { prefix, directory, log }: Pick<KeyParts, 'prefix' | 'directory' | 'log'>,
  writer: Writer,
  cause: Cause,
  draft: KeyDraft,
  policy: KeyPolicy,
  now: Date,
): Promise<IssuedKey> => {
  const limits = await lockKeyLimits(writer, directory, draft.organizationId)
  if (draft.ownerId !== null) {
    const path = (await directory.findPath(draft.organizationId, writer)) ?? []
    // The end of a membership revokes the keys that exist: without this lock it would miss the new one.
    if ((await lockMemberships(writer, draft.ownerId, path)).length === 0) throw notFound('organization')
  }
  // A revocation of the creating key revokes its descendants: without this lock it would miss the new one.
  if (draft.createdWithKeyId !== null && !(await lockCreator(writer, draft.createdWithKeyId)))
    throw unauthenticated('REVOKED', 'The key that you use has just been revoked or suspended.')
  await requireFreeName(writer, nameScopeOf(draft.organizationId, draft.ownerId), draft.name, now)
  await refuseTooManyKeys(writer, limits, now)
  const id = newId('key')
  const { secret, row } = makeSecret(prefix, draft.kind, id, now)
  const key = newKeyRow(id, draft, cause, policy, now)
  await insertKey(writer, key, row)
  await log.append(writer, key.organizationId, cause, keyCreated(key, row.hint))
  return { key, secret }
}

const newKeyRow = (id: string, draft: KeyDraft, cause: Cause, policy: KeyPolicy, now: Date): KeyRow => {
  const { expiry, expiryBound, ...facts } = draft
  const expiresAt = decideExpiry(expiry, policy, now, policy.defaultLifetime, expiryBound)
  const row = {
    ...facts,
    id,
    searchText: searchable(draft.name, draft.description),
    activeName: draft.name,
    nameScope: nameScopeOf(draft.organizationId, draft.ownerId),
    createdAt: now,
    createdByKind: cause.actor.kind,
    createdById: cause.actor.id,
    createdByName: cause.actor.name,
    ...lifetimeFacts(expiresAt, now),
    warnedAt: null,
    expiryRecordedAt: null,
    suspendedAt: null,
    suspendedById: null,
    revokedAt: null,
    revocationReason: null,
    tokenEpoch: 0,
    lastUsedAt: null,
    lastUsedFrom: [],
    previousExpiresAt: null,
    previousLifetimeFrom: null,
    unusedWarnedAt: null,
  }
  return { ...row, dueAt: dueAtOf(row, policy, null) }
}
