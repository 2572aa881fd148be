import { badInput } from './errors.ts'

/** The paging arguments of a Relay connection. */
export interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

export type CursorValue = string | number

/** A requested page: `size` items after a position, or before it if `backward`. */
export interface PageRequest {
  readonly size: number
  readonly backward: boolean
  /** The sort values of the item to continue from, or null to start at the end of the list. */
  readonly position: readonly CursorValue[] | null
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly cursorOf: (item: T) => string
}

export const DEFAULT_PAGE_SIZE = 20
export const LARGEST_PAGE_SIZE = 100

/** @param order names the list's order; a cursor is valid for that order only */
export const encodeCursor = (order: string, values: readonly CursorValue[]): string =>
  Buffer.from(JSON.stringify([order, ...values])).toString('base64url')

/** Whether a column can hold the value. PostgreSQL fails on NUL in text and on a fraction in an integer column. */
const isSortValue = (value: unknown, type: 'string' | 'number' | undefined): boolean =>
  type === 'number'
    ? Number.isSafeInteger(value)
    : typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000')

const decodeCursor = (order: string, types: readonly ('string' | 'number')[], path: string, text: string) => {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    parsed = null
  }
  const values = Array.isArray(parsed) && parsed[0] === order ? parsed.slice(1) : null
  if (values?.length !== types.length || !values.every((value, index) => isSortValue(value, types[index])))
    throw badInput(path, 'is not a cursor of this list in this order: use a cursor that a page of this list returned')
  return values as CursorValue[]
}

/**
 * Reads the paging arguments of a list: at most one of `first` (with `after`) and `last` (with `before`), 1 to 100,
 * 20 by default. Throws BAD_USER_INPUT.
 *
 * @param order names the list's order
 * @param types of the sort values that a cursor of the list holds
 */
export const parsePage = (
  order: string,
  types: readonly ('string' | 'number')[],
  { first, after, last, before }: PageArguments,
): PageRequest => {
  if (first != null && last != null) throw badInput('last', 'cannot be combined with first: use one of them')
  const backward = last != null
  if (after != null && (backward || before != null)) throw badInput('after', 'can be used with first only')
  if (before != null && !backward) throw badInput('before', 'can be used with last only')
  const size = first ?? last ?? DEFAULT_PAGE_SIZE
  const path = backward ? 'last' : 'first'
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_PAGE_SIZE)
    throw badInput(path, `must be a whole number from 1 to ${LARGEST_PAGE_SIZE}`)
  const cursor = after ?? before
  const position = cursor == null ? null : decodeCursor(order, types, backward ? 'before' : 'after', cursor)
  return { size, backward, position }
}

/** Makes a page of the rows found. The query must fetch `size + 1` rows, so that the page knows whether more follow. */
export const makePage = <T>(request: PageRequest, rows: readonly T[], cursorOf: (item: T) => string): Page<T> => {
  const more = rows.length > request.size
  const items = rows.slice(0, request.size)
  if (request.backward) items.reverse()
  return {
    items,
    hasNextPage: request.backward ? request.position !== null : more,
    hasPreviousPage: request.backward ? more : request.position !== null,
    cursorOf,
  }
}
