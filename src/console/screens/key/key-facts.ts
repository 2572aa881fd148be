import type { KeyFactsFragment } from '../../generated/graphql.ts'

/** A key as its page shows it. What the person may not read is undefined. */
export type KeyFacts = KeyFactsFragment
export type Secret = KeyFacts['secrets'][number]

/** A rotation under way: both secrets work. */
export interface Rotation {
  readonly old: Secret
  readonly fresh: Secret
}

/** The rotation of a key; null where only one secret works. */
export const rotationOf = ({ secrets, status }: Pick<KeyFacts, 'secrets' | 'status'>): Rotation | null => {
  const old = secrets.find(({ state }) => state === 'RETIRING')
  const fresh = secrets.find(({ state }) => state === 'CURRENT')
  return old && fresh && status !== 'REVOKED' && status !== 'EXPIRED' ? { old, fresh } : null
}

/**
 * From where a secret was used last; null where that is not known. The addresses are the key's, newest first: the newest
 * belongs to the secret whose last use is the key's, and an only one to both.
 */
export const addressOf = (key: KeyFacts, secret: Secret): string | null => {
  const [newest, ...others] = key.lastUsedFrom ?? []
  if (newest === undefined || secret.lastUsedAt == null) return null
  return others.length === 0 || secret.lastUsedAt === key.lastUsedAt ? newest : null
}

/** How far a rotation is, by who still uses which secret. */
export const rotationStage = ({ old, fresh }: Rotation): 'waiting' | 'both' | 'switched' => {
  if (fresh.lastUsedAt == null) return 'waiting'
  return old.lastUsedAt != null && old.lastUsedAt > fresh.lastUsedAt ? 'both' : 'switched'
}
