import { anyOf } from '../persistence/any-of.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { insertRows } from '../persistence/insert-rows.ts'
import { mappingOf } from '../persistence/row-mapping.ts'
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

export const insertLeakedPlaces = (writer: Writer, rows: readonly LeakedPlaceRow[]): Promise<void> =>
  insertRows(writer, LeakedPlaceEntity, rows)
