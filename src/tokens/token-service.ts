import type { AccessControl } from '../access/access-control.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { CallerRates } from '../access/caller-rates.ts'
import type { FailureLimiter } from '../access/failure-limiter.ts'
import type { Principal } from '../access/principal.ts'
import { type Cause, presenting } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { causeOf } from '../audit/caller.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import { accessDenied, keyAccessDenied } from '../audit/events/access-events.ts'
import { tokenRevoked } from '../audit/events/token-events.ts'
import { KeyturnError, RefusedCredential, unauthenticated } from '../kernel/errors.ts'
import { formatScope } from '../kernel/grants.ts'
import { isId } from '../kernel/ids.ts'
import { looksLikeSecret } from '../kernel/secret-text.ts'
import type { KeyRow } from '../keys/key.entity.ts'
import type { KeyKind } from '../keys/key.ts'
import { lockKey } from '../keys/keys.store.ts'
import type { RevokeKey } from '../keys/lifecycle/revoke-key.ts'
import { effectiveGrants, type KeyFacts, type KeyFactsMemory } from '../keys/verification/key-facts.ts'
import { type KeyVerifier, mayUseFrom, refusalOf, type VerifiedSecret } from '../keys/verification/key-verifier.ts'
import type { Database } from '../persistence/database.ts'
import type { IssuedToken } from './access-token.ts'
import type { Exchange, ExchangeWish } from './exchange.ts'
import type { TokenVerifier } from './token-verifier.ts'
import { findFirstOrganization, insertRevokedToken } from './tokens.store.ts'

export interface TokenServiceParts {
  readonly issuer: string
  readonly database: Database
  readonly access: AccessControl
  readonly log: AuditLog
  readonly denials: DenialRecorder
  readonly failures: FailureLimiter
  readonly rates: CallerRates
  readonly memory: KeyFactsMemory
  readonly keyVerifier: KeyVerifier
  readonly tokenVerifier: TokenVerifier
  readonly exchange: Exchange
  readonly revokeKey: RevokeKey
}

/** What introspection tells of a good secret or token (RFC 7662 section 2.2). */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true
      readonly token_type: 'access_token' | 'api_key' | 'personal_access_key'
      readonly client_id: string
      readonly sub: string
      readonly scope: string
      readonly org: string
      readonly exp?: number
      readonly iat: number
      readonly iss: string
      readonly aud?: string
      readonly jti?: string
      readonly project?: string
    }

/** What a caller says of the key whose secret they show. */
interface ExpectedKey {
  readonly keyId?: string
  readonly name?: string
  readonly kind?: KeyKind
}

/** What a good secret's key is not, of what its holder says of it; null where all is as they say. */
const mismatchOf = (key: KeyRow, expected: ExpectedKey): string | null => {
  if (expected.keyId !== undefined && expected.keyId !== key.id) return 'wrong-client'
  if (expected.kind !== undefined && expected.kind !== key.kind) return 'wrong-kind'
  return expected.name === undefined || expected.name.normalize('NFC').trim() === key.name ? null : 'wrong-name'
}

const INACTIVE: Introspection = { active: false }
const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000)

/** What is done with tokens: issuing, asking about, ending. Every transport's endpoint is a thin layer over this. */
export class TokenService {
  private readonly parts: TokenServiceParts
  /** It never changes, once there is one. */
  private firstOrganization: string | null = null

  constructor(parts: TokenServiceParts) {
    this.parts = parts
  }

  /**
   * A token for a secret. Throws UNAUTHENTICATED, RATE_LIMITED, and what the exchange throws; a refusal of a known key is
   * in the history before it is answered.
   *
   * @param expected what the caller says of the key, by id or by name: a good secret of another key is refused
   */
  async exchangeSecret(
    secret: string,
    wish: ExchangeWish,
    from: CallOrigin,
    expected: ExpectedKey = {},
  ): Promise<IssuedToken> {
    const { exchange } = this.parts
    const verified = await this.verifySecret(secret, from, expected)
    return this.issueWithin(verified.facts, verified.principal, from, () => exchange.fromSecret(verified, wish, from))
  }

