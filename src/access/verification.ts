import type { UnauthenticatedReason } from '../kernel/errors.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { CallOrigin } from './call-origin.ts'
import type { Principal } from './principal.ts'

/** Stands for the caller's address where a third party presents the credential: its user's address is not known. */
export const ANY_ADDRESS = Symbol('any address')
export type CallerAddress = string | null | typeof ANY_ADDRESS

/** The token in the cookie of a console session. It is no bearer credential: no Authorization header accepts it. */
export interface SessionToken {
  readonly sessionToken: string
}

/** What a caller presents: the text of a bearer credential, or the cookie of a console session. */
export type Presented = string | SessionToken

export interface VerifiedCredential {
  readonly principal: Principal
}

/** Why a credential is invalid, for the caller and for the audit log. */
export interface Refusal {
  readonly valid: false
  readonly reason: UnauthenticatedReason
  /** Safe to return to the caller; says what to do. */
  readonly message: string
  /** The key that the failure counts against, existing or only claimed by the caller; null if there is none. */
  readonly keyId: string | null
  /** `reason` of the ACCESS_DENIED event. */
  readonly auditReason: string
  /** The e-mail address that the credential proves, if it is the valid sign-in of a person who is not a member. */
  readonly verifiedEmail?: string
}

/** The result of verifying a credential, whatever its kind and the transport. */
export type Verification<V extends VerifiedCredential = VerifiedCredential, R extends Refusal = Refusal> =
  | { readonly valid: true; readonly verified: V }
  | R

/** Verifies one kind of credential. The Authenticator alone calls the two methods that record. */
export interface CredentialVerifier<V extends VerifiedCredential = VerifiedCredential, R extends Refusal = Refusal> {
  /** The decision alone. Not a use of the credential: nothing is recorded. */
  verify(credential: string, address: CallerAddress): MaybePromise<Verification<V, R>>
  /** Records the use of a valid credential. */
  recordUse(verified: V, address: CallerAddress): MaybePromise<void>
  /** Records a refusal in the audit log of the key's organization; false if the credential belongs to no key. */
  recordRefusal(refusal: R, from: CallOrigin): Promise<boolean>
}

/** A verifier of credentials whose kind is evident from their form: secrets, access tokens, JWTs of an identity provider. */
export interface CredentialStrategy extends CredentialVerifier {
  /** Whether the text has the form of this kind of credential. The first strategy that recognizes it decides. */
  recognizes(credential: string): boolean
}
