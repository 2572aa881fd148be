import { LRUCache } from 'lru-cache'
import type { Principal } from '../../access/principal.ts'
import type { AuditEvent } from '../../audit/audit-event.ts'
import { Unavailable } from '../../kernel/errors.ts'
import { type Grant, intersectGrants, normalizeGrants } from '../../kernel/grants.ts'
import { type AuditFeed, LONGEST_BLINDNESS_MS } from '../../live/audit-feed.ts'
import type { MemberRow, UserRow } from '../../memberships/member.entity.ts'
import { findUser, listMembershipsOf } from '../../memberships/members.store.ts'
import type { KeyPolicy } from '../../organizations/key-policy.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import type { Database, Reader } from '../../persistence/database.ts'
import type { KeyRow, KeySecretRow } from '../key.entity.ts'
import { findKey, findSecretByHash, listLiveSecrets } from '../keys.store.ts'
import { STALING_TYPES, TOKEN_ENDINGS } from './token-endings.ts'

/** All that a decision about a key's use follows from, besides the clock. */
export interface KeyFacts {
  readonly key: KeyRow
  /** The secrets that are not retired for good. */
  readonly secrets: readonly KeySecretRow[]
  readonly organizationPath: readonly string[]
  readonly policy: KeyPolicy
  /** Whose personal access key it is, and what they may do; null for an API key. */
  readonly owner: { readonly user: UserRow; readonly memberships: readonly MemberRow[] } | null
}

/** Which key and which of its secrets a hash belongs to. It never changes. */
export interface SecretIdentity {
  readonly keyId: string
  readonly secretId: string
}

const KEYS_KEPT = 100_000
/** Attempts to read facts quickly enough for them to be true. */
const READ_ATTEMPTS = 2

interface Fill {
  readonly stale: Set<string>
  all: boolean
}

/**
 * The facts of the keys in use, from memory. They are dropped when the audit feed says that the key, its owner's
 * memberships or a policy changed; a fill that began before a drop is used by those who wait for it and not kept. While
 * the feed is disconnected nothing is kept, and every look-up reads the database.
 */
export class KeyFactsMemory {
  private readonly database: Database
  private readonly directory: OrganizationDirectory
  private readonly feed: AuditFeed
  private readonly identities = new LRUCache<string, SecretIdentity>({ max: 2 * KEYS_KEPT })
  private readonly facts: LRUCache<string, KeyFacts>
  private readonly keysOfOwner = new Map<string, Set<string>>()
  private readonly fills = new Set<Fill>()

  constructor(database: Database, directory: OrganizationDirectory, feed: AuditFeed) {
    this.database = database
    this.directory = directory
    this.feed = feed
    this.facts = new LRUCache<string, KeyFacts>({
      max: KEYS_KEPT,
      dispose: (facts) => this.forgetOwner(facts),
    })
    feed.on(STALING_TYPES, (event) => this.dropStale(event))
    feed.onGap(() => this.dropAll())
  }

  /** Which key a secret's hash belongs to; null where no secret has it. */
  async identify(hash: string): Promise<SecretIdentity | null> {
    const known = this.identities.get(hash)
    if (known !== undefined) return known
    const secret = await this.database.read((reader) => findSecretByHash(reader, hash))
    if (secret === null) return null
    const identity = { keyId: secret.keyId, secretId: secret.id }
    this.identities.set(hash, identity)
    return identity
  }

  async find(keyId: string): Promise<KeyFacts | null> {
    const known = this.feed.connected ? this.facts.get(keyId) : undefined
    return known ?? this.fill(keyId)
  }