  /**
   * A token for a personal access key, for clients that know nothing of API keys. Throws as `exchangeSecret`.
   *
   * @param chooseOrganization chooses where the token is valid: the organization of the key, or one below it
   */
  async exchangePersonal(
    secret: string,
    from: CallOrigin,
    chooseOrganization: (principal: Principal) => Promise<string>,
  ): Promise<IssuedToken> {
    const { exchange, issuer: audience } = this.parts
    const verified = await this.verifySecret(secret, from, { kind: 'PERSONAL_ACCESS_KEY' })
    return this.issueWithin(verified.facts, verified.principal, from, async () => {
      const organizationId = await chooseOrganization(verified.principal)
      return exchange.fromSecret(verified, { organizationId, audience, guid: true }, from)
    })
  }

  /** A token for an API key by its name and secret. Throws as `exchangeSecret`, and FORBIDDEN for an organization beyond it. */
  async exchangeApiKey(
    name: string,
    secret: string,
    organizationId: string | undefined,
    from: CallOrigin,
  ): Promise<IssuedToken> {
    const { access, exchange, issuer: audience } = this.parts
    const verified = await this.verifySecret(secret, from, { name, kind: 'API_KEY' })
    return this.issueWithin(verified.facts, verified.principal, from, async () => {
      if (organizationId !== undefined && !(await access.sees(verified.principal, organizationId)))
        throw new KeyturnError('FORBIDDEN', 'The key has no access to that organization.')
      return exchange.fromSecret(verified, { organizationId, audience, guid: true }, from)
    })
  }

  /**
   * A narrower token for a token of ours, whoever it is for, used from where its key may be. Throws UNAUTHENTICATED,
   * RATE_LIMITED, and what the exchange throws.
   */
  async exchangeToken(token: string, wish: ExchangeWish, from: CallOrigin): Promise<IssuedToken> {
    const { failures, tokenVerifier, exchange } = this.parts
    const verified = await failures.guard(from, async () => {
      const found = await tokenVerifier.verify(token)
      if (found !== null && mayUseFrom(found.facts.key, from.ipAddress)) return found
      if (!(await tokenVerifier.recordRefusal(token, from))) await this.recordStranger(from, 'token')
      throw unauthenticated('This access token is not valid, or not any more.')
    })
    return this.issueWithin(verified.facts, verified.principal, from, () => exchange.fromToken(verified, wish, from))
  }

  /** The caller behind a key's id and secret. Throws UNAUTHENTICATED, RATE_LIMITED. */
  async authenticateClient(keyId: string, secret: string, from: CallOrigin): Promise<Principal> {
    return (await this.verifySecret(secret, from, { keyId })).principal
  }

  /**
   * What a secret or token is good for now. A caller who may not ask about the organization's tokens learns what they
   * would learn of a text that nobody issued.
   */
  async introspect(caller: Principal, token: string, from: CallOrigin): Promise<Introspection> {
    return looksLikeSecret(token) ? this.introspectSecret(caller, token, from) : this.introspectToken(caller, token)
  }

  /**
   * Ends a token before its time, or the key of a secret: possession suffices. Anything that is not known, or has ended
   * already, changes nothing, and the answer does not say so.
   */
  async revoke(text: string, cause: Cause): Promise<void> {
    const { tokenVerifier, revokeKey } = this.parts
    if (looksLikeSecret(text)) {
      try {
        await revokeKey.revokeSecret(cause, text, 'UNSPECIFIED')
      } catch (error) {
        // Malformed: to this caller the same as unknown.
        if (!(error instanceof KeyturnError) || error.code !== 'BAD_USER_INPUT') throw error
      }
      return
    }
    const claims = await tokenVerifier.readLive(text)
    if (claims === null) return
    const { database, log, memory } = this.parts
    const facts = await memory.find(claims.client_id)
    if (facts === null) return
    const { key } = facts
    const expiresAt = new Date(claims.exp * 1000)
    await database.write(async (writer) => {
      // Of two who end it at once, one does.
      await lockKey(writer, key.id)
      if (!(await insertRevokedToken(writer, { id: claims.jti, keyId: key.id, expiresAt }))) return
      await log.append(
        writer,
        key.organizationId,
        presenting(cause, key.id, claims.jti),
        tokenRevoked(key, { id: claims.jti, organizationId: claims.org, expiresAt }),
      )
    })
  }

