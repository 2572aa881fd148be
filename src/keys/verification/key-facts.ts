import type { Principal } from '../../access/principal.ts'
import type { Grant } from '../../kernel/grants.ts'
import type { MemberRow, UserRow } from '../../memberships/member.entity.ts'
import { findUser, listMembershipsOf } from '../../memberships/members.store.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import type { Reader } from '../../persistence/database.ts'
import type { KeyPolicy } from '../../policies/key-policy.ts'
import type { PolicyDirectory } from '../../policies/policy-directory.ts'
import { effectiveGrants } from '../effective-grants.ts'
import { type DecidingKey, type DecidingSecret, findDecidingKey, listDecidingSecrets } from './deciding-rows.store.ts'

/** The facts that decide about the use of a key, besides the clock. */
export interface KeyFacts {
  readonly key: DecidingKey
  /** The current and retiring secrets. */
  readonly secrets: readonly DecidingSecret[]
  readonly organizationPath: readonly string[]
  readonly policy: KeyPolicy
  /** The owner of a personal access key, with all memberships; null for an API key. */
  readonly owner: { readonly user: UserRow; readonly memberships: readonly MemberRow[] } | null
}

/** Reads the facts of a key; null if it does not exist. */
export const loadKeyFacts = async (
  reader: Reader,
  { directory, policies }: { readonly directory: OrganizationDirectory; readonly policies: PolicyDirectory },
  keyId: string,
): Promise<KeyFacts | null> => {
  // One after the other: the reader may be a transaction, which has a single connection. The secrets come before the key: a
  // revocation retires them, and a key that was read before it would seem to be used with a retired secret.
  const secrets = await listDecidingSecrets(reader, keyId)
  const key = await findDecidingKey(reader, keyId)
  if (key === null) return null
  const { organizationId, ownerId } = key
  const organizationPath = await directory.requirePath(reader, organizationId)
  const policy = await policies.effective(reader, organizationId)
  const user = ownerId === null ? null : await findUser(reader, ownerId)
  const owner = user === null ? null : { user, memberships: await listMembershipsOf(reader, user.id) }
  return { key, secrets, policy, organizationPath, owner }
}

/** The principal of a key with its current grants; null if its owner has left the organization. */
export const principalOf = (facts: KeyFacts, expiresAt: Date | null): Principal | null => {
  const { key, owner } = facts
  const { id: keyId, allowedIps, expiresAt: keyExpiresAt } = key
  const credential = {
    kind: 'SECRET' as const,
    keyId,
    tokenId: null,
    sessionId: null,
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
  // A personal key is valid in its organization and below. Only unnarrowed keys of server owners are valid in
  // every organization of their owner.
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

/** The effective grants of a key in its own organization. */
export const currentGrants = ({
  key,
  owner,
  organizationPath,
}: Pick<KeyFacts, 'key' | 'owner' | 'organizationPath'>): Grant[] =>
  effectiveGrants(key, owner?.memberships ?? [], organizationPath)
