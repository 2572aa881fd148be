import type { AccessControl } from '../access/access-control.ts'
import type { LiveReader } from '../access/live-reader.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { Caller } from '../audit/caller.ts'
import { type AuditEventType, KEY_EVENT_TYPES } from '../audit/events/event-types.ts'
import type { KeyEventType } from '../audit/events/key-event-details.ts'
import { checkAfter } from '../keys/queries/key-event-feed.ts'
import type { LiveItem } from '../live/live-request.ts'
import type { LiveSubscriptions } from '../live/live-subscriptions.ts'
import { RecentValues } from '../live/recent-values.ts'

/** Tells a verifier which tokens to refuse: one, or all of a key that were issued before an instant. */
export interface Revocation {
  readonly sequence: number
  readonly keyId: string
  /** `jti` of the one token; null for all of the key. */
  readonly tokenId: string | null
  readonly revokedAt: Date
}

type Rule<Type extends AuditEventType> = ((event: AuditEvent<Type>) => Date | null) | null

const always = (event: AuditEvent): Date => event.occurredAt

/**
 * Which tokens of its key a key event ends: those issued before the instant that the rule gives. Null: the type never ends
 * any. An event whose details cannot be read ends all of them.
 */
const ENDS: { readonly [Type in KeyEventType]: Rule<Type> } = {
  KEY_CREATED: null,
  // Tokens say what was granted when they were made.
  KEY_UPDATED: ({ details, occurredAt }) =>
    details === null || (details.changes !== undefined && 'grants' in details.changes) ? occurredAt : null,
  // Without an overlap the old secret's tokens end at once, and the new secret has none yet.
  KEY_ROTATED: ({ details, occurredAt }) => (details === null || details.overlapSeconds === 0 ? occurredAt : null),
  // At the planned end of an overlap the tokens that the old secret made during it have expired, those from before the
  // rotation may not have. Ended early, one secret's tokens cannot be told from the other's: both make new ones.
  KEY_ROTATION_COMPLETED: ({ details, occurredAt }) =>
    details?.rotatedAt === undefined ? occurredAt : new Date(details.rotatedAt),
  KEY_ROTATION_CANCELLED: always,
  KEY_SUSPENDED: always,
  KEY_RESUMED: null,
  KEY_REVOKED: always,
  KEY_EXPIRY_WARNING: null,
  KEY_EXPIRED: always,
  KEY_LEAKED: null,
  RETIRED_SECRET_USED: null,
  EXPIRY_WARNING_ACKNOWLEDGED: null,
}

type RevokingType = KeyEventType | 'TOKEN_REVOKED'
const TYPES: readonly RevokingType[] = [...KEY_EVENT_TYPES.filter((type) => ENDS[type] !== null), 'TOKEN_REVOKED']

/** Which tokens an event ended; null where it ended none. */
const revocationOf = (event: AuditEvent<RevokingType>): Revocation | null => {
  const { sequence, targetId: keyId } = event
  if (keyId === null) return null
  if (event.type === 'TOKEN_REVOKED')
    return { sequence, keyId, tokenId: event.details?.tokenId ?? null, revokedAt: event.occurredAt }
  const endOf = ENDS[event.type] as Rule<KeyEventType>
  const revokedAt = endOf?.(event) ?? null
  return revokedAt === null ? null : { sequence, keyId, tokenId: null, revokedAt }
}

/** Live revocations, for resource servers that verify tokens offline. */
export class RevocationFeed {
  private readonly live: LiveSubscriptions
  private readonly access: AccessControl
  private readonly items = new RecentValues<LiveItem<Revocation> | null>()

  constructor(live: LiveSubscriptions, access: AccessControl) {
    this.live = live
    this.access = access
  }

  /** Needs tokens:viewer for as long as it runs. Throws NOT_FOUND, FORBIDDEN, BAD_USER_INPUT. */
  async subscribe(
    caller: Caller,
    reader: LiveReader,
    args: { readonly organizationId: string; readonly after?: number | null | undefined },
  ): Promise<AsyncIterable<LiveItem<Revocation>>> {
    const { organizationId } = args
    await this.access.require(caller.principal, 'readTokens', organizationId)
    return this.live.subscribe<Revocation, RevokingType>({
      reader,
      principal: caller.principal,
      topic: JSON.stringify(['revocations', organizationId]),
      items: this.items,
      follow: { organizationId, types: TYPES, after: checkAfter(args.after) },
      mayFollow: (principal) => this.access.may(principal, 'readTokens', organizationId),
      valueOf: async (event) => revocationOf(event),
    })
  }
}
