import { badInput, forbidden } from '../kernel/errors.ts'
import { formatGrant, type Grant, missingGrants, parseScope } from '../kernel/grants.ts'
import { LONGEST_TOKEN_BYTES } from './access-token.ts'

/** What a caller requests of a new access token. Anything that is absent is as wide as the key and the policy allow. */
export interface TokenRequest {
  /** Narrower grants (RFC 6749 section 3.3): `module:role` separated by spaces. */
  readonly scope?: string | null | undefined
  /** The key's organization, or one below it. */
  readonly organizationId?: string | null | undefined
  /** `aud` of the token. Without it the token is for the default audience, which is not Keyturn's own API. */
  readonly audience?: string | null | undefined
  /** Shorter lifetime in seconds, as the client wrote it. */
  readonly expiresInSeconds?: string | undefined
  /** Whether the token names its organization as a GUID too, for Appcircle's clients. */
  readonly guid?: boolean
}

const MAX_AUDIENCE_LENGTH = 512

/** The grants of a new token. Throws BAD_USER_INPUT, and FORBIDDEN for grants that the key does not carry. */
export const decideScope = (held: readonly Grant[], requested: string | null | undefined): readonly Grant[] => {
  if (requested == null || requested.trim() === '') return held
  if (requested.length > LONGEST_TOKEN_BYTES)
    throw badInput('scope', `must have at most ${LONGEST_TOKEN_BYTES} characters`)
  const scope = parseScope(requested)
  if (scope === null)
    throw badInput('scope', 'must be module:role pairs separated by spaces, like build:operator audit:viewer')
  const beyond = missingGrants(held, scope).map(formatGrant)
  if (beyond.length > 0)
    throw forbidden(beyond, `The key does not carry ${beyond.join(', ')}. Request a scope within its grants.`)
  return scope
}

/** The audience of a new token. Throws BAD_USER_INPUT. */
export const decideAudience = (requested: string | null | undefined, fallback: string): string => {
  if (requested == null || requested === '') return fallback
  if (requested.length > MAX_AUDIENCE_LENGTH || !/^[\x21-\x7e]+$/.test(requested))
    throw badInput('audience', `must have 1 to ${MAX_AUDIENCE_LENGTH} printable characters and no spaces`)
  return requested
}

/** The lifetime of a new token in seconds: at most the policy's. Throws BAD_USER_INPUT. */
export const decideLifetime = (requested: string | undefined, policySeconds: number): number => {
  if (requested === undefined) return policySeconds
  if (!/^[1-9][0-9]{0,9}$/.test(requested))
    throw badInput('requested_expires_in', 'must be a whole number of seconds, 1 or more, in decimal digits')
  return Math.min(Number(requested), policySeconds)
}
