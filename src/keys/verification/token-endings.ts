import type { AuditEvent } from '../../audit/audit-event.ts'
import { AUDIT_EVENT_TYPES, type AuditEventType } from '../../audit/events/event-types.ts'
import { coversAll, type Grant, parseScope } from '../../kernel/grants.ts'
import { secretStateOf, statusOf } from '../key.ts'
import type { DecidingKey, DecidingSecret } from './deciding-rows.store.ts'

/** What decides whether a key still supports what was made from it. */
export interface KeyState {
  readonly key: DecidingKey
  readonly secrets: readonly Pick<DecidingSecret, 'id' | 'state' | 'validUntil'>[]
}

/** What a token states about the key that it was exchanged from. */
interface TokenOrigin {
  readonly key_epoch: number
  readonly key_secret: string
}
type Ground = (facts: KeyState, origin: TokenOrigin, now: Date) => boolean

/** What must hold for a token to be active. */
const GROUNDS = [
  { name: 'status', holds: ({ key }, _, now) => statusOf(key, now) === 'ACTIVE' },
  { name: 'epoch', holds: ({ key }, origin) => key.tokenEpoch === origin.key_epoch },
  {
    name: 'secret',
    holds: ({ secrets }, origin, now) => {
      const secret = secrets.find(({ id }) => id === origin.key_secret)
      return secret !== undefined && secretStateOf(secret, now) !== 'RETIRED'
    },
  },
] as const satisfies readonly { readonly name: string; readonly holds: Ground }[]

export type GroundName = (typeof GROUNDS)[number]['name']

/** The first ground that a token lacks; null if its key, and the secret that it was made from, still support it. */
export const lostGroundOf = (facts: KeyState, origin: TokenOrigin, now: Date): GroundName | null =>
  GROUNDS.find(({ holds }) => !holds(facts, origin, now))?.name ?? null

/** The tokens that an event ends or narrows. */
export type TokenEnding =
  | { readonly of: 'token'; readonly tokenId: string | null; readonly organizationId: string | null }
  | { readonly of: 'key'; readonly issuedBefore: Date }
  /** Of the personal keys of a person, as far as they got their grants from a membership. */
  | {
      readonly of: 'owner'
      readonly ownerId: string | null
      /** What the membership granted before; null where that is not known. */
      readonly granted: readonly Grant[] | null
      readonly issuedBefore: Date
    }

interface Row<Type extends AuditEventType> {
  /** Whose key facts in the cache it makes stale. */
  readonly stale?: 'key' | 'owner' | 'every key'
  /** What its tokens lose: a ground, which makes them inactive; or a part of their scope; or they are ended one by one. */
  readonly takes?: GroundName | 'scope' | 'token'
  readonly ends?: (event: AuditEvent<Type>) => TokenEnding | null
}

const allOf = ({ occurredAt }: AuditEvent): TokenEnding => ({ of: 'key', issuedBefore: occurredAt })
const grantsIn = (value: unknown): readonly Grant[] | null =>
  Array.isArray(value) ? parseScope(value.join(' ')) : null

/** Whether a change of grants takes any. What cannot be read takes some. */
const narrows = (change: unknown): boolean => {
  const { from, to } = (typeof change === 'object' && change !== null ? change : {}) as Record<string, unknown>
  const [before, after] = [grantsIn(from), grantsIn(to)]
  return before === null || after === null || !coversAll(after, before)
}

/**
 * The rule of what ends or narrows which access tokens. Every event type has a row. The cache of key facts drops what a row
 * makes stale, introspection decides by the grounds, and the revocation feed announces the endings: in the audit log of the
 * key's organization, and in that of each organization for which the tokens were made.
 *
 * An event whose details cannot be read has the strongest effect of its type. More may be announced than ended, never less:
 * an announcement covers all tokens of a key, the narrower ones and those of the other secret included.
 */
