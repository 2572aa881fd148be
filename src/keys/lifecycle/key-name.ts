import { conflict } from '../../kernel/errors.ts'
import type { Writer } from '../../persistence/database.ts'
import { keyConflicts } from '../key.entity.ts'
import { nameTaken, releaseExpiredName } from '../keys.store.ts'

/** Whether no active key of the scope has the name. Frees the name of an expired key. */
export const isNameFree = async (writer: Writer, nameScope: string, name: string, now: Date): Promise<boolean> => {
  if (!(await nameTaken(writer, nameScope, name))) return true
  await releaseExpiredName(writer, nameScope, name, now)
  return !(await nameTaken(writer, nameScope, name))
}

/** Throws CONFLICT if an active key of the scope has the name. */
export const requireFreeName = async (
  writer: Writer,
  nameScope: string,
  name: string,
  now: Date,
  message = keyConflicts.keys_active_name,
): Promise<void> => {
  if (!(await isNameFree(writer, nameScope, name, now))) throw conflict(message)
}
