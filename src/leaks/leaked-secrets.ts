import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import { groupedBy } from '../kernel/grouped-by.ts'
import type { KeyRow } from '../keys/key.entity.ts'
import { listSecrets } from '../keys/key-secrets.store.ts'
import { lockKeys } from '../keys/keys.store.ts'
import type { Writer } from '../persistence/database.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import { endLeakedKeys, type LeakedKey } from './end-leaked-keys.ts'
import { type Leak, MOST_PLACES } from './leak.ts'
import { findLeakedPlaces, insertLeakedPlaces } from './leaked-places.store.ts'

export interface LeakedSecretsParts {
  readonly clock: Clock
  readonly log: AuditLog
  readonly policies: PolicyDirectory
}

/** Records where secrets were found, and does to their keys what the policy says: once for each secret and place. */
export class LeakedSecrets {
  private readonly parts: LeakedSecretsParts

  constructor(parts: LeakedSecretsParts) {
    this.parts = parts
  }

  /** Handles the leaks of secrets, part of the caller's transaction. A repeated leak changes nothing. */
  async end(writer: Writer, leaks: readonly Leak[], reportedBy: string, cause: Cause): Promise<void> {
    const { clock, log } = this.parts
    const now = clock.now()
    const keys = await lockKeys(writer, [...new Set(leaks.map(({ targetId }) => targetId))])
    const fresh = await this.recordPlaces(writer, leaks, now)
    if (fresh.size === 0) return
    const events = await endLeakedKeys(writer, await this.leakedKeys(writer, keys, fresh), reportedBy, now)
    const byOrganization = groupedBy(events, ({ organizationId }) => organizationId)
    await log.appendToEach(
      writer,
      new Map([...byOrganization].map(([id, own]) => [id, own.map(({ draft }) => ({ cause, draft }))])),
    )
  }

  /** Those of the keys with fresh leaks, with the policies of their organizations. */
  private async leakedKeys(
    writer: Writer,
    keys: readonly KeyRow[],
    fresh: ReadonlyMap<string, readonly Leak[]>,
  ): Promise<LeakedKey[]> {
    const secrets = new Map((await listSecrets(writer, [...fresh.keys()])).map((secret) => [secret.id, secret]))
    const organizationIds = [...new Set(keys.map(({ organizationId }) => organizationId))]
    const effective = await this.parts.policies.effectiveOfAll(writer, organizationIds)
    const policies = new Map(organizationIds.map((id, index) => [id, effective[index]]))
    return keys.flatMap((key) => {
      const leaks = (fresh.get(key.id) ?? []).flatMap((place) => {
        const secret = secrets.get(place.credentialId)
        return secret === undefined ? [] : [{ secret, place }]
      })
      const policy = policies.get(key.organizationId)
      return leaks.length === 0 || policy === undefined ? [] : [{ key, policy, leaks }]
    })
  }

  /** The leaks that were not reported before, by key. Their places are stored. */
  private async recordPlaces(writer: Writer, leaks: readonly Leak[], reportedAt: Date): Promise<Map<string, Leak[]>> {
    const places = await findLeakedPlaces(writer, [...new Set(leaks.map(({ credentialId }) => credentialId))])
    const fresh: Leak[] = []
    const rows: { secretId: string; place: string; reportedAt: Date }[] = []
    for (const leak of leaks) {
      const { credentialId: secretId, placeHash: place } = leak
      const known = places.get(secretId) ?? new Set()
      if (known.has(place) || known.size >= MOST_PLACES) continue
      places.set(secretId, known.add(place))
      rows.push({ secretId, place, reportedAt })
      fresh.push(leak)
    }
    await insertLeakedPlaces(writer, rows)
    return groupedBy(fresh, ({ targetId }) => targetId)
  }
}
