import { z } from 'zod'
import { changeOf, changesField, instant, keyKind, textOrNull, texts } from './detail-fields.ts'
import { LEAK_PLACE_DETAILS } from './leak-place.ts'

/**
 * The owner of the key that an event is about, so that a reader of events can decide who may see it without loading the
 * key.
 */
export const keyIdentityFields = { kind: keyKind, ownerId: z.exactOptional(z.string()) }

/** Details of an event about a key: the key's identity, and these fields. */
const aboutKey = <Fields extends z.core.$ZodLooseShape>(fields: Fields) => z.object({ ...keyIdentityFields, ...fields })

/** Details of the events about keys. The target of each is the key. */
export const KEY_EVENT_DETAILS = {
  KEY_CREATED: aboutKey({
    grants: texts.nullable(),
    projectId: textOrNull,
    expiresAt: textOrNull,
    allowedIps: texts,
    hint: z.string(),
  }),
  /** Either what a caller changed, or that the first use of a new secret started the overlap of its rotation. */
  KEY_UPDATED: aboutKey({
    changes: z.exactOptional(changesField),
    newSecretFirstUsed: z.exactOptional(z.literal(true)),
    previousSecretValidUntil: z.exactOptional(z.string()),
  }),
  KEY_ROTATED: aboutKey({
    hint: z.string(),
    previousHint: textOrNull,
    previousSecretValidUntil: textOrNull,
    overlapSeconds: z.number(),
    overlapFromFirstUse: z.boolean(),
    replacedHint: z.exactOptional(z.string()),
    expiresAt: changeOf(textOrNull),
  }),
  /** With `rotatedAt`, the overlap ended at its planned time. Without it, a caller ended it early. */
  KEY_ROTATION_COMPLETED: aboutKey({ retiredHint: z.string(), rotatedAt: z.exactOptional(instant) }),
  KEY_ROTATION_CANCELLED: aboutKey({ droppedHint: z.string(), expiresAt: changeOf(textOrNull) }),
  KEY_SUSPENDED: aboutKey({}),
  KEY_RESUMED: aboutKey({}),
  KEY_REVOKED: aboutKey({
    reason: z.string(),
    note: z.exactOptional(z.string()),
    bySecret: z.exactOptional(z.literal(true)),
    policy: z.exactOptional(z.string()),
    descendantOf: z.exactOptional(z.string()),
  }),
  KEY_EXPIRY_WARNING: aboutKey({
    warningId: z.string(),
    threshold: z.string(),
    expiresAt: z.string(),
    cause: z.enum(['expiry', 'disuse']),
  }),
  KEY_EXPIRED: aboutKey({ expiresAt: z.string() }),
  /** With `tokenId`, an access token of the key was found and no secret. */
  KEY_LEAKED: aboutKey({
    ...LEAK_PLACE_DETAILS,
    hint: z.exactOptional(z.string()),
    tokenId: z.exactOptional(z.string()),
  }),
  RETIRED_SECRET_USED: aboutKey({
    revoked: z.boolean(),
    suspended: z.exactOptional(z.boolean()),
    count: z.exactOptional(z.number()),
  }),
  EXPIRY_WARNING_ACKNOWLEDGED: aboutKey({ warningId: z.string() }),
} as const

export type KeyEventType = keyof typeof KEY_EVENT_DETAILS
export type KeyEventDetails = {
  readonly [Type in KeyEventType]: z.infer<(typeof KEY_EVENT_DETAILS)[Type]>
}
