import { hash } from 'node:crypto'
import type { PresentedCredential } from '../access/authenticator.ts'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../kernel/clock.ts'
import { Audiences } from './audience.ts'

/** The holder of a credential, as of its last check. */
export interface Holder {
  readonly principal: Principal
  /** By topic: subscribers of one audience see the same of every event. */
  readonly audiences: Audiences
  /**
   * Equal for holders who may read the same of every event. It covers the whole principal except the token and its expiry:
   * what is cached by it must not depend on those.
   */
  readonly rights: string
}

export const holderOf = (principal: Principal): Holder => {
  const { credential, ...identity } = principal
  const rights = JSON.stringify({ ...identity, keyId: credential.keyId, credentialKind: credential.kind })
  const hashed = hash('sha256', rights, 'hex')
  return { principal, rights: hashed, audiences: new Audiences(hashed) }
}

/** One credential, used from one address, and its watchers. */
export class WatchedCredential<Watcher> {
  readonly presented: PresentedCredential
  readonly watchers = new Set<Watcher>()
  /** The ids by which an event names this credential. */
  readonly names: readonly string[]
  holder: Holder
  /** Whether it is no longer valid, or its last watcher has left. */
  gone = false
  checking = false
  /** Whether the last check failed because a dependency was unavailable. It is retried later. */
  postponed = false
  /** The change count at the start of the last completed check. */
  checkedAt = -1
  /** The change count at the last change that may concern the credential. An older check is outdated. */
  changedAt = 0
  /** The change count at which a waiting caller needs a check to start. */
  wantedAt = 0
  private readonly waiting: (() => void)[] = []

  constructor(presented: PresentedCredential, principal: Principal) {
    this.presented = presented
    this.holder = holderOf(principal)
    const { id, credential } = principal
    this.names = [...new Set([id, credential.keyId, credential.tokenId, credential.sessionId])].filter(
      (name) => name !== null,
    )
  }

  get needsCheck(): boolean {
    return !this.gone && !this.postponed && this.checkedAt < Math.max(this.changedAt, this.wantedAt)
  }

  /**
   * The caller that the credential authenticates now; null if it is no longer valid, has expired, or identifies another
   * caller than before. Throws UNAVAILABLE if that cannot be checked.
   */
  async currentPrincipal(clock: Clock): Promise<Principal | null> {
    const principal = await this.presented.recheck()
    if (principal === null || principal.id !== this.holder.principal.id) return null
    const { expiresAt } = principal.credential
    return expiresAt === null || expiresAt > clock.now() ? principal : null
  }

  /** Resolves when the next check has completed, or the credential is gone. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  settle(): void {
    for (const resume of this.waiting.splice(0)) resume()
  }
}
