import { type Cause, presenting } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import { looksLikeSecret } from '../kernel/secret-text.ts'
import type { RevokeKey } from '../keys/lifecycle/revoke-key.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { Database } from '../persistence/database.ts'
import { endingTokenOf, revokeTokens } from './revoke-tokens.ts'
import type { TokenSignatures } from './token-signatures.ts'
import { isWithinLifetime } from './token-verifier.ts'

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

  private async revokeToken(text: string, cause: Cause): Promise<void> {
    const { database, clock, log, keyFacts, signatures } = this.parts
    const signed = await signatures.read(text)
    if (signed === null || !isWithinLifetime(signed.claims, clock.now())) return
    const token = endingTokenOf(signed.claims)
    const facts = await keyFacts.find(token.keyId)
    if (facts === null) return
    await database.writeFor(facts.key.organizationId, (writer) =>
      revokeTokens(writer, log, presenting(cause, token.keyId, token.id), [{ token, reason: null }]),
    )
  }
}
