import { anyOf } from '../persistence/any-of.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { insertRows } from '../persistence/insert-rows.ts'
import { jsonElements } from '../persistence/json-elements.ts'
import { mappingOf } from '../persistence/row-mapping.ts'
import type { Leak } from './leak.ts'
import { LeakedPlaceEntity, type LeakedPlaceRow } from './leaked-place.entity.ts'

const PLACES = mappingOf(LeakedPlaceEntity)

/** The places where each of the secrets was reported before. */
export const findLeakedPlaces = async (
  reader: Reader,
  secretIds: readonly string[],
): Promise<Map<string, Set<string>>> => {
  const { condition, parameter } = anyOf(reader, secretIds)
  const rows = await reader.rows(PLACES, `FROM leaked_places WHERE secret_id ${condition}`, [parameter])
  const places = new Map<string, Set<string>>()
  for (const { secretId, place } of rows) places.set(secretId, (places.get(secretId) ?? new Set()).add(place))
  return places
}

/** Those of the leaks of secrets whose places are recorded. */
export const findKnownPlaces = async (reader: Reader, leaks: readonly Leak[]): Promise<ReadonlySet<Leak>> => {
  if (leaks.length === 0) return new Set()
  const rows = await reader.query<{ secret_id: string; place: string }>(
    `SELECT known.secret_id, known.place
     FROM (SELECT value->>0 AS secret_id, value->>1 AS place FROM ${jsonElements(reader.engine)}) AS given
     JOIN leaked_places known ON known.secret_id = given.secret_id AND known.place = given.place`,
    [JSON.stringify(leaks.map(({ credentialId, placeHash }) => [credentialId, placeHash]))],
  )
  const known = new Set(rows.map((row) => `${row.secret_id} ${row.place}`))
  return new Set(leaks.filter(({ credentialId, placeHash }) => known.has(`${credentialId} ${placeHash}`)))
}

export const insertLeakedPlaces = (writer: Writer, rows: readonly LeakedPlaceRow[]): Promise<void> =>
  insertRows(writer, LeakedPlaceEntity, rows)
