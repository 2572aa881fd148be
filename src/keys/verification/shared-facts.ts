import type { Grant } from '../../kernel/grants.ts'
import { Interned } from '../../kernel/interned.ts'
import type { KeyPolicy } from '../../policies/key-policy.ts'
import type { DecidingKey } from './deciding-rows.store.ts'
import type { KeyFacts } from './key-facts.ts'

/** Lets the cached facts of many keys share what is the same in them, and keeps the rest small. */
export class SharedFacts {
  private readonly policies = new Interned<KeyPolicy>()
  private readonly grants = new Interned<readonly Grant[]>()
  private readonly ranges = new Interned<readonly string[]>()
  private readonly owners = new Interned<NonNullable<KeyFacts['owner']>>()

  /** @param keyId the id as text that is kept anyway */
  share({ key, secrets, organizationPath, policy, owner }: KeyFacts, keyId: string): KeyFacts {
    return {
      key: this.shareKey(key, keyId, organizationPath[0] ?? key.organizationId),
      // A copy has no room for more.
      secrets: secrets.slice(),
      organizationPath,
      policy: this.policies.of(policy),
      owner: owner === null ? null : this.owners.of(owner),
    }
  }

  /** V8 keeps the properties of a literal in the object itself, those of a copy by spreading mostly in a second one. */
  private shareKey(key: DecidingKey, id: string, organizationId: string): DecidingKey {
    const { kind, projectId, ownerId, name, grants, allowedIps, expiresAt, suspendedAt, revokedAt, tokenEpoch } = key
    return {
      id,
      kind,
      organizationId,
      projectId,
      ownerId,
      name,
      grants: grants === null ? null : this.grants.of(grants),
      allowedIps: this.ranges.of(allowedIps),
      expiresAt,
      suspendedAt,
      revokedAt,
      tokenEpoch,
    }
  }
}
