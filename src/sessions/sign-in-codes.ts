import type { CredentialVerifier, Refusal, Verification, VerifiedCredential } from '../access/verification.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds } from '../kernel/duration.ts'
import { hashSecret } from '../kernel/secret-text.ts'
import type { IssuedKey } from '../keys/lifecycle/make-secret.ts'
import { findIdentity } from '../keys/verification/deciding-rows.store.ts'
import { principalOf } from '../keys/verification/key-facts.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { Database, Writer } from '../persistence/database.ts'
import { lostKeyOf } from './lost-key.ts'
import type { SignInCodeRow } from './session.entity.ts'
import { hashToken, isToken, newToken } from './session-text.ts'
import { findCode, insertCode } from './sign-in-codes.store.ts'

/** Lifetime of a sign-in code. */
const CODE_SECONDS = 600

/**
 * Issues a single-use code that signs the owner of a key in, in the transaction that creates the key. It is valid for ten
 * minutes, and as long as the key is.
 */
export const issueSignInCode = async (writer: Writer, { key, secret }: IssuedKey, now: Date): Promise<string> => {
  const identity = await findIdentity(writer, hashSecret(secret))
  if (identity === null) throw new Error(`Key ${key.id} has no such secret.`)
  const code = newToken()
  await insertCode(writer, {
    codeHash: hashToken(code),
    keyId: key.id,
    secretId: identity.secretId,
    keyEpoch: key.tokenEpoch,
    expiresAt: addSeconds(now, CODE_SECONDS),
  })
  return code
}

/** The link that opens the console and signs in by a code. The fragment of a URL is never sent to a server. */
export const signInLink = (publicUrl: string, code: string): string => `${publicUrl}/#first-start=${code}`

export interface VerifiedCode extends VerifiedCredential {
  readonly code: SignInCodeRow
}

export interface CodeVerifierParts {
  readonly database: Database
  readonly clock: Clock
  readonly keyFacts: KeyFactsCache
}

const REFUSED: Refusal = {
  valid: false,
  reason: 'UNKNOWN',
  message: 'This link is not valid any more: it works once, within ten minutes. Sign in with a personal access key.',
  keyId: null,
  auditReason: 'session',
}

/** Verifies sign-in codes. It does not use them up: StartSession does. */
export class CodeVerifier implements CredentialVerifier<VerifiedCode> {
  private readonly parts: CodeVerifierParts

  constructor(parts: CodeVerifierParts) {
    this.parts = parts
  }

  async verify(text: string): Promise<Verification<VerifiedCode>> {
    const { database, clock, keyFacts } = this.parts
    const code = isToken(text) ? await database.read((reader) => findCode(reader, hashToken(text))) : null
    const now = clock.now()
    if (code === null || code.expiresAt <= now) return REFUSED
    const facts = await keyFacts.find(code.keyId)
    const principal = facts === null ? null : principalOf(facts, code.expiresAt)
    if (facts === null || principal === null || lostKeyOf(code, facts, now) !== null) return REFUSED
    return { valid: true, verified: { principal, code } }
  }

  async recordUse(): Promise<void> {}

  async recordRefusal(): Promise<boolean> {
    return false
  }
}
