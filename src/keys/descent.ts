import type { Principal } from '../access/principal.ts'
import { forbidden } from '../kernel/errors.ts'
import { coversRanges } from '../kernel/ip-range.ts'
import type { KeyRow } from './key.entity.ts'
import { lifetimeOf } from './key.ts'
import type { ExpiryBound } from './lifecycle/lifetime.ts'

/*
 * Keys that are created or changed with a key have at most its addresses and its lifetime. Otherwise a thief could turn a
 * stolen key into one that is valid longer or in more places.
 */

/** Throws FORBIDDEN if the ranges exceed those of the key that the caller uses. No ranges means no restriction. */
export const requireRangesWithin = ({ credential }: Principal, ranges: readonly string[]): void => {
  const { allowedIps } = credential
  if (allowedIps.length === 0 || (ranges.length > 0 && coversRanges(allowedIps, ranges))) return
  throw forbidden(
    [],
    `The key that you use is restricted to ${allowedIps.join(', ')}, so allowedIps must lie within these ranges.`,
  )
}

/** The ranges of a new key: the requested ones, or else those of the key that it is created with. Throws FORBIDDEN. */
export const rangesOfNew = (principal: Principal, wanted: readonly string[]): readonly string[] => {
  if (wanted.length === 0) return principal.credential.allowedIps
  requireRangesWithin(principal, wanted)
  return wanted
}

/** A personal key that is created or rotated with a personal key's secret expires no later than that secret. */
export const boundOfCreator = ({ kind, credential }: Principal): ExpiryBound | null =>
  kind === 'USER' && credential.kind === 'SECRET' && credential.expiresAt !== null
    ? { latest: credential.expiresAt, because: 'the personal access key that you use' }
    : null

/**
 * The latest expiry of a key that rotates itself: its lifetime stays the same, and a personal key that was created with
 * another one expires no later than that one. Otherwise a stolen key could renew itself forever.
 */
export const boundOfItself = (key: KeyRow, maker: KeyRow | null, now: Date): ExpiryBound | null => {
  const lifetime = lifetimeOf(key)
  const own = lifetime === null ? null : { latest: new Date(now.getTime() + lifetime * 1000), because: 'before' }
  const makers =
    key.kind === 'PERSONAL_ACCESS_KEY' && maker?.kind === 'PERSONAL_ACCESS_KEY' && maker.expiresAt !== null
      ? { latest: maker.expiresAt, because: 'the personal access key that it was created with' }
      : null
  if (own === null || makers === null) return own ?? makers
  return makers.latest < own.latest ? makers : own
}
