import { type Cause, presenting } from '../../audit/audit-event.ts'
import type { Caller } from '../../audit/caller.ts'
import { keyRevoked } from '../../audit/events/key-events.ts'
import { badInput, conflict, forbidden, InputIssues, KeyturnError, notFound } from '../../kernel/errors.ts'
import { hashSecret, parseSecret } from '../../kernel/secret-text.ts'
import { checkDescription } from '../../kernel/text.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyRow } from '../key.entity.ts'
import { type RevocationReason, secretStateOf } from '../key.ts'
import { findKeysInOrder, lockKey } from '../keys.store.ts'
import type { KeyFactsCache } from '../verification/key-facts-cache.ts'
import { appendRevocations, MOST_REVOKED_AT_ONCE } from './append-revocations.ts'
import { lockDescent } from './key-descent.store.ts'
import type { KeyParts } from './key-parts.ts'
import { revokeRows } from './revoke-rows.store.ts'

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

/** Revokes one key permanently, by its id or by its secret. */
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
    const { database, clock, keyAccess, log } = this.parts
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
      await appendRevocations(log, writer, revoked, caller.cause, (key) => ({
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
    const family = await lockDescent(writer, keyId, MOST_REVOKED_AT_ONCE)
    if (family === null)
      throw new KeyturnError(
        'LIMIT_REACHED',
        `At most ${MOST_REVOKED_AT_ONCE} keys are revoked at once, and more were created with this one.`,
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
    const secretRow = facts?.secrets.find((candidate) => candidate.id === identity?.secretId)
    if (facts == null || secretRow === undefined || secretStateOf(secretRow, clock.now()) === 'RETIRED') return
    await database.writeFor(facts.key.organizationId, async (writer) => {
      const given = reason ?? 'COMPROMISED'
      const [revoked] = await revokeRows(writer, [facts.key.id], given, clock.now())
      if (revoked === undefined) return
      const draft = keyRevoked(facts.key, { reason: given, bySecret: true })
      await log.append(writer, facts.key.organizationId, presenting(cause, facts.key.id, null), draft)
    })
  }
}
