import { type Cause, presenting } from '../../audit/audit-event.ts'
import type { Caller } from '../../audit/caller.ts'
import { keyRevoked } from '../../audit/events/key-events.ts'
import { badInput, conflict, InputIssues, KeyturnError, notFound } from '../../kernel/errors.ts'
import { hashSecret, parseSecret } from '../../kernel/secret-text.ts'
import { checkDescription } from '../../kernel/text.ts'
import type { UserRow } from '../../memberships/member.entity.ts'
import { findMemberships } from '../../memberships/members.store.ts'
import { listDescendants } from '../../organizations/organizations.store.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyRow } from '../key.entity.ts'
import { type KeyKind, type RevocationReason, secretStateOf } from '../key.ts'
import { filteredKeys, type KeyFilter, listLivePersonalKeys, lockKey } from '../keys.store.ts'
import { checkFilter, requireKnownFilter } from '../queries/key-queries.ts'
import { findKeyScope } from '../queries/key-scope.ts'
import type { KeyFactsMemory } from '../verification/key-facts.ts'
import type { KeyParts } from './create-key.ts'
import { revokeRows } from './revoke-rows.store.ts'

export interface RevokeKeysInput {
  readonly organizationId: string
  readonly filter: KeyFilter
  readonly kind?: KeyKind | null | undefined
  readonly reason?: RevocationReason | null | undefined
  readonly expectedCount: number
}

const MOST_AT_ONCE = 10_000

/** Ends keys for good. */
export class RevokeKey {
  private readonly parts: KeyParts
  private readonly memory: KeyFactsMemory

  constructor(parts: KeyParts, memory: KeyFactsMemory) {
    this.parts = parts
    this.memory = memory
  }

  /** Throws NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, and CONFLICT where the key is revoked already. */
  async revoke(
    caller: Caller,
    input: {
      readonly id: string
      readonly reason?: RevocationReason | null | undefined
      readonly note?: string | null | undefined
    },
  ): Promise<KeyRow> {
    const { database, clock, keyAccess, log } = this.parts
    const seen = await keyAccess.requireEnd(caller.principal, input.id)
    const issues = new InputIssues()
    const note = checkDescription(issues, 'note', input.note)
    issues.throwIfAny()
    const reason = input.reason ?? 'UNSPECIFIED'
    return database.write(async (writer) => {
      const [revoked] = await revokeRows(writer, [seen.id], reason, clock.now())
      if (revoked === undefined) throw conflict('This key has been revoked already.')
      const key = await lockKey(writer, seen.id)
      if (key === null) throw notFound('key')
      const draft = keyRevoked(key, { reason, ...(note === null ? {} : { note }) })
      await log.append(writer, key.organizationId, caller.cause, draft)
      return key
    })
  }

  /**
   * Revokes every key that the filter finds, all or none: `expectedCount` must equal their number. Needs keys:manager.
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
    return database.write(async (writer) => {
      const now = clock.now()
      const wanted = { organizationId, kind: input.kind ?? undefined }
      const scope = await findKeyScope(this.parts.directory, writer, wanted, input.filter)
      const query = filteredKeys(writer, scope, input.filter, now).andWhere('key.revokedAt IS NULL').orderBy('key.id')
      const keys = await writer
        .lock(query)
        .limit(MOST_AT_ONCE + 1)
        .getMany()
      if (keys.length > MOST_AT_ONCE)
        throw new KeyturnError('LIMIT_REACHED', `At most ${MOST_AT_ONCE} keys are revoked at once: narrow the filter.`)
      if (keys.length !== expectedCount)
        throw conflict(`The filter finds ${keys.length} keys to revoke, not ${expectedCount}: nothing was revoked.`)
      await revokeRows(
        writer,
        keys.map((key) => key.id),
        reason,
        now,
      )
      await this.appendRevocations(writer, keys, reason, caller.cause)
      return keys.length
    })
  }

  /**
   * Ends the key of a secret that somebody holds: whoever found it may. A secret that is unknown, retired or of a revoked
   * key changes nothing, and the answer does not say so. Throws BAD_USER_INPUT where the text is no secret.
   */
  async revokeSecret(cause: Cause, secret: string, reason: RevocationReason | null | undefined): Promise<void> {
    const { prefix, database, clock, log } = this.parts
    if (parseSecret(prefix, secret) === null)
      throw badInput(
        'secret',
        'is no secret of this server: take the whole text, from its prefix to its last character',
      )
    const identity = await this.memory.identify(hashSecret(secret))
    const facts = identity === null ? null : await this.memory.find(identity.keyId)
    const shown = facts?.secrets.find((candidate) => candidate.id === identity?.secretId)
    if (facts == null || shown === undefined || secretStateOf(shown, clock.now()) === 'RETIRED') return
    await database.write(async (writer) => {
      const given = reason ?? 'COMPROMISED'
      const [revoked] = await revokeRows(writer, [facts.key.id], given, clock.now())
      if (revoked === undefined) return
      const draft = keyRevoked(facts.key, { reason: given, bySecret: true })
      await log.append(writer, facts.key.organizationId, presenting(cause, facts.key.id, null), draft)
    })
  }

  /**
   * Revokes the personal keys that a membership carried, when it ends: those made there or below, unless another
   * membership of the person still reaches them. Part of the removal's transaction.
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
    await this.appendRevocations(writer, lost, 'OWNER_LEFT', cause)
    return ids
  }

  /** Each key's revocation goes into the audit log of its organization. */
  private async appendRevocations(
    writer: Writer,
    keys: readonly KeyRow[],
    reason: RevocationReason,
    cause: Cause,
  ): Promise<void> {
    const organizations = [...new Set(keys.map((key) => key.organizationId))].sort()
    for (const id of organizations) {
      const own = keys.filter((key) => key.organizationId === id)
      await this.parts.log.appendAll(writer, id, this.revocations(own, reason, cause))
    }
  }

  private revocations(keys: readonly KeyRow[], reason: RevocationReason, cause: Cause) {
    return keys.map((key) => ({ cause, draft: keyRevoked(key, { reason }) }))
  }
}
