import type { AccessControl } from '../access/access-control.ts'
import type { Authenticator } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { CallerRates } from '../access/caller-rates.ts'
import type { Principal } from '../access/principal.ts'
import { causeOf } from '../audit/caller.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import { keyAccessDenied } from '../audit/events/access-events.ts'
import { KeyturnError } from '../kernel/errors.ts'
import type { KeyFacts } from '../keys/verification/key-facts.ts'
import type { IssuedToken } from './access-token.ts'
import type { ClientAuthenticator, KeyClaim } from './client-authenticator.ts'
import type { TokenIssuer } from './token-issuer.ts'
import type { TokenRequest } from './token-request.ts'
import type { TokenVerifier } from './token-verifier.ts'

export interface ExchangeParts {
  readonly issuer: string
  readonly access: AccessControl
  readonly authenticator: Authenticator
  readonly clients: ClientAuthenticator
  readonly tokenVerifier: TokenVerifier
  readonly tokenIssuer: TokenIssuer
  readonly rates: CallerRates
  readonly denials: DenialRecorder
}

/**
 * Exchanges a secret or an access token for an access token. Every method throws UNAUTHENTICATED for an invalid credential,
 * RATE_LIMITED, and what the TokenIssuer throws. A refusal is in the audit log before it is answered.
 */
export class Exchange {
  private readonly parts: ExchangeParts

  constructor(parts: ExchangeParts) {
    this.parts = parts
  }

  /** @param claim what the caller says about the key: a valid secret of another key is refused */
  async secret(secret: string, request: TokenRequest, from: CallOrigin, claim: KeyClaim = {}): Promise<IssuedToken> {
    const { clients, tokenIssuer } = this.parts
    const verified = await clients.authenticate(secret, claim, from)
    return this.issue(verified, from, () => tokenIssuer.forSecret(verified, request, from))
  }

  /** Issues a narrower token for a token, whatever its audience. */
  async token(token: string, request: TokenRequest, from: CallOrigin): Promise<IssuedToken> {
    const { authenticator, tokenVerifier, tokenIssuer } = this.parts
    const verified = await authenticator.authenticateWith(tokenVerifier, token, from)
    return this.issue(verified, from, () => tokenIssuer.forToken(verified, request, from))
  }

  /**
   * Exchanges a personal access key, for Appcircle's clients.
   *
   * @param chooseOrganization chooses where the token is valid: the organization of the key, or one below it
   */
  async personalKey(
    secret: string,
    from: CallOrigin,
    chooseOrganization: (principal: Principal) => Promise<string>,
  ): Promise<IssuedToken> {
    const { clients, tokenIssuer, issuer: audience } = this.parts
    const verified = await clients.authenticate(secret, { kind: 'PERSONAL_ACCESS_KEY' }, from)
    return this.issue(verified, from, async () => {
      const organizationId = await chooseOrganization(verified.principal)
      return tokenIssuer.forSecret(verified, { organizationId, audience, guid: true }, from)
    })
  }

  /** Exchanges an API key by its name and secret, for Appcircle's clients. FORBIDDEN for an organization beyond the key's. */
  async apiKey(
    name: string,
    secret: string,
    organizationId: string | undefined,
    from: CallOrigin,
  ): Promise<IssuedToken> {
    const { access, clients, tokenIssuer, issuer: audience } = this.parts
    const verified = await clients.authenticate(secret, { name, kind: 'API_KEY' }, from)
    return this.issue(verified, from, async () => {
      if (organizationId !== undefined && !(await access.sees(verified.principal, organizationId)))
        throw new KeyturnError('FORBIDDEN', 'The key has no access to that organization.')
      return tokenIssuer.forSecret(verified, { organizationId, audience, guid: true }, from)
    })
  }

  /** Issues a token within the rates of its caller. A refusal is recorded, and counts against the rate of refusals. */
  private async issue(
    { facts, principal }: { readonly facts: KeyFacts; readonly principal: Principal },
    from: CallOrigin,
    issueToken: () => Promise<IssuedToken>,
  ): Promise<IssuedToken> {
    const { rates, denials } = this.parts
    await rates.require('exchange', principal)
    try {
      return await issueToken()
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error
      const { required } = error.fields
      await denials.record({
        organizationId: facts.key.organizationId,
        cause: causeOf(principal, from),
        draft: keyAccessDenied(facts.key, {
          reason: 'exchange',
          code: error.code,
          ...(required === undefined ? {} : { required }),
        }),
      })
      await rates.require('refusal', principal)
      throw error
    }
  }
}
