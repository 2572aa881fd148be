import { type Permission, requiredGrant } from '../access/permissions.ts'
import type { Principal } from '../access/principal.ts'
import { createGroupLoader, createRowLoader } from '../schema-kit/loaders.ts'
import type { Rule } from '../schema-kit/scopes.ts'
import type { KeyRow } from './key.entity.ts'
import type { KeyAccess } from './key-access.ts'
import { listSecrets } from './key-secrets.store.ts'
import { findKeys } from './keys.store.ts'
import type { CreateKey } from './lifecycle/create-key.ts'
import type { EndRotation } from './lifecycle/end-rotation.ts'
import type { RevokeKey } from './lifecycle/revoke-key.ts'
import type { RevokeKeys } from './lifecycle/revoke-keys.ts'
import type { RotateKey } from './lifecycle/rotate-key.ts'
import type { SuspendKey } from './lifecycle/suspend-key.ts'
import type { UpdateKey } from './lifecycle/update-key.ts'
import type { KeyEventFeed } from './queries/key-event-feed.ts'
import type { KeyQueries } from './queries/key-queries.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
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
    /** The principal of a key. */
    readonly findPrincipal: (keyId: string) => Promise<Principal | null>
  }
}

/** Allows callers who may read the key. */
export const mayReadKey = (key: KeyRow): Rule => ({
  decide: (who, { keyAccess }) => keyAccess.mayRead(who, key),
  required: [requiredGrant(key.kind === 'API_KEY' ? 'readKeys' : 'readPersonalKeys')],
})

/** Allows callers who have the permission over the key, and the owner of a personal key. */
export const mayReadKeyField = (key: KeyRow, permission: Permission): Rule => ({
  decide: (who, { keyAccess }) => keyAccess.mayReadField(who, key, permission),
  required: [requiredGrant(permission)],
})

export const loadKey = createRowLoader('key', findKeys)
/** The secrets of a key, newest first, by the key's id. */
export const loadSecrets = createGroupLoader(listSecrets, (secret) => secret.keyId)
