import { In } from 'typeorm'
import type { Reader, Writer } from '../persistence/database.ts'
import { LeakedPlaceEntity, type LeakedPlaceRow } from './leaked-place.entity.ts'

/** The places where each of the secrets was reported before. */
export const findLeakedPlaces = async (
  reader: Reader,
  secretIds: readonly string[],
): Promise<Map<string, Set<string>>> => {
  const rows = await reader.manager.findBy(LeakedPlaceEntity, { secretId: In([...secretIds]) })
  const places = new Map<string, Set<string>>()
  for (const { secretId, place } of rows) places.set(secretId, (places.get(secretId) ?? new Set()).add(place))
  return places
}

export const insertLeakedPlaces = async (writer: Writer, rows: readonly LeakedPlaceRow[]): Promise<void> => {
  if (rows.length > 0) await writer.manager.insert(LeakedPlaceEntity, [...rows])
}
