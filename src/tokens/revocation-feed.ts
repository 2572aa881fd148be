import type { AccessControl } from '../access/access-control.ts'
import type { AuditEvent, AuditEventType } from '../audit/audit-event.ts'
import type { Caller } from '../audit/caller.ts'
import { checkAfter } from '../keys/queries/key-event-feed.ts'
import type { LiveReader, LiveSubscriptions } from '../live/live-subscriptions.ts'

/** Tells a verifier which tokens to refuse: one, or all of a key that were issued before an instant. */
export interface Revocation {
  readonly sequence: number
  readonly keyId: string
  /** `jti` of the one token; null for all of the key. */
  readonly tokenId: string | null
  readonly revokedAt: Date
}

const TYPES: readonly AuditEventType[] = [
  'KEY_UPDATED',
  'KEY_ROTATED',
  'KEY_ROTATION_COMPLETED',
  'KEY_ROTATION_CANCELLED',
  'KEY_SUSPENDED',
  'KEY_REVOKED',
  'KEY_EXPIRED',
  'TOKEN_REVOKED',
]

/** Which tokens an event ended; null where it ended none. */
const revocationOf = (event: AuditEvent): Revocation | null => {
  const { sequence, targetId: keyId, details, occurredAt } = event
  if (keyId === null) return null
  const all = (revokedAt: Date): Revocation => ({ sequence, keyId, tokenId: null, revokedAt })
  switch (event.type) {
    case 'TOKEN_REVOKED':
      return typeof details.tokenId === 'string' ? { ...all(occurredAt), tokenId: details.tokenId } : null
    case 'KEY_REVOKED':
    case 'KEY_SUSPENDED':
    case 'KEY_EXPIRED':
      return all(occurredAt)
    // Tokens say what was granted when they were made.
    case 'KEY_UPDATED':
      return isObject(details.changes) && 'grants' in details.changes ? all(occurredAt) : null
    // Without an overlap the old secret's tokens end at once, and the new secret has none yet.
    case 'KEY_ROTATED':
      return details.overlapSeconds === 0 ? all(occurredAt) : null
    // At the planned end of an overlap the tokens that the old secret made during it have expired, those from before the
    // rotation may not have. Ended early, one secret's tokens cannot be told from the other's: both make new ones.
    case 'KEY_ROTATION_COMPLETED':
      return all(typeof details.rotatedAt === 'string' ? new Date(details.rotatedAt) : occurredAt)
    case 'KEY_ROTATION_CANCELLED':
      return all(occurredAt)
    default:
      return null
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Live revocations, for resource servers that verify tokens offline. */
export class RevocationFeed {
  private readonly live: LiveSubscriptions
  private readonly access: AccessControl

  constructor(live: LiveSubscriptions, access: AccessControl) {
    this.live = live
    this.access = access
  }

  /** Needs tokens:viewer for as long as it runs. Throws NOT_FOUND, FORBIDDEN, BAD_USER_INPUT. */
  async subscribe(
    caller: Caller,
    reader: LiveReader,
    args: { readonly organizationId: string; readonly after?: number | null | undefined },
  ): Promise<AsyncIterable<Revocation>> {
    const { organizationId } = args
    await this.access.require(caller.principal, 'readTokens', organizationId)
    return this.live.subscribe<Revocation>({
      reader,
      follow: { organizationId, types: TYPES, after: checkAfter(args.after) },
      mayFollow: (principal) => this.access.may(principal, 'readTokens', organizationId),
      valueOf: async (event) => revocationOf(event),
    })
  }
}
