import type { Grant } from '../kernel/grants.ts'

/** Grants, and the organization in which (and below which) they hold. */
export interface Holding {
  readonly organizationId: string
  readonly grants: readonly Grant[]
}

/** What the caller showed to prove who they are. */
export interface Credential {
  /** The key that was used, itself or through a token made from it; null for an identity provider's JWT. */
  readonly keyId: string | null
  /** `jti` of the access token that was used; null where the caller showed a secret. */
  readonly tokenId: string | null
  readonly expiresAt: Date | null
}

/** Who is calling, and all that they may do. */
export interface Principal {
  readonly kind: 'USER' | 'API_KEY'
  /** Id of the user or of the API key. */
  readonly id: string
  readonly name: string
  readonly credential: Credential
  /** The organization that the credential belongs to. */
  readonly organizationId: string
  readonly holdings: readonly Holding[]
  /** What the credential was narrowed to, by the personal key's own grants or the token's scope; null for everything. */
  readonly narrowedTo: readonly Grant[] | null
  /** The organization that a token was made for: it is good there and below, nowhere else. */
  readonly within: string | null
  /** May create root organizations. */
  readonly serverOwner: boolean
}