  private async fill(keyId: string, attempt = 1): Promise<KeyFacts | null> {
    const age = this.feed.stopwatch()
    const fill: Fill = { stale: new Set(), all: false }
    this.fills.add(fill)
    try {
      const found = await this.database.read((reader) => this.load(reader, keyId))
      const dropped = fill.all || fill.stale.has(keyId) || (found?.owner != null && fill.stale.has(found.owner.user.id))
      if (found !== null && !dropped && age() <= LONGEST_BLINDNESS_MS && this.feed.connected) this.keep(found)
      // What was read before a change may be of before it: those who asked after the change must not get it.
      if (dropped) return await this.fill(keyId)
      // Read so long ago, by a process that slept or over a line that was frozen, it says nothing about now.
      if (age() <= LONGEST_BLINDNESS_MS) return found
      if (attempt === READ_ATTEMPTS)
        throw new Unavailable('The database is too slow to verify a credential: try again.', null)
      return await this.fill(keyId, attempt + 1)
    } finally {
      this.fills.delete(fill)
    }
  }

  /** The facts as a transaction sees them, from the database and not from memory. */
  async load(reader: Reader, keyId: string): Promise<KeyFacts | null> {
    const key = await findKey(reader, keyId)
    if (key === null) return null
    const [secrets, policy, path, user, memberships] = await Promise.all([
      listLiveSecrets(reader, keyId),
      this.directory.policyOf(reader, key.organizationId),
      this.directory.findPath(key.organizationId, reader),
      key.ownerId === null ? null : findUser(reader, key.ownerId),
      key.ownerId === null ? [] : listMembershipsOf(reader, key.ownerId),
    ])
    if (path === null) throw new Error(`Key ${keyId} names an organization that does not exist.`)
    return { key, secrets, policy, organizationPath: path, owner: user === null ? null : { user, memberships } }
  }

  private keep(facts: KeyFacts): void {
    this.facts.set(facts.key.id, facts)
    if (facts.owner === null) return
    const keys = this.keysOfOwner.get(facts.owner.user.id) ?? new Set()
    keys.add(facts.key.id)
    this.keysOfOwner.set(facts.owner.user.id, keys)
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

/** Who a key speaks for, and what they may do now; null where its owner has left the organization. */
export const principalOf = (facts: KeyFacts, expiresAt: Date | null): Principal | null => {
  const { key, owner } = facts
  const { id: keyId, allowedIps, expiresAt: keyExpiresAt } = key
  const credential = {
    kind: 'SECRET' as const,
    keyId,
    tokenId: null,
    expiresAt,
    keyExpiresAt,
    allowedIps,
    verifiedEmail: null,
  }
  if (key.kind === 'API_KEY')
    return {
      kind: 'API_KEY',
      id: key.id,
      name: key.name,
      credential,
      organizationId: key.organizationId,
      holdings: [{ organizationId: key.organizationId, grants: key.grants ?? [] }],
      narrowedTo: null,
      within: key.organizationId,
      serverOwner: false,
    }
  if (owner === null) return null
  if (!owner.memberships.some((membership) => facts.organizationPath.includes(membership.organizationId))) return null
  // A personal key is good where it was made and below. Only the unnarrowed keys of those who run the whole server reach
  // every organization that they belong to.
  const reachesAll = owner.user.serverOwner && key.grants === null
  return {
    kind: 'USER',
    id: owner.user.id,
    name: owner.user.name,
    credential,
    organizationId: key.organizationId,
    holdings: owner.memberships.map(({ organizationId, grants }) => ({ organizationId, grants })),
    narrowedTo: key.grants,
    within: reachesAll ? null : key.organizationId,
    serverOwner: reachesAll,
  }
}

/** The grants that a key carries in its own organization now: a personal key's, as far as its owner still holds them. */
export const effectiveGrants = (facts: Pick<KeyFacts, 'key' | 'owner' | 'organizationPath'>): Grant[] => {
  const { key, owner, organizationPath } = facts
  if (key.kind === 'API_KEY') return [...(key.grants ?? [])]
  const held = normalizeGrants(
    (owner?.memberships ?? []).flatMap((membership) =>
      organizationPath.includes(membership.organizationId) ? membership.grants : [],
    ),
  )
  return key.grants === null ? held : intersectGrants(held, key.grants)
}
