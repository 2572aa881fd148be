import type { Caller } from '../../audit/caller.ts'
import { badInput, conflict, KeyturnError } from '../../kernel/errors.ts'
import type { KeyKind, RevocationReason } from '../key.ts'
import { filteredKeys } from '../key-filter.store.ts'
import type { KeyFilter } from '../key-filter.ts'
import { lockSelected } from '../keys.store.ts'
import { checkFilter, requireKnownFilter } from '../queries/key-queries.ts'
import { findKeyScope } from '../queries/key-scope.ts'
import { appendRevocations, MOST_REVOKED_AT_ONCE } from './append-revocations.ts'
import type { KeyParts } from './key-parts.ts'
import { revokeRows } from './revoke-rows.store.ts'

export interface RevokeKeysInput {
  readonly organizationId: string
  readonly filter: KeyFilter
  readonly kind?: KeyKind | null | undefined
  readonly reason?: RevocationReason | null | undefined
  readonly expectedCount: number
}

/** Revokes all keys that a filter selects. */
export class RevokeKeys {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /**
   * Revokes every key that the filter selects, all or none: `expectedCount` must equal their number. Returns that number.
   * Requires keys:manager. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT, LIMIT_REACHED for more than 10,000 keys.
   */
  async revoke(caller: Caller, input: RevokeKeysInput): Promise<number> {
    const { database, clock, access, log } = this.parts
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
      const selected = filteredKeys(writer, scope, input.filter, now).and('key.revoked_at IS NULL')
      const keys = await lockSelected(writer, selected, MOST_REVOKED_AT_ONCE + 1)
      if (keys.length > MOST_REVOKED_AT_ONCE)
        throw new KeyturnError(
          'LIMIT_REACHED',
          `At most ${MOST_REVOKED_AT_ONCE} keys are revoked at once: narrow the filter.`,
        )
      if (keys.length !== expectedCount)
        throw conflict(`The filter selects ${keys.length} keys to revoke, not ${expectedCount}: nothing was revoked.`)
      await revokeRows(
        writer,
        keys.map((key) => key.id),
        reason,
        now,
      )
      await appendRevocations(log, writer, keys, caller.cause, () => ({ reason }))
      return keys.length
    })
  }
}
