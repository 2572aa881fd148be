import type { AccessControl } from '../access/access-control.ts'
import type { Principal } from '../access/principal.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AuditFeed } from '../live/audit-feed.ts'
import type { LiveSubscriptions } from '../live/live-subscriptions.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Database } from '../persistence/database.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import { KeyAccess } from './key-access.ts'
import { CreateKey } from './lifecycle/create-key.ts'
import { EndRotation } from './lifecycle/end-rotation.ts'
import type { KeyParts } from './lifecycle/key-parts.ts'
import { RevokeKey } from './lifecycle/revoke-key.ts'
import { RevokeKeys } from './lifecycle/revoke-keys.ts'
import { RevokeMemberKeys } from './lifecycle/revoke-member-keys.ts'
import { RotateKey } from './lifecycle/rotate-key.ts'
import { SuspendKey } from './lifecycle/suspend-key.ts'
import { UpdateKey } from './lifecycle/update-key.ts'
import { KeyEventFeed } from './queries/key-event-feed.ts'
import { KeyQueries } from './queries/key-queries.ts'
import { isKnownId } from './queries/known-id.ts'
import { principalOf } from './verification/key-facts.ts'
import { KeyFactsCache } from './verification/key-facts-cache.ts'
import { KeyVerifier } from './verification/key-verifier.ts'
import { RetiredSecretRule } from './verification/retired-secret-rule.ts'
import { UsageRecorder } from './verification/usage-recorder.ts'

export interface KeysParts {
  /** First part of each secret, `kt` by default. */
  readonly prefix: string
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly denials: DenialRecorder
  readonly feed: AuditFeed
  readonly live: LiveSubscriptions
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
  readonly policies: PolicyDirectory
  /** Receives the error if last-used times could not be written. They are written with the next ones. */
  readonly onUsageFault: (error: unknown) => void
}

export interface Keys {
  readonly keyAccess: KeyAccess
  readonly keyFacts: KeyFactsCache
  readonly usage: UsageRecorder
  readonly verifier: KeyVerifier
  readonly createKey: CreateKey
  readonly revokeKey: RevokeKey
  readonly revokeMemberKeys: RevokeMemberKeys
  /** Whether the id is that of a key or a user in the organization or its audit log. */
  readonly isKnownId: (organizationId: string, id: string) => Promise<boolean>
  /** What resolvers and routes call. */
  readonly services: {
    readonly keyAccess: KeyAccess
    readonly keyQueries: KeyQueries
    readonly createKey: CreateKey
    readonly updateKey: UpdateKey
    readonly rotateKey: RotateKey
    readonly endRotation: EndRotation
    readonly suspendKey: SuspendKey
    readonly revokeKey: RevokeKey
    readonly revokeKeys: RevokeKeys
    readonly keyEvents: KeyEventFeed
    readonly findPrincipal: (keyId: string) => Promise<Principal | null>
  }
}

/** Constructs keys: their lifecycle, their verification and their queries. `usage` must be stopped. */
export const createKeys = (parts: KeysParts): Keys => {
  const { database, clock, log, denials, live, access, directory, onUsageFault } = parts
  const keyAccess = new KeyAccess(access, database, directory)
  const keyParts: KeyParts = { ...parts, keyAccess }
  const keyFacts = new KeyFactsCache(parts)
  const usage = new UsageRecorder(database, clock, onUsageFault)
  const retiredSecrets = new RetiredSecretRule(database, clock, log, denials)
  const createKey = new CreateKey(keyParts)
  const revokeKey = new RevokeKey(keyParts, keyFacts)
  return {
    keyAccess,
    keyFacts,
    usage,
    verifier: new KeyVerifier({ ...parts, keyFacts, usage, retiredSecrets }),
    createKey,
    revokeKey,
    revokeMemberKeys: new RevokeMemberKeys(keyParts),
    isKnownId: (organizationId, id) => isKnownId(parts, organizationId, id),
    services: {
      keyAccess,
      keyQueries: new KeyQueries(keyParts),
      createKey,
      updateKey: new UpdateKey(keyParts),
      rotateKey: new RotateKey(keyParts),
      endRotation: new EndRotation(keyParts),
      suspendKey: new SuspendKey(keyParts),
      revokeKey,
      revokeKeys: new RevokeKeys(keyParts),
      keyEvents: new KeyEventFeed(live, access, keyAccess),
      findPrincipal: async (keyId) => {
        const facts = await keyFacts.find(keyId)
        return facts === null ? null : principalOf(facts, facts.key.expiresAt)
      },
    },
  }
}
