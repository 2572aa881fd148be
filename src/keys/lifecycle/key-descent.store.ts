import { In } from 'typeorm'
import type { Writer } from '../../persistence/database.ts'
import { KeyEntity, type KeyRow } from '../key.entity.ts'

/** Ids a statement may name: both engines take more, and neither plans better for it. */
const IDS_A_STATEMENT = 500

/**
 * A key and every key that was created with it, and with those, revoked ones included; all locked until the transaction
 * ends. Each generation is locked before the next is read: whoever creates a key holds the one that they use, so no key
 * is created unseen. Null if there are more than `limit`.
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
