import { type Cause, presenting } from '../../audit/audit-event.ts'
import type { Caller } from '../../audit/caller.ts'
import { keyRevoked } from '../../audit/events/key-events.ts'
import { badInput, conflict, forbidden, InputIssues, KeyturnError, notFound } from '../../kernel/errors.ts'
import { hashSecret, parseSecret } from '../../kernel/secret-text.ts'
import { checkDescription } from '../../kernel/text.ts'
import type { UserRow } from '../../memberships/member.entity.ts'
import { findMemberships } from '../../memberships/members.store.ts'
import { listDescendants } from '../../organizations/organizations.store.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyRow } from '../key.entity.ts'
import { type KeyKind, type RevocationReason, secretStateOf } from '../key.ts'
import { listApiKeysCreatedBy } from '../key-counts.store.ts'
import { filteredKeys } from '../key-filter.store.ts'
import type { KeyFilter } from '../key-filter.ts'
import { findKeysInOrder, listLivePersonalKeys, lockKey } from '../keys.store.ts'
import { checkFilter, requireKnownFilter } from '../queries/key-queries.ts'
import { findKeyScope } from '../queries/key-scope.ts'
import type { KeyFactsCache } from '../verification/key-facts-cache.ts'
import { lockDescent } from './key-descent.store.ts'
import type { KeyParts } from './key-parts.ts'
import { revokeRows } from './revoke-rows.store.ts'

export interface RevokeKeysInput {
  readonly organizationId: string
  readonly filter: KeyFilter
  readonly kind?: KeyKind | null | undefined
  readonly reason?: RevocationReason | null | undefined
  readonly expectedCount: number
}

export interface RevokeKeyInput {
  readonly id: string
  readonly reason?: RevocationReason | null | undefined
  readonly note?: string | null | undefined
  /** Whether to revoke all its descendants as well. */
  readonly descendants?: boolean | null | undefined
}

export interface RevokedKey {
  readonly key: KeyRow
  /** Every key that this call revoked. */
  readonly revokedKeyIds: readonly string[]
}

const MOST_AT_ONCE = 10_000

/** Revokes keys permanently. */
export class RevokeKey {
  private readonly parts: KeyParts
  private readonly keyFacts: KeyFactsCache

  constructor(parts: KeyParts, keyFacts: KeyFactsCache) {
    this.parts = parts
    this.keyFacts = keyFacts
  }

  /**
   * Revokes a key and, if requested, all its descendants: all or none, in one transaction. Requires the right to revoke each
   * of them. The key itself may already be revoked if its descendants are requested. Throws NOT_FOUND, FORBIDDEN,
   * BAD_USER_INPUT, LIMIT_REACHED, CONFLICT if there is nothing left to revoke.
   */
  async revoke(caller: Caller, input: RevokeKeyInput): Promise<RevokedKey> {
    const { database, clock, keyAccess } = this.parts
    const seen = await keyAccess.requireEnd(caller.principal, input.id)
    const issues = new InputIssues()
    const note = checkDescription(issues, 'note', input.note)
    issues.throwIfAny()
    const reason = input.reason ?? 'UNSPECIFIED'
    return database.writeFor(seen.organizationId, async (writer) => {
      const ids = [seen.id]
      if (input.descendants === true) ids.push(...(await this.requireDescendants(caller, writer, seen.id)))
      const revokedKeyIds = await revokeRows(writer, ids, reason, clock.now())
      if (revokedKeyIds.length === 0) throw conflict('This key has already been revoked.')
      const revoked = await findKeysInOrder(writer, revokedKeyIds)
      await this.appendRevocations(writer, revoked, caller.cause, (key) => ({
        reason,
        ...(note === null ? {} : { note }),
        ...(key.id === seen.id ? {} : { descendantOf: seen.id }),
      }))
      const key = await lockKey(writer, seen.id)
      if (key === null) throw notFound('key')
      return { key, revokedKeyIds }
    })
  }

  /** Ids of the descendants of a key that are not revoked yet. Throws FORBIDDEN if the caller may not revoke one of them. */
  private async requireDescendants({ principal }: Caller, writer: Writer, keyId: string): Promise<string[]> {
    const { access, keyAccess } = this.parts
    const family = await lockDescent(writer, keyId, MOST_AT_ONCE)
    if (family === null)
      throw new KeyturnError(
        'LIMIT_REACHED',
        `At most ${MOST_AT_ONCE} keys are revoked at once, and more were created with this one.`,
      )
    const descendants = family.filter((key) => key.id !== keyId && key.revokedAt === null)
    for (const key of descendants) {
      if (!(await access.sees(principal, key.organizationId)))
        throw forbidden(
          [],
          'This key created keys in organizations that you have no access to. Nothing was revoked: revoke the key without its descendants.',
        )
      await keyAccess.requireEndOf(principal, key)
    }
    return descendants.map((key) => key.id)
  }

