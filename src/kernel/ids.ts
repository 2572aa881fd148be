import { randomUUID } from 'node:crypto'
import { badInput } from './errors.ts'

/** Prefix of an id, by kind of object. An id is not a secret and grants nothing. */
const PREFIXES = {
  organization: 'org',
  project: 'prj',
  module: 'mod',
  user: 'usr',
  member: 'mem',
  invitation: 'inv',
  key: 'key',
  secret: 'sec',
  event: 'evt',
  warning: 'wrn',
  route: 'ntr',
  delivery: 'ndl',
  session: 'ses',
} as const

export type IdKind = keyof typeof PREFIXES

const KINDS = new Map<string, IdKind>(Object.entries(PREFIXES).map(([kind, prefix]) => [prefix, kind as IdKind]))
// UUID version 4, variant 10xx (RFC 9562): no other id is issued here.
const SHAPE = /^([a-z]{3})_[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/
const GUID = /^([0-9a-f]{8})-([0-9a-f]{4})-(4[0-9a-f]{3})-([89ab][0-9a-f]{3})-([0-9a-f]{12})$/i

/** Creates an id: the prefix and the 32 lower-case hex digits of a version-4 UUID. */
export const newId = (kind: IdKind): string => `${PREFIXES[kind]}_${randomUUID().replaceAll('-', '')}`

const SHARED_DIGITS = 12

/**
 * A source of ids for objects that are inserted together. Their first 48 bits are the same random ones, so that an index of
 * a million ids has all of them on one page. The other 74 random bits tell them apart.
 */
export const neighborIds = (kind: IdKind): (() => string) => {
  const shared = newId(kind).slice(0, PREFIXES[kind].length + 1 + SHARED_DIGITS)
  return () => shared + newId(kind).slice(shared.length)
}

/** The kind of object that an id names, or null if the text is not a valid id. */
export const kindOfId = (id: string): IdKind | null => {
  const match = SHAPE.exec(id)
  return match?.[1] === undefined ? null : (KINDS.get(match[1]) ?? null)
}

/**
 * Validates the form of an id without a database look-up. Throws BAD_USER_INPUT if it is not an id of the kind.
 *
 * @param path of the id in the input
 */
export const checkId = (kind: IdKind, id: string, path: string): void => {
  if (kindOfId(id) !== kind)
    throw badInput(path, `must be the id of ${ARTICLES[kind] ?? 'a'} ${kind}: ${PREFIXES[kind]}_ and 32 hex digits`)
}

const ARTICLES: Partial<Record<IdKind, string>> = { organization: 'an', invitation: 'an', event: 'an' }

export const isId = (kind: IdKind, id: string): boolean => kindOfId(id) === kind

/** The GUID form (8-4-4-4-12) of an id: the same 128 bits without the prefix. */
export const guidOf = (id: string): string => {
  const hex = id.slice(4)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The id with the same 128 bits as a version-4 GUID, or null if the text is not one. */
export const idOfGuid = (kind: IdKind, guid: string): string | null =>
  GUID.test(guid) ? `${PREFIXES[kind]}_${guid.toLowerCase().replaceAll('-', '')}` : null
