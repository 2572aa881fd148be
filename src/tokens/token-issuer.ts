import { randomUUID } from 'node:crypto'
import type { AccessControl } from '../access/access-control.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import { causeOf } from '../audit/caller.ts'
import { tokenIssued } from '../audit/events/token-events.ts'
import type { GroupedAppends } from '../audit/grouped-appends.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds } from '../kernel/duration.ts'
import { badInput } from '../kernel/errors.ts'
import { formatScope } from '../kernel/grants.ts'
import { guidOf } from '../kernel/ids.ts'
import type { KeyFacts } from '../keys/verification/key-facts.ts'
import type { VerifiedSecret } from '../keys/verification/key-verifier.ts'
import type { Database } from '../persistence/database.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import { ACCESS_TOKEN_TYPE, type AccessTokenClaims, type IssuedToken, LONGEST_TOKEN_BYTES } from './access-token.ts'
import type { IssuanceCheck } from './issuance-check.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { TokenOrganizations } from './token-organizations.ts'
import { decideAudience, decideLifetime, decideScope, type TokenRequest } from './token-request.ts'
import type { VerifiedToken } from './token-verifier.ts'

export interface TokenIssuerParts {
  readonly issuer: string
  /** `aud` of a token whose request names none. */
  readonly defaultAudience: string
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly policies: PolicyDirectory
  readonly signingKeys: SigningKeys
  readonly appends: GroupedAppends
  readonly organizations: TokenOrganizations
  readonly check: IssuanceCheck
}

/** What a token is issued on. */
interface Grounds {
  readonly facts: KeyFacts
  readonly principal: Principal
  /** The secret that was presented, directly or through a token issued for it. */
  readonly secretId: string
  /** The token expires no later; null if nothing but the policy limits it. */
  readonly latestEnd: Date | null
}

/** Issues short-lived access tokens for verified secrets, and narrower ones for verified tokens. */
export class TokenIssuer {
  private readonly parts: TokenIssuerParts

  constructor(parts: TokenIssuerParts) {
    this.parts = parts
  }

  /**
   * Issues a token for a verified secret, with at most the key's grants in the organization. It expires after the policy's
   * lifetime, and no later than the key or the overlap of the secret. Resolves when TOKEN_ISSUED is committed. Throws
   * BAD_USER_INPUT, NOT_FOUND, FORBIDDEN for a scope beyond the key's, and UNAUTHENTICATED if the key ends meanwhile.
   */
  forSecret(
    { facts, secret, principal }: VerifiedSecret,
    request: TokenRequest,
    from: CallOrigin,
  ): Promise<IssuedToken> {
    const ends = [principal.credential.expiresAt, this.earliestEnd(facts, secret)].filter((end) => end !== null)
    const latestEnd = ends.length === 0 ? null : new Date(Math.min(...ends.map((end) => end.getTime())))
    return this.issue({ facts, principal, secretId: secret.id, latestEnd }, request, from)
  }

  /**
   * Issues a narrower token for a token: with at most its scope, organization and remaining lifetime. A token for another
   * audience than Keyturn keeps that audience, so that a service that receives it cannot turn it into one for others.
   * Throws as `forSecret`.
   */
  async forToken(
    { claims, facts, principal }: VerifiedToken,
    request: TokenRequest,
    from: CallOrigin,
  ): Promise<IssuedToken> {
    const audience = request.audience || claims.aud
    if (claims.aud !== this.parts.issuer && audience !== claims.aud)
      throw badInput('audience', `must be ${claims.aud}, the audience of the token, or be left out`)
    const organizationId = request.organizationId ?? claims.org
    const grounds = { facts, principal, secretId: claims.key_secret, latestEnd: new Date(claims.exp * 1000) }
    return this.issue(grounds, { ...request, organizationId, audience }, from)
  }

  /** The earliest instant at which an overlap that waits for the first use of the new secret can end. */
  private earliestEnd(facts: KeyFacts, secret: VerifiedSecret['secret']): Date | null {
    if (secret.state !== 'RETIRING') return null
    const overlap = facts.secrets.find((one) => one.state === 'CURRENT')?.overlapFromFirstUse ?? null
    return overlap === null ? null : addSeconds(this.parts.clock.now(), overlap)
  }

  private async issue(grounds: Grounds, request: TokenRequest, from: CallOrigin): Promise<IssuedToken> {
    const { signingKeys, appends, organizations, check } = this.parts
    const { facts, principal } = grounds
    const { key } = facts
    const claims = await this.decideClaims(grounds, request)
    const accessToken = await signingKeys.sign(ACCESS_TOKEN_TYPE, claims)
    if (accessToken.length > LONGEST_TOKEN_BYTES)
      throw badInput('scope', 'must be narrower: the token with all of it would be too long for a header')
    const { jti: id, scope, aud: audience, org: organizationId } = claims
    const expiresAt = new Date(claims.exp * 1000)
    if (organizationId !== key.organizationId) await organizations.note(key.id, organizationId, expiresAt)
    const event = tokenIssued(key, { id, scope, audience, organizationId, expiresAt })
    await appends.append(key.organizationId, causeOf(principal, from), event)
    await check.require(facts, claims)
    return { accessToken, expiresIn: claims.exp - claims.iat, scope, keyExpiresAt: key.expiresAt }
  }

  private async decideClaims(
    { facts, principal, secretId, latestEnd }: Grounds,
    request: TokenRequest,
  ): Promise<AccessTokenClaims> {
    const { issuer, defaultAudience, clock, access } = this.parts
    const { key } = facts
    const organizationId = request.organizationId ?? key.organizationId
    await access.requireVisible(principal, organizationId)
    const held = await access.grantsIn(principal, organizationId)
    const scope = formatScope(decideScope(held, request.scope))
    const aud = decideAudience(request.audience, defaultAudience)
    const lifetime = decideLifetime(request.expiresInSeconds, await this.maximumLifetimeIn(facts, organizationId))
    const iat = Math.floor(clock.now().getTime() / 1000)
    const latest = latestEnd === null ? Number.POSITIVE_INFINITY : Math.floor(latestEnd.getTime() / 1000)
    return {
      iss: issuer,
      sub: principal.id,
      aud,
      client_id: key.id,
      iat,
      exp: Math.min(iat + lifetime, latest),
      jti: randomUUID(),
      scope,
      org: organizationId,
      ...(key.projectId === null ? {} : { project: key.projectId }),
      key_secret: secretId,
      key_epoch: key.tokenEpoch,
      ...(key.expiresAt === null ? {} : { key_expires_at: Math.floor(key.expiresAt.getTime() / 1000) }),
      ...(request.guid === true ? { currentOrganizationId: guidOf(organizationId) } : {}),
    }
  }

  /** The policy's lifetime of tokens for an organization, in seconds. */
  private async maximumLifetimeIn(facts: KeyFacts, organizationId: string): Promise<number> {
    if (organizationId === facts.key.organizationId) return facts.policy.accessTokenLifetime
    const { database, policies } = this.parts
    return (await database.read((reader) => policies.effective(reader, organizationId))).accessTokenLifetime
  }
}
