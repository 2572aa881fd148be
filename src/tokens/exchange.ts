import { randomUUID } from 'node:crypto'
import type { AccessControl } from '../access/access-control.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import { causeOf } from '../audit/caller.ts'
import { tokenIssued } from '../audit/events/token-events.ts'
import type { GroupedAppends } from '../audit/grouped-appends.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds } from '../kernel/duration.ts'
import { badInput, forbidden, unauthenticated } from '../kernel/errors.ts'
import { coversAll, formatGrant, formatScope, type Grant, parseScope } from '../kernel/grants.ts'
import { guidOf } from '../kernel/ids.ts'
import { findKey, listLiveSecrets } from '../keys/keys.store.ts'
import { type KeyFacts, type KeyFactsMemory, principalOf } from '../keys/verification/key-facts.ts'
import type { VerifiedSecret } from '../keys/verification/key-verifier.ts'
import { carries } from '../keys/verification/token-endings.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Database } from '../persistence/database.ts'
import {
  ACCESS_TOKEN_TYPE,
  type AccessTokenClaims,
  grantsOfScope,
  type IssuedToken,
  LONGEST_TOKEN_BYTES,
} from './access-token.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { TokenOrganizations } from './token-organizations.ts'
import type { VerifiedToken } from './token-verifier.ts'

export interface ExchangeParts {
  readonly issuer: string
  /** `aud` of a token whose request names none. */
  readonly defaultAudience: string
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
  readonly memory: KeyFactsMemory
  readonly signingKeys: SigningKeys
  readonly appends: GroupedAppends
  readonly organizations: TokenOrganizations
}

export interface ExchangeWish {
  /** Narrower grants, as in OAuth; none given means all that the key carries. */
  readonly scope?: string | null | undefined
  /** The key's organization, or one below it. */
  readonly organizationId?: string | null | undefined
  /** Who the token is for; none given means the default audience, which is not Keyturn's own API. */
  readonly audience?: string | null | undefined
  /** Whether the token says its organization as a GUID too, for Appcircle's clients. */
  readonly guid?: boolean
}

const LONGEST_AUDIENCE = 512

/** Makes short-lived access tokens of keys, and narrower ones of tokens. */
export class Exchange {
  private readonly parts: ExchangeParts

  constructor(parts: ExchangeParts) {
    this.parts = parts
  }

  /**
   * Issues a token for a verified secret. It carries what the key carries in the organization now, never more; it lives
   * as long as the policy says, never past the key's expiry or the end of the secret's overlap. Resolves when
   * TOKEN_ISSUED is committed. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN for a scope beyond the key's, and UNAUTHENTICATED
   * where the key has ended meanwhile.
   */
  fromSecret({ facts, secret, principal }: VerifiedSecret, wish: ExchangeWish, from: CallOrigin): Promise<IssuedToken> {
    const ends = [principal.credential.expiresAt, this.earliestEnd(facts, secret)].filter((end) => end !== null)
    const noLongerThan = ends.length === 0 ? null : new Date(Math.min(...ends.map((end) => end.getTime())))
    return this.issue({ facts, principal }, secret.id, noLongerThan, wish, from)
  }

  /**
   * Issues a narrower token for a token: no further, no longer and no wider than the one it is made from. One that was
   * made for somebody else than Keyturn stays theirs: whoever it was shown to must not turn it into one for others.
   * Throws as `fromSecret`.
   */
  async fromToken(
    { claims, facts, principal }: VerifiedToken,
    wish: ExchangeWish,
    from: CallOrigin,
  ): Promise<IssuedToken> {
    const audience = wish.audience || claims.aud
    if (claims.aud !== this.parts.issuer && audience !== claims.aud)
      throw badInput('audience', `must be ${claims.aud}, which the token was made for, or be left out`)
    const narrower = {
      ...wish,
      organizationId: wish.organizationId ?? claims.org,
      audience,
    }
    return this.issue({ facts, principal }, claims.key_secret, new Date(claims.exp * 1000), narrower, from)
  }

  /** The overlap of a secret may wait for the first use of the new one: it ends no sooner than if that were now. */
  private earliestEnd(facts: VerifiedSecret['facts'], secret: VerifiedSecret['secret']): Date | null {
    if (secret.state !== 'RETIRING') return null
    const overlap = facts.secrets.find((one) => one.state === 'CURRENT')?.overlapFromFirstUse ?? null
    return overlap === null ? null : addSeconds(this.parts.clock.now(), overlap)
  }

