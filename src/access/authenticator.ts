import { hash } from 'node:crypto'
import { unauthenticated } from '../kernel/errors.ts'
import type { CallOrigin } from './call-origin.ts'
import type { FailureLimiter } from './failure-limiter.ts'
import type { Principal } from './principal.ts'

/** One kind of credential: a secret, an access token, an identity provider's JWT. */
export interface CredentialStrategy {
  /** Whether the text has the form of this kind of credential. The first strategy that recognizes it decides. */
  recognizes(credential: string): boolean
  /** Returns the caller. Throws UNAUTHENTICATED if the credential is invalid. */
  authenticate(credential: string, from: CallOrigin): Promise<Principal>
  /** Re-checks a credential that was valid; null if it no longer is. Not a use of the credential: nothing is recorded. */
  recheck(credential: string, from: CallOrigin): Promise<Principal | null>
  /** The e-mail address that the credential proves, also of a non-member; null if the credential is invalid. */
  verifiedEmail?(credential: string): Promise<string | null>
}

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
}

const BEARER = /^bearer +([^\s]+) *$/i

/** Parses a bearer Authorization header (RFC 6750 section 2.1). Throws UNAUTHENTICATED if it has another form. */
export const parseBearer = (authorization: string): string => {
  const credential = BEARER.exec(authorization)?.[1]
  if (credential === undefined)
    throw unauthenticated(
      'The authorization must read "Bearer <credential>", where the credential is a secret or an access token.',
    )
  return credential
}

export class Authenticator {
  private readonly strategies: readonly CredentialStrategy[]
  private readonly failures: FailureLimiter

  constructor(strategies: readonly CredentialStrategy[], failures: FailureLimiter) {
    this.strategies = strategies
    this.failures = failures
  }

  /**
   * Authenticates the caller. Throws UNAUTHENTICATED if the credential is invalid (an invalid credential never makes an
   * anonymous caller), RATE_LIMITED after too many failures.
   */
  authenticate(credential: string, from: CallOrigin): Promise<Principal> {
    return this.failures.guard(from, async () => this.requireStrategy(credential).authenticate(credential, from))
  }

  /**
   * Like `authenticate`, and also returns the e-mail address that the identity provider verified. Throws the same errors.
   *
   * @param newcomers whether to admit a signed-in person who is not a member, so that they can accept an invitation
   */
  identify(credential: string, from: CallOrigin, newcomers: boolean): Promise<Identified> {
    return this.failures.guard(from, async () => {
      const strategy = this.requireStrategy(credential)
      const verifiedEmail = (await strategy.verifiedEmail?.(credential)) ?? null
      const principal =
        verifiedEmail === null || !newcomers
          ? await strategy.authenticate(credential, from)
          : await strategy.recheck(credential, from)
      return { principal, verifiedEmail }
    })
  }

  /** Wraps an accepted credential for a long-lived operation, which re-checks it. */
  present(credential: string, from: CallOrigin): PresentedCredential {
    return {
      id: hash('sha256', `${credential}\n${from.ipAddress}`, 'hex'),
      recheck: () => this.recheck(credential, from),
    }
  }

  /** The holder of a credential, or null if it is no longer valid. Not a use of the credential. */
  async recheck(credential: string, from: CallOrigin): Promise<Principal | null> {
    return (await this.strategyFor(credential)?.recheck(credential, from)) ?? null
  }

  private requireStrategy(credential: string): CredentialStrategy {
    const strategy = this.strategyFor(credential)
    if (strategy === undefined)
      throw unauthenticated('Unknown credential. Check that it is complete and was issued by this server.')
    return strategy
  }

  private strategyFor(credential: string): CredentialStrategy | undefined {
    return this.strategies.find((candidate) => candidate.recognizes(credential))
  }
}
