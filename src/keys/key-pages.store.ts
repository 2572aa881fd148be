import { instantText } from '../kernel/instant.ts'
import type { CursorValue, PageRequest } from '../kernel/page.ts'
import type { Conditions } from '../persistence/conditions.ts'
import type { Reader } from '../persistence/database.ts'
import type { KeyRow } from './key.entity.ts'
import { KEY_KINDS } from './key.ts'
import { filteredKeys } from './key-filter.store.ts'
import type { KeyFilter, KeyScope } from './key-filter.ts'
import { findKeys, KEYS } from './keys.store.ts'

export const KEY_ORDER_FIELDS = ['NAME', 'CREATED_AT', 'EXPIRES_AT', 'LAST_USED_AT'] as const

export type KeyOrderField = (typeof KEY_ORDER_FIELDS)[number]

export interface KeyOrder {
  readonly field: KeyOrderField
  readonly direction: 'ASC' | 'DESC'
}

// Keys that never expire sort last, keys that were never used sort first. No instant has these values.
const NEVER = 'never'
const UNUSED = ''

/** The value that stands for null in an order by a column that may be null. */
const nullOf = (field: KeyOrderField): string | null => {
  switch (field) {
    case 'NAME':
    case 'CREATED_AT':
      return null
    case 'EXPIRES_AT':
      return NEVER
    case 'LAST_USED_AT':
      return UNUSED
  }
}

const sortExpression = (reader: Reader, field: KeyOrderField): string => {
  switch (field) {
    case 'NAME':
      return reader.engine === 'postgres' ? 'key.name COLLATE "C"' : 'key.name'
    case 'CREATED_AT':
      return 'key.created_at'
    case 'EXPIRES_AT':
      return 'key.expires_at'
    case 'LAST_USED_AT':
      return 'key.last_used_at'
  }
}

const sortValue = (key: KeyRow, field: KeyOrderField): string => {
  switch (field) {
    case 'NAME':
      return key.name
    case 'CREATED_AT':
      return instantText(key.createdAt)
    case 'EXPIRES_AT':
      return key.expiresAt === null ? NEVER : instantText(key.expiresAt)
    case 'LAST_USED_AT':
      return key.lastUsedAt === null ? UNUSED : instantText(key.lastUsedAt)
  }
}

/** The position of a key in a list, for its cursor. */
export const keyPosition = (key: KeyRow, order: KeyOrder): CursorValue[] => [sortValue(key, order.field), key.id]

/**
 * A page of keys in an order, and one key more if there is a next page.
 *
 * An index has the keys of one organization and one kind in each order. Where the scope has more, the first keys of each are
 * read by the index and merged: neither engine does so for `IN`, but sorts everything. So do both for `COALESCE`: keys with a
 * value and keys without one are read apart.
 */
export const pageOfKeys = async (
  reader: Reader,
  scope: KeyScope,
  filter: KeyFilter,
  order: KeyOrder,
  request: PageRequest,
  now: Date,
): Promise<KeyRow[]> => {
  const ascending = (order.direction === 'ASC') !== request.backward
  const slices = slicesOf(order.field, ascending, request.position)
  const [only] = slices
  if (scope.organizationIds.length === 1 && scope.kind !== undefined && slices.length === 1 && only !== undefined) {
    const limit = request.size + 1
    const query = sliceQuery(filteredKeys(reader, scope, filter, now), reader, order.field, ascending, only, limit)
    return reader.rows(KEYS, query.rest, query.parameters)
  }
  // A key that is used between the two queries is in both.
  const ids = new Set<string>()
  for (const slice of slices) {
    const limit = request.size + 1 - ids.size
    if (limit <= 0) break
    const query = filteredKeys(reader, scope, filter, now, 'branch')
    const { rest, parameters } = sliceQuery(query, reader, order.field, ascending, slice, limit)
    const firstOfBranch = `SELECT key.id AS id, ${sortExpression(reader, order.field)} AS sort_value ${rest}`
    for (const id of await idsOfSlice(reader, scope, { firstOfBranch, parameters, ascending, limit })) ids.add(id)
  }
  const found = new Map((await findKeys(reader, [...ids])).map((key) => [key.id, key]))
  return [...ids].flatMap((id) => found.get(id) ?? [])
}

