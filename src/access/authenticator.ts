import { hash } from 'node:crypto'
import { unauthenticated } from '../kernel/errors.ts'
import type { CallOrigin } from './call-origin.ts'
import type { FailureLimiter } from './failure-limiter.ts'
import type { Principal } from './principal.ts'

/** One kind of credential: a secret, an access token, an identity provider's JWT. */
export interface CredentialStrategy {
  /** Whether the text is meant to be a credential of this kind; the first strategy that says so decides. */
  recognizes(credential: string): boolean
  /** The caller, or UNAUTHENTICATED. */
  authenticate(credential: string, from: CallOrigin): Promise<Principal>
  /** Whether a credential that was good still is, and for whom: not a use of it, so nothing is recorded. */
  recheck(credential: string, from: CallOrigin): Promise<Principal | null>
  /** The e-mail address that the credential proves, member or not; null where it is not valid. */
  verifiedEmail?(credential: string): Promise<string | null>
}

/** Who presented a credential. A person who signed in but is no member yet has an e-mail address and no principal. */
export interface Identified {
  readonly principal: Principal | null
  readonly verifiedEmail: string | null
}

/** A credential that was accepted and on which something goes on, which must end with it. */
export interface PresentedCredential {
  /** Equal for the same credential presented from the same address: both are valid, or neither. */
  readonly id: string
  /** The holder now, or null where the credential is no longer valid. Not a use of the credential. */
  readonly recheck: () => Promise<Principal | null>
}

const BEARER = /^bearer +([^\s]+) *$/i

/** The credential of an Authorization header's value. Throws UNAUTHENTICATED where it is of another form. */
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
   * Who shows the credential. One that is not good is UNAUTHENTICATED, never an anonymous caller; and RATE_LIMITED where
   * too many were not.
   */
  authenticate(credential: string, from: CallOrigin): Promise<Principal> {
    return this.failures.guard(from, async () => this.requireStrategy(credential).authenticate(credential, from))
  }

  /**
   * The same, and also the address that a sign-in at the identity provider verified. Throws as `authenticate`.
   *
   * @param newcomers whether to let in somebody who signed in without being a member: they may accept an invitation
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

  /** What is needed to check an accepted credential again, for as long as something goes on by it. */
  present(credential: string, from: CallOrigin): PresentedCredential {
    return {
      id: hash('sha256', `${credential}\n${from.ipAddress}`, 'hex'),
      recheck: () => this.recheck(credential, from),
    }
  }

  /** The holder of a credential that was good, if it still is. Not a use of it. */
  async recheck(credential: string, from: CallOrigin): Promise<Principal | null> {
    return (await this.strategyFor(credential)?.recheck(credential, from)) ?? null
  }

  private requireStrategy(credential: string): CredentialStrategy {
    const strategy = this.strategyFor(credential)
    if (strategy === undefined) throw unauthenticated('This is no credential of this server.')
    return strategy
  }

  private strategyFor(credential: string): CredentialStrategy | undefined {
    return this.strategies.find((candidate) => candidate.recognizes(credential))
  }
}
