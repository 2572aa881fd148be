import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { EventDraft } from '../audit/events/event-types.ts'
import { keyLeaked, keyRevoked, keySuspended, rotationCompleted } from '../audit/events/key-events.ts'
import type { Clock } from '../kernel/clock.ts'
import type { KeyRow, KeySecretRow } from '../keys/key.entity.ts'
import { secretStateOf } from '../keys/key.ts'
import { listSecrets } from '../keys/key-secrets.store.ts'
import { lockKeys, suspendRows, updateKey } from '../keys/keys.store.ts'
import { endOverlap } from '../keys/lifecycle/end-overlap.ts'
import { revokeRows } from '../keys/lifecycle/revoke-rows.store.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { SecretMisuseResponse } from '../policies/key-policy.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import { type Find, placeHashOf, placeOf } from './find.ts'
import { responseTo, strongest } from './leak-response.ts'
import { findLeakedPlaces, insertLeakedPlaces } from './leaked-places.store.ts'

/** A find that is a secret of a key. */
export interface LeakedSecret {
  readonly keyId: string
  readonly secretId: string
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

  /** Handles finds of any number of keys, those of a key in one transaction. A repeated find changes nothing. */
  async handle(leaked: readonly LeakedSecret[], reportedBy: string, cause: Cause): Promise<void> {
    const keyIds = [...new Set(leaked.map(({ keyId }) => keyId))].sort()
    for (let start = 0; start < keyIds.length; start += KEYS_A_TRANSACTION) {
      const ids = new Set(keyIds.slice(start, start + KEYS_A_TRANSACTION))
      const some = leaked.filter(({ keyId }) => ids.has(keyId))
      await this.parts.database.write((writer) => this.write(writer, some, reportedBy, cause))
    }
  }

  private async write(writer: Writer, leaked: readonly LeakedSecret[], reportedBy: string, cause: Cause) {
    const { clock, log, policies } = this.parts
    const now = clock.now()
    const keys = await lockKeys(writer, [...new Set(leaked.map(({ keyId }) => keyId))])
    const fresh = await this.recordPlaces(writer, leaked, reportedBy, now)
    const secrets = new Map((await listSecrets(writer, [...fresh.keys()])).map((secret) => [secret.id, secret]))
    const suspended: string[] = []
    const drafts = new Map<string, EventDraft[]>()
    for (const key of keys) {
      const finds = (fresh.get(key.id) ?? []).flatMap(({ secretId, find }) => {
        const secret = secrets.get(secretId)
        return secret === undefined ? [] : [{ secret, find }]
      })
      if (finds.length === 0) continue
      const policy = await policies.effective(writer, key.organizationId)
      const response = strongest(
        finds.map(({ secret }) => responseTo(key, secretStateOf(secret, now), policy.onLeak, now)),
      )
      if (response === 'SUSPEND') suspended.push(key.id)
      const entries = drafts.get(key.organizationId) ?? []
      for (const { secret, find } of finds)
        entries.push(keyLeaked(key, { reportedBy, ...placeOf(find), hint: secret.hint }))
      entries.push(...(await this.endSecrets(writer, key, finds, response, now)))
      drafts.set(key.organizationId, entries)
    }
    await suspendRows(writer, suspended, now)
    for (const [organizationId, entries] of [...drafts].sort(([a], [b]) => (a < b ? -1 : 1)))
      await log.appendAll(
        writer,
        organizationId,
        entries.map((draft) => ({ cause, draft })),
      )
  }

  /** The finds that were not reported before, by key. Their places are stored. */
  private async recordPlaces(writer: Writer, leaked: readonly LeakedSecret[], reportedBy: string, reportedAt: Date) {
    const places = await findLeakedPlaces(writer, [...new Set(leaked.map(({ secretId }) => secretId))])
    const fresh = new Map<string, LeakedSecret[]>()
    const rows: { secretId: string; place: string; reportedAt: Date }[] = []
    for (const one of leaked) {
      const { keyId, secretId } = one
      const place = placeHashOf(reportedBy, one.find)
      const known = places.get(secretId) ?? new Set()
      if (known.has(place) || known.size >= MOST_PLACES) continue
      places.set(secretId, known.add(place))
      rows.push({ secretId, place, reportedAt })
      fresh.set(keyId, [...(fresh.get(keyId) ?? []), one])
    }
    await insertLeakedPlaces(writer, rows)
    return fresh
  }

  /** Revokes the key or ends the overlap of a leaked old secret. Returns the events, that of a suspension too. */
  private async endSecrets(
    writer: Writer,
    key: KeyRow,
    finds: readonly { readonly secret: KeySecretRow }[],
    response: SecretMisuseResponse,
    now: Date,
  ): Promise<EventDraft[]> {
    if (response === 'RECORD') return []
    if (response === 'REVOKE') {
      await revokeRows(writer, [key.id], 'COMPROMISED', now)
      return [keyRevoked(key, { reason: 'COMPROMISED', policy: 'onLeak' })]
    }
    // Otherwise the leaked secret would be valid again when a manager resumes the key.
    const retiring = finds.find(({ secret }) => secretStateOf(secret, now) === 'RETIRING')?.secret
    if (retiring === undefined) return [keySuspended(key)]
    const policy = await this.parts.policies.effective(writer, key.organizationId)
    await updateKey(writer, key.id, await endOverlap(writer, key, retiring, policy, now))
    return [rotationCompleted(key, retiring.hint), keySuspended(key)]
  }
}
