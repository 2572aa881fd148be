import type { SelectQueryBuilder } from 'typeorm'
import type { CursorValue, PageRequest } from '../kernel/page.ts'
import { instantText } from '../persistence/columns.ts'
import type { Reader } from '../persistence/database.ts'
import { withoutColumns } from '../persistence/row-mapping.ts'
import type { KeyRow } from './key.entity.ts'
import { KEY_KINDS } from './key.ts'
import type { KeyFilter, KeyScope } from './key-filter.ts'
import { filteredKeys } from './key-filter.store.ts'
import { findKeys, KEYS } from './keys.store.ts'

export const KEY_ORDER_FIELDS = ['NAME', 'CREATED_AT', 'EXPIRES_AT', 'LAST_USED_AT'] as const

export type KeyOrderField = (typeof KEY_ORDER_FIELDS)[number]

export interface KeyOrder {
  readonly field: KeyOrderField
  readonly direction: 'ASC' | 'DESC'
}

// Keys that never expire sort last, keys that were never used sort first.
const NEVER = '9999-12-31T23:59:59.999Z'

const LONG_AGO = '0000-01-01T00:00:00.000Z'

const sortExpression = (reader: Reader, field: KeyOrderField): string => {
  switch (field) {
    case 'NAME':
      return reader.engine === 'postgres' ? '"key"."name" COLLATE "C"' : '"key"."name"'
    case 'CREATED_AT':
      return '"key"."created_at"'
    case 'EXPIRES_AT':
      return `COALESCE("key"."expires_at", '${NEVER}')`
    case 'LAST_USED_AT':
      return `COALESCE("key"."last_used_at", '${LONG_AGO}')`
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
      return key.lastUsedAt === null ? LONG_AGO : instantText(key.lastUsedAt)
  }
}

/** The position of a key in a list, for its cursor. */
export const keyPosition = (key: KeyRow, order: KeyOrder): CursorValue[] => [sortValue(key, order.field), key.id]

/**
 * A page of keys in an order, and one key more if there is a next page.
 *
 * An index has the keys of one organization and one kind in the order of their creation or name. Where the scope has more,
 * the first keys of each are read by the index and merged: neither engine does so for `IN`, but sorts everything.
 */
export const pageOfKeys = async (
  reader: Reader,
  scope: KeyScope,
  filter: KeyFilter,
  order: KeyOrder,
  request: PageRequest,
  now: Date,
): Promise<KeyRow[]> => {
  const isOneBranch = scope.organizationIds.length === 1 && scope.kind !== undefined
  if (isOneBranch || !INDEXED.has(order.field)) {
    const { rest, parameters } = pageQuery(filteredKeys(reader, scope, filter, now), reader, order, request)
    return reader.rows(KEYS, rest, parameters)
  }
  const ids = await idsOfPage(reader, scope, filter, order, request, now)
  const found = new Map((await findKeys(reader, ids)).map((key) => [key.id, key]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

/** Fields with an index for each organization and kind. */
const INDEXED: ReadonlySet<KeyOrderField> = new Set(['CREATED_AT', 'NAME'])

/** The ids of a page, merged from the first keys of each organization and kind. */
const idsOfPage = async (
  reader: Reader,
  scope: KeyScope,
  filter: KeyFilter,
  order: KeyOrder,
  request: PageRequest,
  now: Date,
): Promise<string[]> => {
  const query = filteredKeys(reader, scope, filter, now, 'branch')
  const { rest, parameters, direction } = pageQuery(query, reader, order, request)
  const inOrder = `ORDER BY sort_value ${direction}, id ${direction} LIMIT ${request.size + 1}`
  const firstOfBranch = `SELECT "key"."id" AS id, ${sortExpression(reader, order.field)} AS sort_value ${rest}`
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
           FROM (SELECT organization, kind FROM jsonb_array_elements_text($${parameters.length + 1}::jsonb) AS o(organization)
             CROSS JOIN jsonb_array_elements_text($${parameters.length + 2}::jsonb) AS k(kind)) branch
           CROSS JOIN LATERAL (${firstOfBranch}) one ${inOrder}`,
          [...parameters, ...branches],
        )
  return rows.map(({ id }) => id)
}

/** The query of a page after its columns. */
const pageQuery = (query: SelectQueryBuilder<KeyRow>, reader: Reader, order: KeyOrder, request: PageRequest) => {
  const ascending = (order.direction === 'ASC') !== request.backward
  const direction = ascending ? 'ASC' : 'DESC'
  const expression = sortExpression(reader, order.field)
  if (request.position !== null) {
    const [value, id] = request.position
    query.andWhere(`(${expression}, "key"."id") ${ascending ? '>' : '<'} (:sortValue, :sortId)`, {
      sortValue: value,
      sortId: id,
    })
  }
  const inOrder = `ORDER BY ${expression} ${direction}, "key"."id" ${direction} LIMIT ${request.size + 1}`
  const { rest, parameters } = withoutColumns(query)
  return { rest: `${rest} ${inOrder}`, parameters, direction }
}
