import type { AccessControl } from '../access/access-control.ts'
import type { Clock } from '../kernel/clock.ts'
import { unauthenticated } from '../kernel/errors.ts'
import { coversAll } from '../kernel/grants.ts'
import { findDecidingKey, listDecidingSecrets } from '../keys/verification/deciding-rows.store.ts'
import { type KeyFacts, principalOf } from '../keys/verification/key-facts.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { Database } from '../persistence/database.ts'
import { type AccessTokenClaims, grantsOfScope } from './access-token.ts'
import { refusalByKey } from './token-verifier.ts'

export interface IssuanceCheckParts {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly keyFacts: KeyFactsCache
}

/**
 * Checks the key again after a token was signed. A key that ended or lost grants meanwhile would leave a token that is
 * younger than the change: a verifier that knows only the revocation feed would accept it.
 */
export class IssuanceCheck {
  private readonly parts: IssuanceCheckParts

  constructor(parts: IssuanceCheckParts) {
    this.parts = parts
  }

  /**
   * Throws UNAUTHENTICATED if the key does not support the token any more.
   *
   * @param before the facts of the key from which the token was decided
   */
  async require(before: KeyFacts, claims: AccessTokenClaims): Promise<void> {
    const { clock, access } = this.parts
    const facts = await this.findFacts(before)
    if (facts === null) throw unauthenticated('REVOKED', 'The key has just been revoked.')
    const refusal = refusalByKey(facts, claims, clock.now())
    if (refusal !== null) throw unauthenticated(refusal.reason, refusal.message)
    // Nothing has changed: the token was decided from these very facts.
    if (facts === before) return
    const principal = principalOf(facts, null)
    if (principal === null) throw unauthenticated('REVOKED', 'The owner of the key has just left the organization.')
    if (!coversAll(await access.grantsIn(principal, claims.org), grantsOfScope(claims)))
      throw unauthenticated('TOKEN_REVOKED', 'The key has just lost grants. Exchange it again for a narrower token.')
  }

  /**
   * The facts with every change that was committed before the token's event. On a shared database the cache may not know
   * yet what another instance committed, so it is not used.
   */
  private async findFacts(before: KeyFacts): Promise<KeyFacts | null> {
    const { database, keyFacts } = this.parts
    const { id, kind } = before.key
    if (database.engine === 'sqlite') return keyFacts.find(id)
    if (kind === 'PERSONAL_ACCESS_KEY') return database.read((reader) => keyFacts.load(reader, id))
    // Of an API key, nothing but the key and its secrets decides.
    const [key, secrets] = await database.read((reader) =>
      Promise.all([findDecidingKey(reader, id), listDecidingSecrets(reader, id)]),
    )
    return key === null ? null : { ...before, key, secrets }
  }
}
