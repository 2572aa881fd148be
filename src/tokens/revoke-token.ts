import { type Cause, presenting } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { EventDraft } from '../audit/events/event-types.ts'
import type { KeySubject } from '../audit/events/key-subject.ts'
import { tokenRevoked } from '../audit/events/token-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import { looksLikeSecret } from '../kernel/secret-text.ts'
import { lockKey } from '../keys/keys.store.ts'
import type { RevokeKey } from '../keys/lifecycle/revoke-key.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { Database } from '../persistence/database.ts'
import type { TokenSignatures } from './token-signatures.ts'
import { isWithinLifetime } from './token-verifier.ts'
import { insertRevokedToken } from './tokens.store.ts'

export interface RevokeTokenParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly keyFacts: KeyFactsCache
  readonly signatures: TokenSignatures
  readonly revokeKey: RevokeKey
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

  /**
   * Revokes an access token. Returns whether this service issued the text, expired or not.
   *
   * @param reasonOf an event that precedes the revocation's, written only by the call that revokes the token
   */
  async revokeToken(
    token: string,
    cause: Cause,
    reasonOf?: (key: KeySubject, tokenId: string) => EventDraft,
  ): Promise<boolean> {
    const { database, clock, log, keyFacts, signatures } = this.parts
    const signed = await signatures.read(token)
    if (signed === null) return false
    const { claims } = signed
    const facts = isWithinLifetime(claims, clock.now()) ? await keyFacts.find(claims.client_id) : null
    if (facts === null) return true
    const { key } = facts
    const expiresAt = new Date(claims.exp * 1000)
    await database.writeFor(key.organizationId, async (writer) => {
      // Of two concurrent revocations, one records the event.
      await lockKey(writer, key.id)
      if (!(await insertRevokedToken(writer, { id: claims.jti, keyId: key.id, expiresAt }))) return
      const drafts = [
        ...(reasonOf === undefined ? [] : [reasonOf(key, claims.jti)]),
        tokenRevoked(key, { id: claims.jti, organizationId: claims.org, expiresAt }),
      ]
      const presented = presenting(cause, key.id, claims.jti)
      await log.appendAll(
        writer,
        key.organizationId,
        drafts.map((draft) => ({ cause: presented, draft })),
      )
    })
    return true
  }
}
