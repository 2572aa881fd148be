import type { AccessControl } from '../access/access-control.ts'
import type { LiveReader } from '../access/live-reader.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { Caller } from '../audit/caller.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import { checkAfter } from '../keys/queries/key-event-feed.ts'
import { ENDING_TYPES, tokenEndingOf } from '../keys/verification/token-endings.ts'
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

/** The tokens of its key that an event ends or announces as ended; null for none. */
export const revocationOf = (event: AuditEvent): Revocation | null => {
  const { sequence, targetId: keyId, occurredAt } = event
  if (event.type === 'KEY_TOKENS_INVALIDATED') {
    const { tokenId = null, issuedBefore } = event.details ?? {}
    const revokedAt = issuedBefore === undefined ? occurredAt : new Date(issuedBefore)
    return keyId === null ? null : { sequence, keyId, tokenId, revokedAt }
  }
  const ending = tokenEndingOf(event)
  // The keys of an owner are announced one by one.
  if (keyId === null || ending === null || ending.of === 'owner') return null
  return ending.of === 'token'
    ? { sequence, keyId, tokenId: ending.tokenId, revokedAt: occurredAt }
    : { sequence, keyId, tokenId: null, revokedAt: ending.issuedBefore }
}

/** Event types that can end tokens. */
export const REVOCATION_TYPES: readonly AuditEventType[] = [...ENDING_TYPES, 'KEY_TOKENS_INVALIDATED']

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
    return this.live.subscribe<Revocation, AuditEventType>({
      reader,
      principal: caller.principal,
      topic: JSON.stringify(['revocations', organizationId]),
      items: this.items,
      // The tokens that an archived event ended have expired.
      follow: { organizationId, types: REVOCATION_TYPES, after: checkAfter(args.after), skipsArchived: true },
      mayFollow: (principal) => this.access.may(principal, 'readTokens', organizationId),
      valueOf: async (event) => revocationOf(event),
    })
  }
}