  private verifySecret(secret: string, from: CallOrigin, expected: ExpectedKey): Promise<VerifiedSecret> {
    const { failures, keyVerifier } = this.parts
    return failures.guard(from, async () => {
      const verification = await keyVerifier.use(secret, from)
      if (!verification.good) {
        if (verification.facts === null && !(await this.recordWrongSecret(expected.keyId, from)))
          await this.recordStranger(from, 'unknown')
        throw verification.facts === null
          ? new RefusedCredential(refusalOf(verification).message, expected.keyId ?? null)
          : refusalOf(verification)
      }
      const { facts } = verification.verified
      const { key } = facts
      const reason = mismatchOf(key, expected)
      if (reason === null) return verification.verified
      await this.recordDenial(facts, null, from, { reason })
      await this.recordWrongSecret(expected.keyId, from)
      throw new RefusedCredential('The secret is not that of the key.', expected.keyId ?? key.id)
    })
  }

  /** Somebody named a key and showed something that is no secret of it: its keepers want to know. False where it names none. */
  private async recordWrongSecret(keyId: string | undefined, from: CallOrigin): Promise<boolean> {
    const facts = keyId === undefined || !isId('key', keyId) ? null : await this.parts.memory.find(keyId)
    if (facts !== null) await this.recordDenial(facts, null, from, { reason: 'wrong-secret' })
    return facts !== null
  }

  /** What was shown belongs to no key, so to no tenant: whoever runs the service wants to know. */
  private async recordStranger(from: CallOrigin, reason: 'unknown' | 'token'): Promise<void> {
    const { database, denials } = this.parts
    this.firstOrganization ??= await database.read(findFirstOrganization)
    const organizationId = this.firstOrganization
    if (organizationId === null) return
    const cause = causeOf(null, from)
    await denials.record({ organizationId, cause, draft: accessDenied({ reason }) })
  }

  /**
   * Issues a token within the rates of its caller, and records a refusal. Throws RATE_LIMITED before anything is issued, or
   * in place of a refusal where the caller has had too many.
   */
  private async issueWithin(
    facts: KeyFacts,
    principal: Principal,
    from: CallOrigin,
    issue: () => Promise<IssuedToken>,
  ): Promise<IssuedToken> {
    const { rates } = this.parts
    await rates.require('exchange', principal)
    try {
      return await issue()
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error
      await this.recordDenial(facts, principal, from, {
        reason: 'exchange',
        code: error.code,
        ...(error.fields.required === undefined ? {} : { required: error.fields.required }),
      })
      await rates.require('refusal', principal)
      throw error
    }
  }

  private recordDenial(
    facts: KeyFacts,
    principal: Principal | null,
    from: CallOrigin,
    why: { readonly reason: string; readonly code?: string; readonly required?: readonly string[] },
  ): Promise<void> {
    const { key } = facts
    return this.parts.denials.record({
      organizationId: key.organizationId,
      cause: causeOf(principal, from),
      draft: keyAccessDenied(key, why),
    })
  }

  private async introspectSecret(caller: Principal, secret: string, from: CallOrigin): Promise<Introspection> {
    const { keyVerifier, access, issuer } = this.parts
    const verification = await keyVerifier.use(secret, from, 'somebody else')
    if (!verification.good) return INACTIVE
    const { facts, principal, secret: row } = verification.verified
    const { key } = facts
    if (!(await access.may(caller, 'readTokens', key.organizationId))) return INACTIVE
    const { expiresAt } = principal.credential
    return {
      active: true,
      token_type: key.kind === 'API_KEY' ? 'api_key' : 'personal_access_key',
      client_id: key.id,
      sub: principal.id,
      scope: formatScope(effectiveGrants(facts)),
      org: key.organizationId,
      iat: seconds(row.createdAt),
      iss: issuer,
      ...(expiresAt === null ? {} : { exp: seconds(expiresAt) }),
      ...(key.projectId === null ? {} : { project: key.projectId }),
    }
  }

  private async introspectToken(caller: Principal, token: string): Promise<Introspection> {
    const { tokenVerifier, access } = this.parts
    const verified = await tokenVerifier.verify(token)
    if (verified === null) return INACTIVE
    const { claims, principal } = verified
    if (!(await access.may(caller, 'readTokens', claims.org))) return INACTIVE
    return {
      active: true,
      token_type: 'access_token',
      client_id: claims.client_id,
      sub: claims.sub,
      // What the token says, as far as its key still carries it.
      scope: formatScope(await access.grantsIn(principal, claims.org)),
      org: claims.org,
      exp: claims.exp,
      iat: claims.iat,
      iss: claims.iss,
      aud: claims.aud,
      jti: claims.jti,
      ...(claims.project === undefined ? {} : { project: claims.project }),
    }
  }
}
