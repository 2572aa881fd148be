import type { DurationSeconds } from '../kernel/duration.ts'

export const KEY_KINDS = ['API_KEY', 'PERSONAL_ACCESS_KEY'] as const
export type KeyKind = (typeof KEY_KINDS)[number]

export const KEY_STATUSES = ['ACTIVE', 'SUSPENDED', 'EXPIRED', 'REVOKED'] as const
export type KeyStatus = (typeof KEY_STATUSES)[number]

export const SECRET_STATES = ['CURRENT', 'RETIRING', 'RETIRED'] as const
export type SecretState = (typeof SECRET_STATES)[number]

export const REVOCATION_REASONS = [
  'UNSPECIFIED',
  'COMPROMISED',
  'SUPERSEDED',
  'OWNER_LEFT',
  'NO_LONGER_NEEDED',
  'POLICY',
] as const
export type RevocationReason = (typeof REVOCATION_REASONS)[number]

/** The facts that decide the status of a key. */
export interface Lifecycle {
  readonly expiresAt: Date | null
  readonly suspendedAt: Date | null
  readonly revokedAt: Date | null
}

/** The status of a key at an instant. It is derived, not stored, so a key expires on time and not at the next sweep. */
export const statusOf = (key: Lifecycle, now: Date): KeyStatus => {
  if (key.revokedAt !== null) return 'REVOKED'
  if (key.expiresAt !== null && key.expiresAt <= now) return 'EXPIRED'
  return key.suspendedAt === null ? 'ACTIVE' : 'SUSPENDED'
}

interface StoredSecret {
  readonly state: SecretState
  readonly validUntil: Date | null
}

/** The state of a secret at an instant: a retiring secret is retired once its overlap has ended. */
export const secretStateOf = (secret: StoredSecret, now: Date): SecretState =>
  secret.state === 'RETIRING' && secret.validUntil !== null && secret.validUntil <= now ? 'RETIRED' : secret.state

/** The newest secret of a key. */
export const currentOf = <S extends StoredSecret>(secrets: readonly S[]): S | undefined =>
  secrets.find((secret) => secret.state === 'CURRENT')

/** The old secret of a rotation in progress. */
export const retiringOf = <S extends StoredSecret>(secrets: readonly S[], now: Date): S | undefined =>
  secrets.find((secret) => secretStateOf(secret, now) === 'RETIRING')

/** Length of the current lifetime, from the creation or the last rotation; null if the key never expires. */
export const lifetimeOf = (key: {
  readonly expiresAt: Date | null
  readonly lifetimeFrom: Date
}): DurationSeconds | null =>
  key.expiresAt === null ? null : (key.expiresAt.getTime() - key.lifetimeFrom.getTime()) / 1000

/** The columns of a lifetime. */
export const lifetimeFacts = (expiresAt: Date | null, lifetimeFrom: Date) => ({
  expiresAt,
  lifetimeFrom,
  lifetimeSeconds: expiresAt === null ? null : Math.ceil((expiresAt.getTime() - lifetimeFrom.getTime()) / 1000),
})

/** Text as a search compares it: case-insensitive and normalized. SQLite itself only folds ASCII. */
export const searchable = (...texts: readonly (string | null)[]): string =>
  texts
    .filter((text) => text !== null)
    .join('\n')
    .normalize('NFC')
    .toLowerCase()

const ADDRESSES_KEPT = 5

/** The newest five distinct addresses, newest first. */
export const newestAddresses = (newer: readonly string[], older: readonly string[]): string[] =>
  [...new Set([...newer, ...older])].slice(0, ADDRESSES_KEPT)
