import type { Reader } from '../../persistence/database.ts'
import { mappingOf } from '../../persistence/row-mapping.ts'
import { KeyEntity, type KeyRow, KeySecretEntity, type KeySecretRow } from '../key.entity.ts'

const KEY_PROPERTIES = [
  'id',
  'kind',
  'organizationId',
  'projectId',
  'ownerId',
  'name',
  'grants',
  'allowedIps',
  'expiresAt',
  'suspendedAt',
  'revokedAt',
  'tokenEpoch',
] as const

/** What decides about the use of a key, and names it in events. */
export type DecidingKey = Readonly<Pick<KeyRow, (typeof KEY_PROPERTIES)[number]>>

const KEYS = mappingOf(KeyEntity, KEY_PROPERTIES)

export const findDecidingKey = async (reader: Reader, id: string): Promise<DecidingKey | null> =>
  (await reader.rows(KEYS, 'FROM keys WHERE id = ?', [id]))[0] ?? null

/** What decides about the use of a secret. */
export interface DecidingSecret
  extends Readonly<Pick<KeySecretRow, 'id' | 'state' | 'validUntil' | 'overlapFromFirstUse'>> {
  /** Seconds since the epoch. */
  readonly issuedAt: number
  readonly wasUsed: boolean
}

const SECRETS = mappingOf(KeySecretEntity, [
  'id',
  'state',
  'createdAt',
  'validUntil',
  'overlapFromFirstUse',
  'lastUsedAt',
])

/** The current and retiring secrets of a key: at most two. */
export const listDecidingSecrets = async (reader: Reader, keyId: string): Promise<DecidingSecret[]> => {
  const rows = await reader.rows(SECRETS, "FROM key_secrets WHERE key_id = ? AND state <> 'RETIRED'", [keyId])
  return rows.map(({ id, state, createdAt, validUntil, overlapFromFirstUse, lastUsedAt }) => ({
    id,
    state,
    issuedAt: Math.floor(createdAt.getTime() / 1000),
    validUntil,
    overlapFromFirstUse,
    wasUsed: lastUsedAt !== null,
  }))
}

const IDENTITIES = mappingOf(KeySecretEntity, ['id', 'keyId'])

/** Which key and which of its secrets a hash belongs to. It never changes. */
export interface SecretIdentity {
  readonly keyId: string
  readonly secretId: string
}

/** The secret with a hash. */
export const findIdentity = async (reader: Reader, hash: string): Promise<SecretIdentity | null> => {
  const [found] = await reader.rows(IDENTITIES, 'FROM key_secrets WHERE hash = ?', [hash])
  return found === undefined ? null : { keyId: found.keyId, secretId: found.id }
}
