import type { EventDraft } from '../audit/events/event-types.ts'
import { keyLeaked, keyRevoked, keySuspended, rotationCompleted } from '../audit/events/key-events.ts'
import type { KeyRow, KeySecretRow } from '../keys/key.entity.ts'
import { secretStateOf } from '../keys/key.ts'
import { type EndingOverlap, endOverlaps } from '../keys/lifecycle/end-overlap.ts'
import { revokeRows } from '../keys/lifecycle/revoke-rows.store.ts'
import { suspendRows } from '../keys/lifecycle/suspend-rows.store.ts'
import type { Writer } from '../persistence/database.ts'
import type { KeyPolicy } from '../policies/key-policy.ts'
import type { LeakedAt } from './leak.ts'
import { responseTo, strongest } from './leak-response.ts'

/** A locked key, and those of its secrets that were found. */
export interface LeakedKey {
  readonly key: KeyRow
  readonly policy: KeyPolicy
  readonly leaks: readonly { readonly secret: KeySecretRow; readonly place: LeakedAt }[]
}

/** What is done to keys, each kind of change by statements of its own. */
interface Changes {
  readonly suspended: string[]
  readonly revoked: string[]
  readonly endings: EndingOverlap[]
}

/** Does to each of the keys what its policy says. Returns their events. */
export const endLeakedKeys = async (
  writer: Writer,
  leaked: readonly LeakedKey[],
  reportedBy: string,
  now: Date,
): Promise<{ readonly organizationId: string; readonly draft: EventDraft }[]> => {
  const changes: Changes = { suspended: [], revoked: [], endings: [] }
  const events = leaked.flatMap((one) => {
    const found = one.leaks.map(({ secret, place: { foundAt, foundIn } }) =>
      keyLeaked(one.key, { reportedBy, foundAt, foundIn, hint: secret.hint }),
    )
    const { organizationId } = one.key
    return [...found, ...decide(one, now, changes)].map((draft) => ({ organizationId, draft }))
  })
  await endOverlaps(writer, changes.endings, now)
  await suspendRows(writer, changes.suspended, now)
  await revokeRows(writer, changes.revoked, 'COMPROMISED', now)
  return events
}

/** Adds what happens to a key to the changes. Returns the events of it. */
const decide = ({ key, policy, leaks }: LeakedKey, now: Date, changes: Changes): EventDraft[] => {
  const response = strongest(leaks.map(({ secret }) => responseTo(key, secretStateOf(secret, now), policy.onLeak, now)))
  if (response === 'RECORD') return []
  if (response === 'REVOKE') {
    changes.revoked.push(key.id)
    return [keyRevoked(key, { reason: 'COMPROMISED', policy: 'onLeak' })]
  }
  changes.suspended.push(key.id)
  // Otherwise the leaked secret would be valid again when a manager resumes the key.
  const retiring = leaks.find(({ secret }) => secretStateOf(secret, now) === 'RETIRING')?.secret
  if (retiring === undefined) return [keySuspended(key)]
  changes.endings.push({ key, retiring, policy })
  return [rotationCompleted(key, retiring.hint), keySuspended(key)]
}