  /** Ids of the active API keys that a member created in an organization or below, oldest first; at most 10,000. */
  async listCreatedBy(writer: Writer, user: UserRow, organizationId: string): Promise<string[]> {
    const below = await listDescendants(writer, [organizationId])
    const reached = [organizationId, ...below.map((organization) => organization.id)]
    return listApiKeysCreatedBy(writer, user.id, reached, this.parts.clock.now(), MOST_AT_ONCE)
  }

  /**
   * Revokes every key that the filter selects, all or none: `expectedCount` must equal their number. Requires keys:manager.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT, LIMIT_REACHED.
   */
  async revokeMany(caller: Caller, input: RevokeKeysInput): Promise<number> {
    const { database, clock, access } = this.parts
    const { organizationId, expectedCount } = input
    await access.require(caller.principal, 'manageKeys', organizationId)
    checkFilter(input.filter)
    await requireKnownFilter(this.parts, organizationId, input.filter)
    if (expectedCount < 0) throw badInput('expectedCount', 'must be zero or more')
    const reason = input.reason ?? 'UNSPECIFIED'
    return database.writeFor(organizationId, async (writer) => {
      const now = clock.now()
      const wanted = { organizationId, kind: input.kind ?? undefined }
      const scope = await findKeyScope(this.parts, writer, wanted, input.filter)
      const query = filteredKeys(writer, scope, input.filter, now).andWhere('key.revokedAt IS NULL').orderBy('key.id')
      const keys = await writer
        .lock(query)
        .limit(MOST_AT_ONCE + 1)
        .getMany()
      if (keys.length > MOST_AT_ONCE)
        throw new KeyturnError('LIMIT_REACHED', `At most ${MOST_AT_ONCE} keys are revoked at once: narrow the filter.`)
      if (keys.length !== expectedCount)
        throw conflict(`The filter selects ${keys.length} keys to revoke, not ${expectedCount}: nothing was revoked.`)
      await revokeRows(
        writer,
        keys.map((key) => key.id),
        reason,
        now,
      )
      await this.appendRevocations(writer, keys, caller.cause, () => ({ reason }))
      return keys.length
    })
  }

  /**
   * Revokes the key of a secret. Possession of the secret is the only right that is required. An unknown or retired secret,
   * or one of a revoked key, changes nothing, and the result does not say so. Throws BAD_USER_INPUT for a malformed secret.
   */
  async revokeSecret(cause: Cause, secret: string, reason: RevocationReason | null | undefined): Promise<void> {
    const { prefix, database, clock, log } = this.parts
    if (parseSecret(prefix, secret) === null)
      throw badInput('secret', 'must be a complete secret of this server, from its prefix to its last character')
    const identity = await this.keyFacts.identify(hashSecret(secret))
    const facts = identity === null ? null : await this.keyFacts.find(identity.keyId)
    const shown = facts?.secrets.find((candidate) => candidate.id === identity?.secretId)
    if (facts == null || shown === undefined || secretStateOf(shown, clock.now()) === 'RETIRED') return
    await database.writeFor(facts.key.organizationId, async (writer) => {
      const given = reason ?? 'COMPROMISED'
      const [revoked] = await revokeRows(writer, [facts.key.id], given, clock.now())
      if (revoked === undefined) return
      const draft = keyRevoked(facts.key, { reason: given, bySecret: true })
      await log.append(writer, facts.key.organizationId, presenting(cause, facts.key.id, null), draft)
    })
  }

  /**
   * Revokes the personal keys of a membership that ends: those created in its organization or below, unless another
   * membership of the person still covers them. Part of the transaction that removes the member.
   */
  async revokeOfMember(writer: Writer, user: UserRow, organizationId: string, cause: Cause): Promise<string[]> {
    const { clock, directory } = this.parts
    const below = await listDescendants(writer, [organizationId])
    const reached = [organizationId, ...below.map((organization) => organization.id)]
    const keys = await listLivePersonalKeys(writer, user.id, reached)
    const lost: KeyRow[] = []
    for (const key of keys) {
      const path = (await directory.findPath(key.organizationId, writer)) ?? []
      if ((await findMemberships(writer, user.id, path)).length === 0) lost.push(key)
    }
    const ids = lost.map((key) => key.id)
    await revokeRows(writer, ids, 'OWNER_LEFT', clock.now())
    await this.appendRevocations(writer, lost, cause, () => ({ reason: 'OWNER_LEFT' }))
    return ids
  }

  /** Appends the revocation of each key to the audit log of its organization. */
  private async appendRevocations(
    writer: Writer,
    keys: readonly KeyRow[],
    cause: Cause,
    detailsOf: (key: KeyRow) => Parameters<typeof keyRevoked>[1],
  ): Promise<void> {
    const organizations = [...new Set(keys.map((key) => key.organizationId))].sort()
    for (const id of organizations) {
      const own = keys.filter((key) => key.organizationId === id)
      const entries = own.map((key) => ({ cause, draft: keyRevoked(key, detailsOf(key)) }))
      await this.parts.log.appendAll(writer, id, entries)
    }
  }
}
