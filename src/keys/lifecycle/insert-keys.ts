import type { Cause } from '../../audit/audit-event.ts'
import { keyCreated } from '../../audit/events/key-events.ts'
import type { JsonObject } from '../../audit-chain/canonical-json.ts'
import type { DurationSeconds } from '../../kernel/duration.ts'
import { conflict, notFound, unauthenticated } from '../../kernel/errors.ts'
import type { Grant } from '../../kernel/grants.ts'
import { neighborIds } from '../../kernel/ids.ts'
import { attempt, type Outcome } from '../../kernel/outcome.ts'
import { lockMemberships } from '../../memberships/members.store.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyPolicyRow } from '../../policies/key-policy.entity.ts'
import { effectivePolicy, type KeyPolicy } from '../../policies/key-policy.ts'
import { type KeyRow, type KeySecretRow, keyConflicts } from '../key.entity.ts'
import { type KeyKind, lifetimeFacts, searchable } from '../key.ts'
import { insertKeys, lockCreators } from '../keys.store.ts'
import { lockKeyLimits, roomForKeys } from './active-key-limit.ts'
import { takenOf } from './key-name.ts'
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

/** A key to insert, and who caused it. */
interface NewKey {
  readonly draft: KeyDraft
  readonly cause: Cause
}

/**
 * Inserts keys of one organization, their secrets and their events in the caller's transaction, after the checks that need
 * locks. Returns the outcome of each; one that has already failed stays so: CONFLICT if the name is taken, LIMIT_REACHED, POLICY_VIOLATION, NOT_FOUND if the owner
 * is no member, and UNAUTHENTICATED if the key that the caller uses was revoked or suspended meanwhile.
 *
 * @param policies the own policies of the organization and those above it, the root's first
 */
export const insertNewKeys = async (
  { prefix, directory, log }: Pick<KeyParts, 'prefix' | 'directory' | 'log'>,
  writer: Writer,
  organizationId: string,
  entries: readonly Outcome<NewKey>[],
  policies: readonly KeyPolicyRow[],
  now: Date,
): Promise<Outcome<IssuedKey>[]> => {
  const policy = effectivePolicy(policies)
  const drafts = entries.flatMap((entry) => (entry.ok ? [entry.value.draft] : []))
  if (drafts.length === 0) return entries.filter((entry) => !entry.ok)
  const limits = await lockKeyLimits(writer, policies)
  const members = await lockOwners(writer, directory, organizationId, drafts)
  // A revocation of the creating key revokes its descendants: without this lock it would miss the new ones.
  const creators = await lockCreators(writer, distinct(drafts.map((draft) => draft.createdWithKeyId)))
  const taken = await takenNames(writer, drafts, now)
  const room = await roomForKeys(writer, limits, now)
  const [newKeyId, newSecretId] = [neighborIds('key'), neighborIds('secret')]
  const rows: { readonly key: KeyRow; readonly secret: KeySecretRow; readonly cause: Cause }[] = []
  const outcomes = entries.map((entry) => {
    if (!entry.ok) return entry
    const { draft, cause } = entry.value
    return attempt(() => {
      if (draft.ownerId !== null && !members.has(draft.ownerId)) throw notFound('organization')
      if (draft.createdWithKeyId !== null && !creators.has(draft.createdWithKeyId))
        throw unauthenticated('REVOKED', 'The key that you use has just been revoked or suspended.')
      const names = taken.get(nameScopeOf(organizationId, draft.ownerId))
      if (names?.has(draft.name) === true) throw conflict(keyConflicts.keys_active_name)
      const key = newKeyRow(newKeyId(), draft, cause, policy, now)
      room.take()
      names?.add(draft.name)
      const { secret, row } = makeSecret(prefix, draft.kind, key.id, now, newSecretId())
      rows.push({ key, secret: row, cause })
      return { key, secret }
    })
  })
  await insertKeys(
    writer,
    rows.map(({ key }) => key),
    rows.map(({ secret }) => secret),
  )
  await log.appendAll(
    writer,
    organizationId,
    rows.map(({ key, secret, cause }) => ({ cause, draft: keyCreated(key, secret.hint) })),
  )
  return outcomes
}

const distinct = (ids: readonly (string | null)[]): string[] => [...new Set(ids.filter((id) => id !== null))].sort()

/**
 * The owners that are members of the organization or of one above it. The end of a membership revokes the keys that exist:
 * without this lock it would miss the new ones.
 */
const lockOwners = async (
  writer: Writer,
  directory: OrganizationDirectory,
  organizationId: string,
  drafts: readonly KeyDraft[],
): Promise<ReadonlySet<string>> => {
  const owners = distinct(drafts.map((draft) => draft.ownerId))
  const path = owners.length === 0 ? [] : ((await directory.findPath(organizationId, writer)) ?? [])
  const members = new Set<string>()
  for (const owner of owners) if ((await lockMemberships(writer, owner, path)).length > 0) members.add(owner)
  return members
}

/** The names that active keys have, of those in the drafts, by their scopes. */
const takenNames = async (
  writer: Writer,
  drafts: readonly KeyDraft[],
  now: Date,
): Promise<ReadonlyMap<string, Set<string>>> => {
  const wanted = new Map<string, Set<string>>()
  for (const { organizationId, ownerId, name } of drafts) {
    const scope = nameScopeOf(organizationId, ownerId)
    wanted.set(scope, (wanted.get(scope) ?? new Set()).add(name))
  }
  const taken = new Map<string, Set<string>>()
  for (const [scope, names] of wanted) taken.set(scope, await takenOf(writer, scope, [...names], now))
  return taken
}

const newKeyRow = (id: string, draft: KeyDraft, cause: Cause, policy: KeyPolicy, now: Date): KeyRow => {
  const { organizationId, ownerId, name, description } = draft
  const expiresAt = decideExpiry(draft.expiry, policy, now, policy.defaultLifetime, draft.expiryBound)
  const { lifetimeFrom, lifetimeSeconds } = lifetimeFacts(expiresAt, now)
  // Every field by name: objects of so many fields are several times slower to spread.
  const row: KeyRow = {
    id,
    kind: draft.kind,
    organizationId,
    projectId: draft.projectId,
    ownerId,
    name,
    activeName: name,
    nameScope: nameScopeOf(organizationId, ownerId),
    description,
    searchText: searchable(name, description),
    grants: draft.grants,
    createdAt: now,
    createdByKind: cause.actor.kind,
    createdById: cause.actor.id,
    createdByName: cause.actor.name,
    createdWithKeyId: draft.createdWithKeyId,
    expiresAt,
    lifetimeFrom,
    lifetimeSeconds,
    warnBefore: draft.warnBefore,
    warnedAt: null,
    dueAt: null,
    expiryRecordedAt: null,
    allowedIps: draft.allowedIps,
    metadata: draft.metadata,
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
  row.dueAt = dueAtOf(row, policy, null)
  return row
}
