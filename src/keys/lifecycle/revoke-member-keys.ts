import type { Cause } from '../../audit/audit-event.ts'
import type { UserRow } from '../../memberships/member.entity.ts'
import { findMemberships } from '../../memberships/members.store.ts'
import { listDescendants } from '../../organizations/organizations.store.ts'
import type { Reader, Writer } from '../../persistence/database.ts'
import type { KeyRow } from '../key.entity.ts'
import { listApiKeysCreatedBy } from '../key-counts.store.ts'
import { listLivePersonalKeys } from '../keys.store.ts'
import { appendRevocations, MOST_REVOKED_AT_ONCE } from './append-revocations.ts'
import type { KeyParts } from './key-parts.ts'
import { revokeRows } from './revoke-rows.store.ts'

/** Revokes the personal keys of a membership that ends, inside the transaction that removes the member. */
export class RevokeMemberKeys {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /**
   * Revokes the personal keys that the user has in the organization or below, unless another membership of the user covers
   * them. The membership must have been deleted before. Returns the ids of the revoked keys.
   */
  async revoke(writer: Writer, user: UserRow, organizationId: string, cause: Cause): Promise<string[]> {
    const { clock, directory, log } = this.parts
    const keys = await listLivePersonalKeys(writer, user.id, await reachedFrom(writer, organizationId))
    const lost: KeyRow[] = []
    for (const key of keys) {
      const path = (await directory.findPath(key.organizationId, writer)) ?? []
      if ((await findMemberships(writer, user.id, path)).length === 0) lost.push(key)
    }
    const ids = lost.map((key) => key.id)
    await revokeRows(writer, ids, 'OWNER_LEFT', clock.now())
    await appendRevocations(log, writer, lost, cause, () => ({ reason: 'OWNER_LEFT' }))
    return ids
  }

  /** Ids of the active API keys that the user created in the organization or below, oldest first; at most 10,000. */
  async listCreatedBy(writer: Writer, user: UserRow, organizationId: string): Promise<string[]> {
    const reached = await reachedFrom(writer, organizationId)
    return listApiKeysCreatedBy(writer, user.id, reached, this.parts.clock.now(), MOST_REVOKED_AT_ONCE)
  }
}

/** The organizations that a membership in one applies to: itself and its descendants. */
const reachedFrom = async (reader: Reader, organizationId: string): Promise<string[]> => {
  const below = await listDescendants(reader, [organizationId])
  return [organizationId, ...below.map((organization) => organization.id)]
}
