import { forbidden } from '../kernel/errors.ts'
import type { Grant } from '../kernel/grants.ts'

/** Grants, and the organization in which (and below which) they hold. */
export interface Holding {
  readonly organizationId: string
  readonly grants: readonly Grant[]
}

/** How the caller authenticated. */
export type CredentialKind = 'SECRET' | 'TOKEN' | 'IDENTITY_PROVIDER'

/** The credential that the caller presented. */
export interface Credential {
  readonly kind: CredentialKind
  /** The key that was used, itself or through a token made from it; null for an identity provider's JWT. */
  readonly keyId: string | null
  /** `jti` of the access token that was used; null where the caller presented a secret. */
  readonly tokenId: string | null
  readonly expiresAt: Date | null
  /** The e-mail address that the identity provider verified; null for other credentials. */
  readonly verifiedEmail: string | null
  /** CIDR ranges that the key is restricted to; empty where it may be used from anywhere. */
  readonly allowedIps: readonly string[]
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

/**
 * Whether the credential has the powers that follow from being the key itself or its owner, beside its grants. An access
 * token has its scope and nothing more: whoever receives one must not be able to take its key over. A JWT of the identity
 * provider is a sign-in of the person.
 */
const HAS_OWN_POWERS = {
  SECRET: true,
  IDENTITY_PROVIDER: true,
  TOKEN: false,
} as const satisfies Record<CredentialKind, boolean>

export const hasOwnPowers = ({ credential }: Principal): boolean => HAS_OWN_POWERS[credential.kind]

/** Throws FORBIDDEN where the caller presented an access token for what needs the key itself or its owner. */
export const requireOwnPowers = (principal: Principal): void => {
  if (!hasOwnPowers(principal))
    throw forbidden([], 'An access token cannot do this. Present the secret of the key itself.')
}
