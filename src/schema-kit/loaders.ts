import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { Reader } from '../persistence/database.ts'
import { SharedReads } from '../persistence/shared-reads.ts'
import type { GraphQLContext, Services } from './context.ts'

/**
 * Loads one value for an operation. Requests of several fields are batched and cached. Synchronous if the value is known. It
 * checks no rights.
 */
export type Load<Value> = (context: GraphQLContext, id: string) => MaybePromise<Value>

/**
 * Creates a batched loader of a feature. It caches for one context: one operation, or one event of a subscription. A change
 * of the caller in between has no effect, because loaders are independent of the caller. Operations that load at the same time
 * share the query.
 */
export const createLoader = <Value>(
  load: (ids: readonly string[], services: Services) => Promise<readonly (Value | Error)[]>,
): Load<Value> => {
  const shared = new WeakMap<Services, SharedReads<Value>>()
  const readsOf = (services: Services): SharedReads<Value> => {
    const known = shared.get(services)
    if (known !== undefined) return known
    const reads = new SharedReads<Value>(services.database, (ids) => load(ids, services))
    shared.set(services, reads)
    return reads
  }
  return ({ caches, services }, id) => {
    const loaded = caches.get(shared) as Map<string, MaybePromise<Value>> | undefined
    const known = loaded?.get(id)
    if (known !== undefined) return known
    const value = readsOf(services).read(id)
    if (loaded === undefined) caches.set(shared, new Map([[id, value]]))
    else loaded.set(id, value)
    return value
  }
}

/** Loads rows by ids that other rows refer to. A missing row is a bug and fails the field that requested it. */
export const createRowLoader = <Row extends { readonly id: string }>(
  what: string,
  find: (reader: Reader, ids: readonly string[]) => Promise<Row[]>,
): Load<Row> =>
  createLoader(async (ids, { database }) => {
    const rows = new Map((await database.read((reader) => find(reader, ids))).map((row) => [row.id, row]))
    return ids.map((id) => rows.get(id) ?? new Error(`A row refers to the ${what} ${id}, which does not exist.`))
  })

/** Loads the rows that belong to an id, in the order of the query; an empty list if there are none. */
export const createGroupLoader = <Row>(
  list: (reader: Reader, ids: readonly string[]) => Promise<Row[]>,
  idOf: (row: Row) => string,
): Load<readonly Row[]> =>
  createLoader(async (ids, { database }) => {
    const groups = new Map<string, Row[]>(ids.map((id) => [id, []]))
    for (const row of await database.read((reader) => list(reader, ids))) groups.get(idOf(row))?.push(row)
    return ids.map((id) => groups.get(id) ?? [])
  })
