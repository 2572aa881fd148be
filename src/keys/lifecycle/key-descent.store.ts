import { In } from 'typeorm'
import type { Writer } from '../../persistence/database.ts'
import { KeyEntity, type KeyRow } from '../key.entity.ts'

/** Largest number of ids in one statement. */
const IDS_A_STATEMENT = 500

/**
 * A key and all its descendants, including revoked ones, locked until the transaction ends. Each generation is locked
 * before the next is read. The creation of a key locks the creating key, so no descendant is missed. Null if there are
 * more than `limit`.
 */
export const lockDescent = async (writer: Writer, keyId: string, limit: number): Promise<KeyRow[] | null> => {
  const found: KeyRow[] = []
  let generation = await lockWhere(writer, { id: In([keyId]) }, limit)
  while (generation.length > 0) {
    found.push(...generation)
    if (found.length > limit) return null
    const makers = generation.map((key) => key.id)
    generation = []
    for (let start = 0; start < makers.length; start += IDS_A_STATEMENT) {
      const ids = makers.slice(start, start + IDS_A_STATEMENT)
      generation.push(...(await lockWhere(writer, { createdWithKeyId: In(ids) }, limit)))
      if (found.length + generation.length > limit) return null
    }
  }
  return found
}

const lockWhere = (writer: Writer, where: object, limit: number): Promise<KeyRow[]> =>
  writer
    .lock(writer.manager.createQueryBuilder(KeyEntity, 'key').where(where).orderBy('key.id'))
    .limit(limit + 1)
    .getMany()
