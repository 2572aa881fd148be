import { type Cause, presenting } from '../audit/audit-event.ts'
import type { AuditLog, LogEntry } from '../audit/audit-log.ts'
import type { EventDraft } from '../audit/events/event-types.ts'
import type { KeySubject } from '../audit/events/key-subject.ts'
import { tokenRevoked } from '../audit/events/token-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import { groupedBy } from '../kernel/grouped-by.ts'
import { looksLikeSecret } from '../kernel/secret-text.ts'
import { lockKeys } from '../keys/keys.store.ts'
import type { RevokeKey } from '../keys/lifecycle/revoke-key.ts'
import type { DecidingKey } from '../keys/verification/deciding-rows.store.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { Database } from '../persistence/database.ts'
import type { AccessTokenClaims } from './access-token.ts'
import type { TokenSignatures } from './token-signatures.ts'
import { isWithinLifetime } from './token-verifier.ts'
import { insertRevokedTokens } from './tokens.store.ts'

export interface RevokeTokenParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly keyFacts: KeyFactsCache
  readonly signatures: TokenSignatures
  readonly revokeKey: RevokeKey
}

/** An access token as it was presented or found. */
export interface GivenToken {
  readonly token: string
  /** The event that precedes the one of the revocation, written only where the token is revoked; null for none. */
  readonly reason: ((key: KeySubject, tokenId: string) => EventDraft) | null
}

interface Revocation {
  readonly key: DecidingKey
  readonly claims: AccessTokenClaims
  readonly expiresAt: Date
  readonly reason: GivenToken['reason']
}

/** Others wait for the locks of one transaction. */
const TOKENS_A_TRANSACTION = 250

const organizationOf = ({ key }: Revocation): string => key.organizationId
const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other))

const entriesOf = ({ key, claims, expiresAt, reason }: Revocation, cause: Cause): LogEntry[] => {
  const presented = presenting(cause, key.id, claims.jti)
  const revoked = tokenRevoked(key, { id: claims.jti, organizationId: claims.org, expiresAt })
  const drafts = reason === null ? [revoked] : [reason(key, claims.jti), revoked]
  return drafts.map((draft) => ({ cause: presented, draft }))
}

/** Revokes access tokens, and keys by their secrets (RFC 7009). */
export class RevokeToken {
  private readonly parts: RevokeTokenParts

  constructor(parts: RevokeTokenParts) {
    this.parts = parts
  }

  /**
   * Revokes an access token, or the key of a secret: possession suffices. Text that is unknown or already ended changes
   * nothing, and the response does not say so (RFC 7009 section 2.2).
   */
  async revoke(text: string, cause: Cause): Promise<void> {
    if (looksLikeSecret(text)) await this.revokeSecret(text, cause)
    else await this.revokeToken(text, cause)
  }

  private async revokeSecret(secret: string, cause: Cause): Promise<void> {
    try {
      await this.parts.revokeKey.revokeSecret(cause, secret, 'UNSPECIFIED')
    } catch (error) {
      // Malformed: to this caller the same as unknown.
      if (!(error instanceof KeyturnError) || error.code !== 'BAD_USER_INPUT') throw error
    }
  }

  private async revokeToken(token: string, cause: Cause): Promise<void> {
    await this.revokeTokens([{ token, reason: null }], cause)
  }

  /**
   * Revokes access tokens, 250 in a transaction. Returns for each text whether this service issued it, expired or not.
   * Those that have ended already change nothing.
   */
  async revokeTokens(given: readonly GivenToken[], cause: Cause): Promise<boolean[]> {
    const signed = await Promise.all(given.map(({ token }) => this.parts.signatures.read(token)))
    const revocations = new Map<string, Revocation>()
    for (const [index, one] of signed.entries()) {
      // Of a token that is given twice, the first counts.
      if (one === null || revocations.has(one.claims.jti)) continue
      const revocation = await this.revocationOf(one.claims, given[index]?.reason ?? null)
      if (revocation !== null) revocations.set(one.claims.jti, revocation)
    }
    const sorted = [...revocations.values()].sort((one, other) => compare(organizationOf(one), organizationOf(other)))
    for (let start = 0; start < sorted.length; start += TOKENS_A_TRANSACTION)
      await this.writeAll(sorted.slice(start, start + TOKENS_A_TRANSACTION), cause)
    return signed.map((one) => one !== null)
  }

  /** Null for a token that has ended. */
  private async revocationOf(claims: AccessTokenClaims, reason: GivenToken['reason']): Promise<Revocation | null> {
    const { clock, keyFacts } = this.parts
    const facts = isWithinLifetime(claims, clock.now()) ? await keyFacts.find(claims.client_id) : null
    return facts === null ? null : { key: facts.key, claims, expiresAt: new Date(claims.exp * 1000), reason }
  }

  private async writeAll(revocations: readonly Revocation[], cause: Cause): Promise<void> {
    const { database, log } = this.parts
    const organizationIds = new Set(revocations.map(organizationOf))
    const [only = null] = organizationIds
    await database.writeFor(organizationIds.size === 1 ? only : null, async (writer) => {
      // Of two concurrent revocations of a token, one records the event.
      await lockKeys(writer, [...new Set(revocations.map(({ key }) => key.id))])
      const rows = revocations.map(({ key, claims, expiresAt }) => ({ id: claims.jti, keyId: key.id, expiresAt }))
      const inserted = await insertRevokedTokens(writer, rows)
      const made = revocations.filter(({ claims }) => inserted.has(claims.jti))
      const byOrganization = groupedBy(made, organizationOf)
      const entries = [...byOrganization].map(([id, own]) => [id, own.flatMap((one) => entriesOf(one, cause))] as const)
      await log.appendToEach(writer, new Map(entries))
    })
  }
}
