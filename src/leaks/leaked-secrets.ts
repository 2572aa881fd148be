import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { EventDraft } from '../audit/events/event-types.ts'
import { keyLeaked, keyRevoked, keySuspended, rotationCompleted } from '../audit/events/key-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { groupedBy } from '../kernel/grouped-by.ts'
import type { KeyRow, KeySecretRow } from '../keys/key.entity.ts'
import { secretStateOf } from '../keys/key.ts'
import { type FoundSecret, listSecrets } from '../keys/key-secrets.store.ts'
import { lockKeys, suspendRows, updateKey } from '../keys/keys.store.ts'
import { endOverlap } from '../keys/lifecycle/end-overlap.ts'
import { revokeRows } from '../keys/lifecycle/revoke-rows.store.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { KeyPolicy } from '../policies/key-policy.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import { batchesOf } from './batches.ts'
import { type Find, placeHashOf, placeOf } from './find.ts'
import { responseTo, strongest } from './leak-response.ts'
import { findLeakedPlaces, insertLeakedPlaces } from './leaked-places.store.ts'

/** A find that is a secret of a key. */
export interface LeakedSecret {
  readonly secret: FoundSecret
  readonly find: Find
}

export interface LeakedSecretsParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly policies: PolicyDirectory
}

const KEYS_A_TRANSACTION = 200
/** Places of one secret that are recorded. Whoever holds a secret can publish it as often as they like. */
export const MOST_PLACES = 100

/** Records where secrets were found, and does to their keys what the policy says: once for each secret and place. */
export class LeakedSecrets {
  private readonly parts: LeakedSecretsParts

  constructor(parts: LeakedSecretsParts) {
    this.parts = parts
  }

  /**
   * Handles finds of any number of keys, those of a key in one transaction. A repeated find changes nothing. Each transaction
   * concerns one organization, so that a large report delays no other.
   */
  async handle(leaked: readonly LeakedSecret[], reportedBy: string, cause: Cause): Promise<void> {
    const byKey = [...groupedBy(leaked, ({ secret }) => secret.keyId)].map(([keyId, finds]) => ({
      keyId,
      finds,
      organizationId: finds[0]?.secret.organizationId ?? '',
    }))
    for (const { organizationId, items } of batchesOf(byKey, KEYS_A_TRANSACTION))
      await this.parts.database.writeFor(organizationId, (writer) =>
        this.write(
          writer,
          organizationId,
          items.flatMap(({ finds }) => finds),
          reportedBy,
          cause,
        ),
      )
  }

  private async write(
    writer: Writer,
    organizationId: string,
    leaked: readonly LeakedSecret[],
    reportedBy: string,
    cause: Cause,
  ): Promise<void> {
    const { clock, log, policies } = this.parts
    const now = clock.now()
    const keys = await lockKeys(writer, [...new Set(leaked.map(({ secret }) => secret.keyId))])
    const fresh = await this.recordPlaces(writer, leaked, reportedBy, now)
    if (fresh.size === 0) return
    const secrets = new Map((await listSecrets(writer, [...fresh.keys()])).map((secret) => [secret.id, secret]))
    const policy = await policies.effective(writer, organizationId)
    const ends: Ends = { suspended: [], revoked: [] }
    const drafts: EventDraft[] = []
    for (const key of keys) {
      const finds = (fresh.get(key.id) ?? []).flatMap(({ secret: { id }, find }) => {
        const secret = secrets.get(id)
        return secret === undefined ? [] : [{ secret, find }]
      })
      if (finds.length === 0) continue
      for (const { secret, find } of finds)
        drafts.push(keyLeaked(key, { reportedBy, ...placeOf(find), hint: secret.hint }))
      drafts.push(...(await this.endKey(writer, key, finds, policy, now, ends)))
    }
    await suspendRows(writer, ends.suspended, now)
    await revokeRows(writer, ends.revoked, 'COMPROMISED', now)
    await log.appendAll(
      writer,
      organizationId,
      drafts.map((draft) => ({ cause, draft })),
    )
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

  /**
   * Decides what happens to a key, and ends the overlap of a leaked old secret. Returns the events. Keys to suspend or revoke
   * are added to `ends`.
   */
  private async endKey(
    writer: Writer,
    key: KeyRow,
    finds: readonly { readonly secret: KeySecretRow }[],
    policy: KeyPolicy,
    now: Date,
    ends: Ends,
  ): Promise<EventDraft[]> {
    const response = strongest(
      finds.map(({ secret }) => responseTo(key, secretStateOf(secret, now), policy.onLeak, now)),
    )
    if (response === 'RECORD') return []
    if (response === 'REVOKE') {
      ends.revoked.push(key.id)
      return [keyRevoked(key, { reason: 'COMPROMISED', policy: 'onLeak' })]
    }
    ends.suspended.push(key.id)
    // Otherwise the leaked secret would be valid again when a manager resumes the key.
    const retiring = finds.find(({ secret }) => secretStateOf(secret, now) === 'RETIRING')?.secret
    if (retiring === undefined) return [keySuspended(key)]
    await updateKey(writer, key.id, await endOverlap(writer, key, retiring, policy, now))
    return [rotationCompleted(key, retiring.hint), keySuspended(key)]
  }
}

/** Keys that a transaction ends, by id. */
interface Ends {
  readonly suspended: string[]
  readonly revoked: string[]
}
