import { hash } from 'node:crypto'
import { type UnauthenticatedReason, unauthenticated } from '../kernel/errors.ts'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import type { CallOrigin } from './call-origin.ts'
import type { FailureLimiter } from './failure-limiter.ts'
import type { Principal } from './principal.ts'
import type {
  CallerAddress,
  CredentialStrategy,
  CredentialVerifier,
  Presented,
  Refusal,
  Verification,
  VerifiedCredential,
} from './verification.ts'

/** The caller that a credential identifies. A person who signed in but is not a member has an e-mail address and no principal. */
export interface Identified {
  readonly principal: Principal | null
  readonly verifiedEmail: string | null
}

/** An accepted credential that a long-lived operation depends on. The operation must end when the credential does. */
export interface PresentedCredential {
  /** Equal for the same credential from the same address, which are valid or invalid together. */
  readonly id: string
  /** The current holder, or null if the credential is no longer valid. Not a use of the credential. */
  readonly recheck: () => Promise<Principal | null>
  /** Why the last re-check found the credential invalid; null if it was valid, or there was none. */
  readonly refusalReason: () => UnauthenticatedReason | null
}

export interface AuthenticatorParts {
  /** Strategies for bearer credentials, in the order in which they are asked. */
  readonly strategies: readonly CredentialStrategy[]
  /** Verifies the cookies of console sessions. */
  readonly sessions: CredentialVerifier
  readonly failures: FailureLimiter
  /** Records the refusal of a credential that belongs to no key, so to no organization. */
  readonly recordUnknown: (refusal: Refusal, from: CallOrigin) => Promise<void>
}

/** Refuses text that no strategy recognizes. It is nobody's credential, so there is nothing to record. */
const UNRECOGNIZED: CredentialVerifier = {
  verify: async () => ({
    valid: false,
    reason: 'MALFORMED',
    message: 'Malformed credential. Check that it is complete and was issued by this server.',
    keyId: null,
    auditReason: 'malformed',
  }),
  recordUse: async () => undefined,
  recordRefusal: async () => true,
}

/**
 * The only path on which a caller is authenticated, for every transport and every kind of credential. It records each use
 * and each refusal, and limits failed attempts.
 */
export class Authenticator {
  private readonly parts: AuthenticatorParts

  constructor(parts: AuthenticatorParts) {
    this.parts = parts
  }

  /**
   * Authenticates the caller by a bearer credential or a session. Throws UNAUTHENTICATED if the credential is invalid (an
   * invalid credential never makes an anonymous caller), RATE_LIMITED after too many failures.
   */
  authenticate(presented: Presented, from: CallOrigin): MaybePromise<Principal> {
    const verifying = this.authenticateWith(this.verifierOf(presented), textOf(presented), from)
    return verifying instanceof Promise ? verifying.then(principalOf) : verifying.principal
  }

  /** Authenticates the caller by a credential of a known kind. Throws UNAUTHENTICATED, RATE_LIMITED. */
  authenticateWith<V extends VerifiedCredential, R extends Refusal>(
    verifier: CredentialVerifier<V, R>,
    credential: string,
    from: CallOrigin,
  ): MaybePromise<V> {
    const examining = this.examine(verifier, credential, from)
    return examining instanceof Promise
      ? examining.then((verification) => this.accept(verification, from))
      : this.accept(examining, from)
  }

  private accept<V extends VerifiedCredential, R extends Refusal>(
    verification: Verification<V, R>,
    from: CallOrigin,
  ): MaybePromise<V> {
    if (!verification.valid) return this.reject(verification, from)
    from.onAuthenticated?.(verification.verified.principal)
    return verification.verified
  }

  /**
   * Like `authenticate`, and also returns the e-mail address that the identity provider verified. Throws the same errors.
   *
   * @param newcomers whether to admit a signed-in person who is not a member, so that they can accept an invitation
   */
  identify(presented: Presented, from: CallOrigin, newcomers: boolean): MaybePromise<Identified> {
    const verifier = this.verifierOf(presented)
    const credential = textOf(presented)
    const identifyMember = () => andThen(this.authenticateWith(verifier, credential, from), identifiedBy)
    if (!newcomers) return identifyMember()
    return andThen(verifier.verify(credential, from.ipAddress), (verification) =>
      verification.valid || verification.verifiedEmail === undefined
        ? identifyMember()
        : { principal: null, verifiedEmail: verification.verifiedEmail },
    )
  }

  /**
   * Verifies a credential and records its use or its refusal, without limiting failures.
   *
   * @param address ANY_ADDRESS if an authenticated caller asks about somebody else's credential
   */
  examine<V extends VerifiedCredential, R extends Refusal>(
    verifier: CredentialVerifier<V, R>,
    credential: string,
    from: CallOrigin,
    address: CallerAddress = from.ipAddress,
  ): MaybePromise<Verification<V, R>> {
    // Usually all is in memory: waiting for it all the same would cost as much as the verification.
    const verifying = verifier.verify(credential, address)
    return verifying instanceof Promise
      ? verifying.then((verification) => this.record(verifier, verification, from, address))
      : this.record(verifier, verifying, from, address)
  }

  private record<V extends VerifiedCredential, R extends Refusal>(
    verifier: CredentialVerifier<V, R>,
    verification: Verification<V, R>,
    from: CallOrigin,
    address: CallerAddress,
  ): MaybePromise<Verification<V, R>> {
    if (!verification.valid) return this.recordRefusal(verifier, verification, from)
    const recording = verifier.recordUse(verification.verified, address)
    return recording instanceof Promise ? recording.then(() => verification) : verification
  }

  private async recordRefusal<V extends VerifiedCredential, R extends Refusal>(
    verifier: CredentialVerifier<V, R>,
    refusal: R,
    from: CallOrigin,
  ): Promise<R> {
    if (!(await verifier.recordRefusal(refusal, from))) await this.parts.recordUnknown(refusal, from)
    return refusal
  }

  /** Wraps an accepted credential for a long-lived operation, which re-checks it. */
  present(presented: Presented, from: CallOrigin): PresentedCredential {
    let reason: UnauthenticatedReason | null = null
    return {
      id: hash('sha256', `${textOf(presented)}\n${from.ipAddress}`, 'hex'),
      recheck: async () => {
        const verification = await this.recheck(presented, from)
        reason = verification.valid ? null : verification.reason
        return verification.valid ? verification.verified.principal : null
      },
      refusalReason: () => reason,
    }
  }

  /** Verifies a credential again. Not a use of the credential: nothing is recorded or limited. */
  recheck(presented: Presented, from: CallOrigin): MaybePromise<Verification> {
    return this.verifierOf(presented).verify(textOf(presented), from.ipAddress)
  }

  private async reject(refusal: Refusal, from: CallOrigin): Promise<never> {
    const limited = await this.parts.failures.consume(from, refusal.keyId)
    throw limited ?? unauthenticated(refusal.reason, refusal.message)
  }

  private verifierOf(presented: Presented): CredentialVerifier {
    if (typeof presented !== 'string') return this.parts.sessions
    return this.parts.strategies.find((candidate) => candidate.recognizes(presented)) ?? UNRECOGNIZED
  }
}

const identifiedBy = ({ principal }: VerifiedCredential): Identified => ({
  principal,
  verifiedEmail: principal.credential.verifiedEmail,
})

const principalOf = ({ principal }: VerifiedCredential): Principal => principal

const textOf = (presented: Presented): string => (typeof presented === 'string' ? presented : presented.sessionToken)
