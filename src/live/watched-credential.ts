import { hash } from 'node:crypto'
import type { PresentedCredential } from '../access/authenticator.ts'
import type { Principal } from '../access/principal.ts'

/** Who holds a credential, as of its last check. */
export interface Holder {
  readonly principal: Principal
  /**
   * Equal for holders who see the same of every event. It covers the whole principal, identity included, except which of
   * several tokens or instants of expiry it is: what is shared by it cannot depend on who reads it.
   */
  readonly rights: string
}

export const holderOf = (principal: Principal): Holder => {
  const { credential, ...identity } = principal
  const rights = JSON.stringify({ ...identity, keyId: credential.keyId, credentialKind: credential.kind })
  return { principal, rights: hash('sha256', rights, 'hex') }
}

/** One credential, used from one address, and all that goes on by it. */
export class WatchedCredential<Watcher> {
  readonly presented: PresentedCredential
  readonly watchers = new Set<Watcher>()
  /** The ids that an event names where it concerns this credential. */
  readonly names: readonly string[]
  holder: Holder
  /** No longer valid, or left by its last watcher. */
  gone = false
  checking = false
  /** The last check failed for a reason that is not the credential's. It is checked again a little later, not at once. */
  postponed = false
  /** How many times the feed had reported events when the last completed check began. */
  checkedAt = -1
  /** The same number when the last event came that may have changed the holder's rights: an older check does not count. */
  changedAt = 0
  /** The same number that somebody waits for. */
  wantedAt = 0
  private readonly waiting: (() => void)[] = []

  constructor(presented: PresentedCredential, principal: Principal) {
    this.presented = presented
    this.holder = holderOf(principal)
    const { id, credential } = principal
    this.names = [...new Set([id, credential.keyId, credential.tokenId])].filter((name) => name !== null)
  }

  get needsCheck(): boolean {
    return !this.gone && !this.postponed && this.checkedAt < Math.max(this.changedAt, this.wantedAt)
  }

  /** Resolves when the next check has been completed, or the credential is gone. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  settle(): void {
    for (const resume of this.waiting.splice(0)) resume()
  }
}