export const TOKEN_ENDINGS: { readonly [Type in AuditEventType]: Row<Type> } = {
  KEY_CREATED: {},
  KEY_UPDATED: {
    stale: 'key',
    takes: 'scope',
    ends: (event) => {
      const { details } = event
      if (details === null) return allOf(event)
      const change = details.changes?.grants
      return change !== undefined && narrows(change) ? allOf(event) : null
    },
  },
  KEY_ROTATED: {
    stale: 'key',
    takes: 'secret',
    // Without an overlap the old secret's tokens end at once, and the new secret has none yet.
    ends: (event) => (event.details === null || event.details.overlapSeconds === 0 ? allOf(event) : null),
  },
  KEY_ROTATION_COMPLETED: {
    stale: 'key',
    takes: 'secret',
    // At the planned end of an overlap the tokens that the old secret made during it have expired, those from before the
    // rotation may not have. After an early end, one secret's tokens cannot be told from the other's: both make new ones.
    ends: (event) =>
      event.details?.rotatedAt === undefined
        ? allOf(event)
        : { of: 'key', issuedBefore: new Date(event.details.rotatedAt) },
  },
  KEY_ROTATION_CANCELLED: { stale: 'key', takes: 'secret', ends: allOf },
  KEY_SUSPENDED: { stale: 'key', takes: 'status', ends: allOf },
  // The tokens from before ended with the suspension: the epoch keeps them ended.
  KEY_RESUMED: { stale: 'key', takes: 'epoch' },
  KEY_REVOKED: { stale: 'key', takes: 'status', ends: allOf },
  KEY_EXPIRED: { stale: 'key', takes: 'status', ends: allOf },
  KEY_EXPIRY_WARNING: {},
  KEY_LEAKED: {},
  RETIRED_SECRET_USED: {},
  EXPIRY_WARNING_ACKNOWLEDGED: {},
  MEMBER_INVITED: {},
  MEMBER_JOINED: { stale: 'owner' },
  MEMBER_UPDATED: {
    stale: 'owner',
    takes: 'scope',
    ends: ({ details, occurredAt }) =>
      details !== null && !narrows(details.grants)
        ? null
        : {
            of: 'owner',
            ownerId: details?.userId ?? null,
            granted: grantsIn(details?.grants.from),
            issuedBefore: occurredAt,
          },
  },
  // The personal keys that it carried are revoked, each with its own event. Those that another membership carries go on
  // with less.
  MEMBER_REMOVED: {
    stale: 'owner',
    takes: 'scope',
    ends: ({ details, occurredAt }) => ({
      of: 'owner',
      ownerId: details?.userId ?? null,
      granted: null,
      issuedBefore: occurredAt,
    }),
  },
  TOKEN_ISSUED: {},
  TOKEN_REVOKED: {
    takes: 'token',
    ends: ({ details }) => ({
      of: 'token',
      tokenId: details?.tokenId ?? null,
      organizationId: details?.organizationId ?? null,
    }),
  },
  KEY_TOKENS_INVALIDATED: {},
  // The lifetime of tokens is decided when they are made; a key that no longer conforms stays valid.
  POLICY_UPDATED: { stale: 'every key' },
  ORGANIZATION_CREATED: {},
  ORGANIZATION_UPDATED: {},
  MODULE_DEFINED: {},
  MODULE_REMOVED: {},
  PROJECT_CREATED: {},
  AUDIT_EVENTS_ARCHIVED: {},
  ACCESS_DENIED: {},
  SESSION_STARTED: {},
  SESSION_ENDED: {},
  NOTIFICATION_ROUTE_CREATED: {},
  NOTIFICATION_ROUTE_UPDATED: {},
  NOTIFICATION_ROUTE_DELETED: {},
  SIGNING_KEY_ROTATED: {},
}

const typesWith = (field: keyof Row<AuditEventType>): readonly AuditEventType[] =>
  AUDIT_EVENT_TYPES.filter((type) => TOKEN_ENDINGS[type][field] !== undefined)

export const STALING_TYPES = typesWith('stale')
export const ENDING_TYPES = typesWith('ends')

/** The tokens that an event ends or narrows; null where it leaves all as they are. */
export const tokenEndingOf = (event: AuditEvent): TokenEnding | null => {
  // Each row takes events of its own type, which the compiler cannot follow through the table.
  const { ends } = TOKEN_ENDINGS[event.type] as Row<AuditEventType>
  return ends?.(event) ?? null
}
