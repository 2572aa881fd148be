import type { LRUCache } from 'lru-cache'
import type { AuditEvent } from '../../audit/audit-event.ts'
import { Unavailable } from '../../kernel/errors.ts'
import { lruCache } from '../../kernel/lru-cache.ts'
import type { MaybePromise } from '../../kernel/maybe-promise.ts'
import { UseCounts } from '../../kernel/use-counts.ts'
import { type AuditFeed, LONGEST_BLINDNESS_MS } from '../../live/audit-feed.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import type { Database, Reader } from '../../persistence/database.ts'
import type { PolicyDirectory } from '../../policies/policy-directory.ts'
import { findIdentity, type SecretIdentity } from './deciding-rows.store.ts'
import { type KeyFacts, loadKeyFacts } from './key-facts.ts'
import { SharedFacts } from './shared-facts.ts'
import { STALING_TYPES, TOKEN_ENDINGS } from './token-endings.ts'

const MAX_KEYS = 100_000
/** Attempts to read facts within the time limit. */
const READ_ATTEMPTS = 2
/** Attempts to read facts without a concurrent change. */
const UNDISTURBED_ATTEMPTS = 10

interface Fill {
  readonly stale: Set<string>
  all: boolean
}

export interface KeyFactsCacheParts {
  readonly database: Pick<Database, 'read'>
  readonly directory: OrganizationDirectory
  readonly policies: PolicyDirectory
  readonly feed: Pick<AuditFeed, 'connected' | 'on' | 'onGap' | 'stopwatch'>
}

/**
 * Caches the facts of the keys in use. They are dropped when the audit feed announces a change of the key, its owner's
 * memberships or a policy. Facts whose read began before a drop are read again. While the feed is disconnected nothing is cached, and
 * every look-up reads the database.
 */
export class KeyFactsCache {
  private readonly parts: KeyFactsCacheParts
  private readonly identities = lruCache<SecretIdentity>(2 * MAX_KEYS)
  private readonly facts: LRUCache<string, KeyFacts>
  private readonly shared = new SharedFacts()
  private readonly keysOfOwner = new Map<string, Set<string>>()
  private readonly fills = new Set<Fill>()
  readonly uses = new UseCounts()

  constructor(parts: KeyFactsCacheParts) {
    this.parts = parts
    this.facts = lruCache<KeyFacts>(MAX_KEYS, (facts) => this.forgetOwner(facts))
    parts.feed.on(STALING_TYPES, (event) => this.dropStale(event))
    parts.feed.onGap(() => this.dropAll())
  }

  /** Number of keys whose facts are cached. */
  get size(): number {
    return this.facts.size
  }

  /** The key that a secret's hash belongs to, if that is cached. */
  identified(hash: string): SecretIdentity | undefined {
    return this.identities.get(hash)
  }

  /** The key that a secret's hash belongs to; null for an unknown hash. */
  identify(hash: string): MaybePromise<SecretIdentity | null> {
    return this.identified(hash) ?? this.readIdentity(hash)
  }

  private async readIdentity(hash: string): Promise<SecretIdentity | null> {
    const identity = await this.parts.database.read((reader) => findIdentity(reader, hash))
    if (identity !== null) this.identities.set(hash, identity)
    return identity
  }

  find(keyId: string): MaybePromise<KeyFacts | null> {
    const known = this.parts.feed.connected ? this.facts.get(keyId) : undefined
    if (known === undefined) this.uses.misses += 1
    else this.uses.hits += 1
    return known ?? this.fill(keyId)
  }

  /**
   * Reads the facts. They are as of the call or later, and at most two seconds old. Throws UNAVAILABLE if the database
   * answers too late.
   */
  private async fill(keyId: string): Promise<KeyFacts | null> {
    let [late, disturbed] = [0, 0]
    for (;;) {
      const { found, dropped, isLate } = await this.read(keyId)
      // After a concurrent change the facts are read again. If the changes do not stop, the last facts are used: the changes
      // were made after this call began, so it may be ordered before them.
      if (dropped && !isLate && ++disturbed < UNDISTURBED_ATTEMPTS) continue
      if (!isLate) return found
      // The process or the connection was frozen meanwhile: the facts can be outdated.
      late += 1
      if (late === READ_ATTEMPTS)
        throw new Unavailable('The database is too slow to verify a credential: try again.', null)
    }
  }

  private async read(keyId: string) {
    const age = this.parts.feed.stopwatch()
    const fill: Fill = { stale: new Set(), all: false }
    this.fills.add(fill)
    try {
      const found = await this.parts.database.read((reader) => this.load(reader, keyId))
      const dropped = fill.all || fill.stale.has(keyId) || (found?.owner != null && fill.stale.has(found.owner.user.id))
      const isLate = age() > LONGEST_BLINDNESS_MS
      const isKept = found !== null && !dropped && !isLate && this.parts.feed.connected
      return { found: isKept ? this.keep(found, keyId) : found, dropped, isLate }
    } finally {
      this.fills.delete(fill)
    }
  }

  /** The facts as the transaction reads them, bypassing the cache. */
  load(reader: Reader, keyId: string): Promise<KeyFacts | null> {
    return loadKeyFacts(reader, this.parts, keyId)
  }

  private keep(read: KeyFacts, keyId: string): KeyFacts {
    const facts = this.shared.share(read, keyId)
    this.facts.set(keyId, facts)
    if (facts.owner === null) return facts
    const keys = this.keysOfOwner.get(facts.owner.user.id) ?? new Set()
    keys.add(keyId)
    this.keysOfOwner.set(facts.owner.user.id, keys)
    return facts
  }

  private forgetOwner(facts: KeyFacts): void {
    if (facts.owner === null) return
    const keys = this.keysOfOwner.get(facts.owner.user.id)
    keys?.delete(facts.key.id)
    if (keys?.size === 0) this.keysOfOwner.delete(facts.owner.user.id)
  }

  private dropStale({ type, targetId, details }: AuditEvent): void {
    const { stale } = TOKEN_ENDINGS[type]
    if (stale === 'key' && targetId !== null) this.drop(targetId)
    else if (stale === 'owner' && details !== null && 'userId' in details) this.dropOwner(details.userId)
    else this.dropAll()
  }

  private drop(keyId: string): void {
    this.facts.delete(keyId)
    for (const fill of this.fills) fill.stale.add(keyId)
  }

  private dropOwner(userId: string): void {
    for (const keyId of [...(this.keysOfOwner.get(userId) ?? [])]) this.facts.delete(keyId)
    for (const fill of this.fills) fill.stale.add(userId)
  }

  private dropAll(): void {
    this.facts.clear()
    this.keysOfOwner.clear()
    for (const fill of this.fills) fill.all = true
  }
}
