import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import { groupedBy } from '../kernel/grouped-by.ts'
import type { KeyRow } from '../keys/key.entity.ts'
import { type FoundSecret, listSecrets } from '../keys/key-secrets.store.ts'
import { lockKeys } from '../keys/keys.store.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import { type Batch, batchesOf, writeBatch } from './batches.ts'
import { endLeakedKeys, type LeakedKey } from './end-leaked-keys.ts'
import { type Find, placeHashOf } from './find.ts'
import { findLeakedPlaces, insertLeakedPlaces } from './leaked-places.store.ts'

/** A find that is a secret of a key. */
export interface LeakedSecret {
  readonly secret: FoundSecret
  readonly find: Find
}

interface FindsOfKey {
  readonly keyId: string
  readonly organizationId: string
  readonly finds: readonly LeakedSecret[]
}

export interface LeakedSecretsParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly policies: PolicyDirectory
}

/** Others wait for the locks of one transaction, and one pass over its events blocks the process. */
const KEYS_A_TRANSACTION = 250
/** Places of one secret that are recorded. Whoever holds a secret can publish it as often as they like. */
export const MOST_PLACES = 100

/** Records where secrets were found, and does to their keys what the policy says: once for each secret and place. */
export class LeakedSecrets {
  private readonly parts: LeakedSecretsParts

  constructor(parts: LeakedSecretsParts) {
    this.parts = parts
  }

  /** Handles finds of any number of keys, those of a key in one transaction. A repeated find changes nothing. */
  async handle(leaked: readonly LeakedSecret[], reportedBy: string, cause: Cause): Promise<void> {
    const byKey = [...groupedBy(leaked, ({ secret }) => secret.keyId)].map(([keyId, finds]) => ({
      keyId,
      finds,
      organizationId: finds[0]?.secret.organizationId ?? '',
    }))
    for (const batch of batchesOf(byKey, KEYS_A_TRANSACTION))
      await writeBatch(this.parts.database, batch, (writer) => this.write(writer, batch, reportedBy, cause))
  }

  private async write(writer: Writer, batch: Batch<FindsOfKey>, reportedBy: string, cause: Cause): Promise<void> {
    const { clock, log } = this.parts
    const now = clock.now()
    const keys = await lockKeys(
      writer,
      batch.items.map(({ keyId }) => keyId),
    )
    const leaked = batch.items.flatMap(({ finds }) => finds)
    const fresh = await this.recordPlaces(writer, leaked, reportedBy, now)
    if (fresh.size === 0) return
    const events = await endLeakedKeys(writer, await this.leakedKeys(writer, batch, keys, fresh), reportedBy, now)
    const byOrganization = groupedBy(events, ({ organizationId }) => organizationId)
    await log.appendToEach(
      writer,
      new Map([...byOrganization].map(([id, own]) => [id, own.map(({ draft }) => ({ cause, draft }))])),
    )
  }

  /** Those of the keys with fresh finds, with the policies of their organizations. */
  private async leakedKeys(
    writer: Writer,
    batch: Batch<FindsOfKey>,
    keys: readonly KeyRow[],
    fresh: ReadonlyMap<string, readonly LeakedSecret[]>,
  ): Promise<LeakedKey[]> {
    const secrets = new Map((await listSecrets(writer, [...fresh.keys()])).map((secret) => [secret.id, secret]))
    const organizationIds = [...batch.byOrganization.keys()]
    const effective = await this.parts.policies.effectiveOfAll(writer, organizationIds)
    const policies = new Map(organizationIds.map((id, index) => [id, effective[index]]))
    return keys.flatMap((key) => {
      const finds = (fresh.get(key.id) ?? []).flatMap(({ secret: { id }, find }) => {
        const secret = secrets.get(id)
        return secret === undefined ? [] : [{ secret, find }]
      })
      const policy = policies.get(key.organizationId)
      return finds.length === 0 || policy === undefined ? [] : [{ key, policy, finds }]
    })
  }

  /** The finds that were not reported before, by key. Their places are stored. */
  private async recordPlaces(
    writer: Writer,
    leaked: readonly LeakedSecret[],
    reportedBy: string,
    reportedAt: Date,
  ): Promise<Map<string, LeakedSecret[]>> {
    const places = await findLeakedPlaces(writer, [...new Set(leaked.map(({ secret }) => secret.id))])
    const fresh: LeakedSecret[] = []
    const rows: { secretId: string; place: string; reportedAt: Date }[] = []
    for (const one of leaked) {
      const { id: secretId } = one.secret
      const place = placeHashOf(reportedBy, one.find)
      const known = places.get(secretId) ?? new Set()
      if (known.has(place) || known.size >= MOST_PLACES) continue
      places.set(secretId, known.add(place))
      rows.push({ secretId, place, reportedAt })
      fresh.push(one)
    }
    await insertLeakedPlaces(writer, rows)
    return groupedBy(fresh, ({ secret }) => secret.keyId)
  }
}
