import { z } from 'zod'
import { type Grant, parseScope } from '../kernel/grants.ts'

/**
 * The claims of an access token (RFC 9068 section 2.2), and Keyturn's own. `sub` is the API key, or the user of a personal
 * key; `client_id` is the key in both cases.
 */
export interface AccessTokenClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string
  readonly client_id: string
  /** Seconds since the epoch, like `exp`. */
  readonly iat: number
  readonly exp: number
  readonly jti: string
  readonly scope: string
  /** The organization in which, and below which, the token is valid. */
  readonly org: string
  readonly project?: string | undefined
  /** The secret of the key that the token was issued for: the token ends with it. */
  readonly key_secret: string
  /** The key's epoch when the token was issued. The end of a suspension begins a new epoch. */
  readonly key_epoch: number
  /** When the key expires, as of the token's issuance, in seconds since the epoch; left out where it does not. */
  readonly key_expires_at?: number | undefined
  /** GUID of `org`, for clients of the Appcircle-compatible routes. */
  readonly currentOrganizationId?: string | undefined
}

export const ACCESS_TOKEN_TYPE = 'at+jwt'
/** A longer token would not fit into the header that carries it. */
export const LONGEST_TOKEN_BYTES = 8_192

const shape = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  client_id: z.string(),
  iat: z.number(),
  exp: z.number(),
  jti: z.string(),
  scope: z.string(),
  org: z.string(),
  project: z.string().optional(),
  key_secret: z.string(),
  key_epoch: z.number(),
  key_expires_at: z.number().optional(),
  currentOrganizationId: z.string().optional(),
})

/** The claims of a payload whose signature is valid; null if they are not those of an access token of Keyturn. */
export const parseClaims = (payload: unknown): AccessTokenClaims | null => shape.safeParse(payload).data ?? null

/** The grants of a token's scope. */
export const grantsOfScope = (claims: AccessTokenClaims): Grant[] => parseScope(claims.scope) ?? []

/** An issued token, as a token endpoint returns it (RFC 6749 section 5.1). */
export interface IssuedToken {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly scope: string
  /** When the key behind the token expires; null if it does not expire. */
  readonly keyExpiresAt: Date | null
}
