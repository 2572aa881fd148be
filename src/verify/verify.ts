import { CredentialVerifier } from './credential-verifier.ts'
import type { Verifier, VerifierOptions } from './verifier.ts'

export type { RequestHeaders } from './bearer.ts'
export type { GrantText } from './grants.ts'
export { type ResourceMetadata, resourceMetadata } from './resource-metadata.ts'
export type { FeedState } from './revocation-follower.ts'
export type { VerifiedCredential } from './verified-credential.ts'
export type { Verifier, VerifierOptions } from './verifier.ts'
export { VerifyError, type VerifyErrorCode } from './verify-error.ts'

/**
 * Creates a verifier for the credentials that a service receives. It connects on the first call of `ready` or `verify`.
 * Throws TypeError for options that contradict each other.
 */
export const createVerifier = (options: VerifierOptions): Verifier => new CredentialVerifier(options)
