import { conflict, notFound } from '../../kernel/errors.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyRow } from '../key.entity.ts'
import { lockKey, updateKey } from '../keys.store.ts'

const CHANGED = 'This key was just changed by another request: read it again before you decide.'

/** CONFLICT: another request changed the key first. */
export const lostRace = () => conflict(CHANGED)

/** Locks the key until the transaction ends. Throws NOT_FOUND. */
export const requireLocked = async (writer: Writer, id: string): Promise<KeyRow> => {
  const key = await lockKey(writer, id)
  if (key === null) throw notFound('key')
  return key
}

/** Changes a key that is not revoked. Throws CONFLICT if it was revoked meanwhile. */
export const changeKey = async (writer: Writer, id: string, change: Partial<KeyRow>): Promise<void> => {
  if (!(await updateKey(writer, id, change))) throw lostRace()
}