/** A part of a list that an index has in order. */
interface Slice {
  /** Null where the column is never null. */
  readonly isNull: boolean | null
  /** Where the slice begins: after a value and an id, or after an id alone; null for its first key. */
  readonly after: { readonly value?: string; readonly id: string } | null
}

/** The slices of a list in their order, without those before the position. */
const slicesOf = (field: KeyOrderField, ascending: boolean, position: PageRequest['position']): readonly Slice[] => {
  const absent = nullOf(field)
  const [value, id] = position ?? []
  const after = position === null ? null : { value: String(value), id: String(id) }
  if (absent === null) return [{ isNull: null, after }]
  const isAtNull = value === absent
  const nulls: Slice = { isNull: true, after: isAtNull && after !== null ? { id: after.id } : null }
  const values: Slice = { isNull: false, after: isAtNull ? null : after }
  const nullsAreFirst = (absent === UNUSED) === ascending
  const slices = nullsAreFirst ? [nulls, values] : [values, nulls]
  return position !== null && isAtNull !== nullsAreFirst ? slices.slice(1) : slices
}

interface BranchQuery {
  /** The first keys of the row `branch` that surrounds it. */
  readonly firstOfBranch: string
  readonly parameters: readonly unknown[]
  readonly ascending: boolean
  readonly limit: number
}

/** The ids of a slice, merged from the first keys of each organization and kind. */
const idsOfSlice = async (
  reader: Reader,
  scope: KeyScope,
  { firstOfBranch, parameters, ascending, limit }: BranchQuery,
): Promise<string[]> => {
  const direction = ascending ? 'ASC' : 'DESC'
  const inOrder = `ORDER BY sort_value ${direction}, id ${direction} LIMIT ${limit}`
  const branches = [scope.organizationIds, scope.kind === undefined ? KEY_KINDS : [scope.kind]].map((values) =>
    JSON.stringify(values),
  )
  const rows =
    reader.engine === 'sqlite'
      ? await reader.query<{ id: string }>(
          `SELECT one.value->>0 AS id, one.value->>1 AS sort_value
           FROM (SELECT o.value AS organization, k.value AS kind FROM json_each(?) o CROSS JOIN json_each(?) k) branch,
             json_each((SELECT json_group_array(json_array(id, sort_value)) FROM (${firstOfBranch}))) one ${inOrder}`,
          [...branches, ...parameters],
        )
      : await reader.query<{ id: string }>(
          `SELECT one.id, one.sort_value
           FROM (SELECT organization, kind FROM jsonb_array_elements_text(?::jsonb) AS o(organization)
             CROSS JOIN jsonb_array_elements_text(?::jsonb) AS k(kind)) branch
           CROSS JOIN LATERAL (${firstOfBranch}) one ${inOrder}`,
          [...branches, ...parameters],
        )
  return rows.map(({ id }) => id)
}

/** The query of the first keys of a slice after its columns. */
const sliceQuery = (
  keys: Conditions,
  reader: Reader,
  field: KeyOrderField,
  ascending: boolean,
  { isNull, after }: Slice,
  limit: number,
) => {
  const direction = ascending ? 'ASC' : 'DESC'
  const comparison = ascending ? '>' : '<'
  const expression = sortExpression(reader, field)
  if (isNull !== null) keys.and(`${expression} IS ${isNull ? '' : 'NOT '}NULL`)
  if (after?.value !== undefined) keys.and(`(${expression}, key.id) ${comparison} (?, ?)`, after.value, after.id)
  else if (after !== null) keys.and(`key.id ${comparison} ?`, after.id)
  const order = `ORDER BY ${expression} ${direction}, key.id ${direction} LIMIT ${limit}`
  return { rest: `FROM keys key WHERE ${keys.text} ${order}`, parameters: keys.parameters }
}
