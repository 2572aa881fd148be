import type { SelectQueryBuilder } from 'typeorm'
import type { CursorValue, PageRequest } from '../kernel/page.ts'
import { instantText } from '../persistence/columns.ts'
import type { Reader } from '../persistence/database.ts'
import { withoutColumns } from '../persistence/row-mapping.ts'
import type { KeyRow } from './key.entity.ts'
import { KEYS } from './keys.store.ts'

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

/** A page of keys in an order, and one key more if there is a next page. */
export const pageOfKeys = (
  query: SelectQueryBuilder<KeyRow>,
  reader: Reader,
  order: KeyOrder,
  request: PageRequest,
): Promise<KeyRow[]> => {
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
  return reader.rows(KEYS, `${rest} ${inOrder}`, parameters)
}