  private async issue(
    { facts, principal }: Pick<VerifiedSecret, 'facts' | 'principal'>,
    secretId: string,
    noLongerThan: Date | null,
    wish: ExchangeWish,
    from: CallOrigin,
  ): Promise<IssuedToken> {
    const { issuer, defaultAudience, clock, access, signingKeys, appends, organizations } = this.parts
    const { key } = facts
    const organizationId = wish.organizationId ?? key.organizationId
    await access.requireVisible(principal, organizationId)
    const held = await access.grantsIn(principal, organizationId)
    const scope = formatScope(decideScope(held, wish.scope))
    const audience = decideAudience(wish.audience, defaultAudience)
    const now = clock.now()
    const iat = Math.floor(now.getTime() / 1000)
    const lifetime = await this.lifetimeIn(facts, organizationId)
    const latest = noLongerThan === null ? Number.POSITIVE_INFINITY : Math.floor(noLongerThan.getTime() / 1000)
    const claims: AccessTokenClaims = {
      iss: issuer,
      sub: principal.id,
      aud: audience,
      client_id: key.id,
      iat,
      exp: Math.min(iat + lifetime, latest),
      jti: randomUUID(),
      scope,
      org: organizationId,
      ...(key.projectId === null ? {} : { project: key.projectId }),
      key_secret: secretId,
      key_epoch: key.tokenEpoch,
      ...(wish.guid === true ? { currentOrganizationId: guidOf(organizationId) } : {}),
    }
    const accessToken = await signingKeys.sign(ACCESS_TOKEN_TYPE, claims)
    if (accessToken.length > LONGEST_TOKEN_BYTES)
      throw badInput('scope', 'must be narrower: a token that says all of it would be too long to be used')
    const expiresAt = new Date(claims.exp * 1000)
    if (organizationId !== key.organizationId) await organizations.note(key.id, organizationId, expiresAt)
    await appends.append(
      key.organizationId,
      causeOf(principal, from),
      tokenIssued(key, { id: claims.jti, scope, audience, organizationId, expiresAt }),
    )
    await this.requireStanding(facts, claims)
    return { accessToken, expiresIn: claims.exp - iat, scope }
  }

  /**
   * What was valid when the exchange began may have ended, or carry less, before the token was made. Nobody gets such a
   * token: it says that it is younger than the change, and who verifies it elsewhere would believe it.
   */
  private async requireStanding(before: KeyFacts, claims: AccessTokenClaims): Promise<void> {
    const { clock, access } = this.parts
    const facts = await this.factsNow(before)
    const principal = facts === null || !carries(facts, claims, clock.now()) ? null : principalOf(facts, null)
    if (principal === null) throw unauthenticated('The key, or this secret of it, has just ended.')
    if (!coversAll(await access.grantsIn(principal, claims.org), grantsOfScope(claims)))
      throw unauthenticated('The key has just lost grants. Exchange it again for a token with what it still carries.')
  }

  /**
   * An instance that shares its database may not have heard yet of what another one did. What stands in the history before
   * the token's event is committed, and so is found.
   */
  private async factsNow(before: KeyFacts): Promise<KeyFacts | null> {
    const { database, memory } = this.parts
    const { id, kind } = before.key
    if (database.engine === 'sqlite') return memory.find(id)
    if (kind === 'PERSONAL_ACCESS_KEY') return database.read((reader) => memory.load(reader, id))
    // Of an API key nothing else decides what its token is worth.
    const [key, secrets] = await database.read((reader) =>
      Promise.all([findKey(reader, id), listLiveSecrets(reader, id)]),
    )
    return key === null ? null : { ...before, key, secrets }
  }

  private async lifetimeIn(facts: VerifiedSecret['facts'], organizationId: string): Promise<number> {
    if (organizationId === facts.key.organizationId) return facts.policy.accessTokenLifetime
    const { database, directory } = this.parts
    return (await database.read((reader) => directory.policyOf(reader, organizationId))).accessTokenLifetime
  }
}

const decideScope = (held: readonly Grant[], wanted: string | null | undefined): readonly Grant[] => {
  if (wanted == null || wanted.trim() === '') return held
  if (wanted.length > LONGEST_TOKEN_BYTES)
    throw badInput('scope', `must have at most ${LONGEST_TOKEN_BYTES} characters`)
  const scope = parseScope(wanted)
  if (scope === null)
    throw badInput('scope', 'must be module:role pairs separated by spaces, like build:operator audit:viewer')
  const beyond = scope.filter((grant) => !coversAll(held, [grant])).map(formatGrant)
  if (beyond.length > 0)
    throw forbidden(beyond, `The key does not carry ${beyond.join(', ')}: a scope narrows, it never widens.`)
  return scope
}

const decideAudience = (wanted: string | null | undefined, fallback: string): string => {
  if (wanted == null || wanted === '') return fallback
  if (wanted.length > LONGEST_AUDIENCE || !/^[\x21-\x7e]+$/.test(wanted))
    throw badInput('audience', `must have 1 to ${LONGEST_AUDIENCE} printable characters and no spaces`)
  return wanted
}
