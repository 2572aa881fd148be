import { z } from 'zod'
import { instantText } from '../../kernel/instant.ts'
import { instant } from './detail-fields.ts'
import type { Draft } from './event-draft.ts'
import { keyIdentityFields } from './key-event-details.ts'
import { type KeySubject, keyIdentity, keyTarget } from './key-subject.ts'

/** Details of the events about access tokens. The target is the key that the token was made from. */
export const TOKEN_EVENT_DETAILS = {
  TOKEN_ISSUED: z.object({
    ...keyIdentityFields,
    tokenId: z.string(),
    scope: z.string(),
    audience: z.string(),
    organizationId: z.string(),
    expiresAt: z.string(),
  }),
  /** `organizationId`: the organization that the token is for. */
  TOKEN_REVOKED: z.object({
    ...keyIdentityFields,
    tokenId: z.string(),
    organizationId: z.exactOptional(z.string()),
    expiresAt: instant,
  }),
} as const

/**
 * Details of the event that announces to an organization which access tokens for it have ended or lost grants. The target
 * is their key, named by its id alone because it may belong to another organization.
 */
export const ANNOUNCEMENT_EVENT_DETAILS = {
  /** `cause`: type of the event that ended or narrowed them; `tokenId`: the one token, otherwise all of the key. */
  KEY_TOKENS_INVALIDATED: z.object({
    cause: z.string(),
    tokenId: z.exactOptional(z.string()),
    issuedBefore: instant,
  }),
} as const

/** Details of the event for a rotation of the service's signing key. It has no target. */
export const SIGNING_KEY_EVENT_DETAILS = {
  SIGNING_KEY_ROTATED: z.object({ keyId: z.string(), algorithm: z.string() }),
} as const

type Details = { readonly [Type in keyof typeof TOKEN_EVENT_DETAILS]: z.infer<(typeof TOKEN_EVENT_DETAILS)[Type]> } & {
  readonly SIGNING_KEY_ROTATED: z.infer<typeof SIGNING_KEY_EVENT_DETAILS.SIGNING_KEY_ROTATED>
  readonly KEY_TOKENS_INVALIDATED: z.infer<typeof ANNOUNCEMENT_EVENT_DETAILS.KEY_TOKENS_INVALIDATED>
}
type TokenEvent<Type extends keyof Details> = Draft<Type, Details[Type]>

/** An access token as its events name it. */
interface Token {
  readonly id: string
  readonly expiresAt: Date
}

export const tokenIssued = (
  key: KeySubject,
  token: Token & { readonly scope: string; readonly audience: string; readonly organizationId: string },
): TokenEvent<'TOKEN_ISSUED'> => ({
  type: 'TOKEN_ISSUED',
  target: keyTarget(key),
  details: {
    ...keyIdentity(key),
    tokenId: token.id,
    scope: token.scope,
    audience: token.audience,
    organizationId: token.organizationId,
    expiresAt: instantText(token.expiresAt),
  },
})

export const tokenRevoked = (
  key: KeySubject,
  token: Token & { readonly organizationId: string },
): TokenEvent<'TOKEN_REVOKED'> => ({
  type: 'TOKEN_REVOKED',
  target: keyTarget(key),
  details: {
    ...keyIdentity(key),
    tokenId: token.id,
    organizationId: token.organizationId,
    expiresAt: instantText(token.expiresAt),
  },
})

/** @param ending `tokenId`: the one token; null for all of the key */
export const keyTokensInvalidated = (
  keyId: string,
  ending: { readonly cause: string; readonly tokenId: string | null; readonly issuedBefore: Date },
): TokenEvent<'KEY_TOKENS_INVALIDATED'> => ({
  type: 'KEY_TOKENS_INVALIDATED',
  target: { id: keyId, name: null },
  details: {
    cause: ending.cause,
    ...(ending.tokenId === null ? {} : { tokenId: ending.tokenId }),
    issuedBefore: instantText(ending.issuedBefore),
  },
})

export const signingKeyRotated = (keyId: string, algorithm: string): TokenEvent<'SIGNING_KEY_ROTATED'> => ({
  type: 'SIGNING_KEY_ROTATED',
  target: null,
  details: { keyId, algorithm },
})
