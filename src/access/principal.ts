import { forbidden } from '../kernel/errors.ts'
import type { Grant } from '../kernel/grants.ts'

/** Grants and the organization in which, with its descendants, they apply. */
export interface Holding {
  readonly organizationId: string
  readonly grants: readonly Grant[]
}

/** How the caller authenticated. */
export type CredentialKind = 'SECRET' | 'TOKEN' | 'IDENTITY_PROVIDER' | 'SESSION'

/** The credential that the caller presented. */
export interface Credential {
  readonly kind: CredentialKind
  /** The key that was used: its secret, a token issued from it, or a session started with it; null for an identity provider. */
  readonly keyId: string | null
  /** `jti` of the access token that was used; null where the caller presented a secret. */
  readonly tokenId: string | null
  /** The console session that was used; null for every other credential. */
  readonly sessionId: string | null
  /** When the credential ends unless something changes; null if it has no end. */
  readonly expiresAt: Date | null
  /** When the key behind the credential expires; null if it does not expire, or there is no key. */
  readonly keyExpiresAt: Date | null
  /** The e-mail address that the identity provider verified; null for other credentials. */
  readonly verifiedEmail: string | null
  /** CIDR ranges that the key is restricted to; empty if it is not restricted. */
  readonly allowedIps: readonly string[]
}

/** The authenticated caller with all its rights. */
export interface Principal {
  readonly kind: 'USER' | 'API_KEY'
  /** Id of the user or of the API key. */
  readonly id: string
  readonly name: string
  readonly credential: Credential
  /** The organization that the credential belongs to. */
  readonly organizationId: string
  readonly holdings: readonly Holding[]
  /** The grants that restrict the credential: a personal key's own grants or a token's scope; null if unrestricted. */
  readonly narrowedTo: readonly Grant[] | null
  /** The organization that a token is restricted to, with its descendants; null if unrestricted. */
  readonly within: string | null
  /** Whether the caller may create root organizations. */
  readonly serverOwner: boolean
}

/**
 * Whether a credential has the rights of the key itself or of its owner, besides its grants. An access token has its scope
 * only: a service that receives one must not be able to take over the key. An identity provider's JWT acts for the person,
 * and so does a console session.
 */
const HAS_OWN_POWERS = {
  SECRET: true,
  IDENTITY_PROVIDER: true,
  SESSION: true,
  TOKEN: false,
} as const satisfies Record<CredentialKind, boolean>

export const hasOwnPowers = ({ credential }: Principal): boolean => HAS_OWN_POWERS[credential.kind]

/** Throws FORBIDDEN if the caller presented an access token for an action of the key itself or its owner. */
export const requireOwnPowers = (principal: Principal): void => {
  if (!hasOwnPowers(principal))
    throw forbidden([], 'An access token cannot do this. Present the secret of the key itself.')
}
