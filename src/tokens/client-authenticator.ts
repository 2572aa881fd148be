import type { Authenticator } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { CallerAddress, CredentialVerifier, Verification } from '../access/verification.ts'
import { causeOf } from '../audit/caller.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import { keyAccessDenied } from '../audit/events/access-events.ts'
import { isId } from '../kernel/ids.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { KeyKind } from '../keys/key.ts'
import type { DecidingKey } from '../keys/verification/deciding-rows.store.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { KeyRefusal } from '../keys/verification/key-refusal.ts'
import type { KeyVerifier, VerifiedSecret } from '../keys/verification/key-verifier.ts'

/** What a caller claims about the key whose secret they present. */
export interface KeyClaim {
  readonly keyId?: string
  readonly name?: string
  readonly kind?: KeyKind
}

export interface ClientAuthenticatorParts {
  readonly authenticator: Authenticator
  readonly keyVerifier: KeyVerifier
  readonly keyFacts: KeyFactsCache
  readonly denials: DenialRecorder
}

/** Authenticates clients by a secret and what they claim about its key: id, name or kind. */
export class ClientAuthenticator {
  private readonly parts: ClientAuthenticatorParts

  constructor(parts: ClientAuthenticatorParts) {
    this.parts = parts
  }

  /** Throws UNAUTHENTICATED if the secret is invalid or of another key than claimed, RATE_LIMITED after too many failures. */
  authenticate(secret: string, claim: KeyClaim, from: CallOrigin): MaybePromise<VerifiedSecret> {
    const verifier = new ClaimedSecretVerifier(this.parts, claim)
    return this.parts.authenticator.authenticateWith(verifier, secret, from)
  }
}

type Mismatch = 'wrong-client' | 'wrong-kind' | 'wrong-name'

const mismatchOf = (key: DecidingKey, claim: KeyClaim): Mismatch | null => {
  if (claim.keyId !== undefined && claim.keyId !== key.id) return 'wrong-client'
  if (claim.kind !== undefined && claim.kind !== key.kind) return 'wrong-kind'
  return claim.name === undefined || claim.name.normalize('NFC').trim() === key.name ? null : 'wrong-name'
}

const MESSAGES: Readonly<Record<Mismatch, string>> = {
  'wrong-client': 'The secret does not belong to the key that you name.',
  'wrong-name': 'The secret does not belong to the key that you name.',
  'wrong-kind': 'This is the secret of the other kind of key: API keys and personal access keys are used differently.',
}

/** A failure counts against the claimed key, and is recorded in the audit log of its organization as well. */
class ClaimedSecretVerifier implements CredentialVerifier<VerifiedSecret, KeyRefusal> {
  private readonly parts: ClientAuthenticatorParts
  private readonly claim: KeyClaim

  constructor(parts: ClientAuthenticatorParts, claim: KeyClaim) {
    this.parts = parts
    this.claim = claim
  }

  verify(secret: string, address: CallerAddress): MaybePromise<Verification<VerifiedSecret, KeyRefusal>> {
    const verifying = this.parts.keyVerifier.verify(secret, address)
    return verifying instanceof Promise
      ? verifying.then((verification) => this.compare(verification))
      : this.compare(verifying)
  }

  private compare(verification: Verification<VerifiedSecret, KeyRefusal>): Verification<VerifiedSecret, KeyRefusal> {
    if (!verification.valid) return { ...verification, keyId: this.claim.keyId ?? verification.keyId }
    const { facts } = verification.verified
    const mismatch = mismatchOf(facts.key, this.claim)
    if (mismatch === null) return verification
    return {
      valid: false,
      reason: 'UNKNOWN',
      message: MESSAGES[mismatch],
      keyId: this.claim.keyId ?? facts.key.id,
      auditReason: mismatch,
      facts,
    }
  }

  recordUse(verified: VerifiedSecret, address: CallerAddress): MaybePromise<void> {
    return this.parts.keyVerifier.recordUse(verified, address)
  }

  async recordRefusal(refusal: KeyRefusal, from: CallOrigin): Promise<boolean> {
    const recorded = await this.parts.keyVerifier.recordRefusal(refusal, from)
    const claimed = await this.findClaimedKey()
    if (claimed === null || claimed.id === refusal.facts?.key.id) return recorded
    await this.parts.denials.record({
      organizationId: claimed.organizationId,
      cause: causeOf(null, from),
      draft: keyAccessDenied(claimed, { reason: 'wrong-secret' }),
    })
    return true
  }

  private async findClaimedKey(): Promise<DecidingKey | null> {
    const { keyId } = this.claim
    if (keyId === undefined || !isId('key', keyId)) return null
    return (await this.parts.keyFacts.find(keyId))?.key ?? null
  }
}
