import { conflict } from '../../kernel/errors.ts'
import type { Writer } from '../../persistence/database.ts'
import { keyConflicts } from '../key.entity.ts'
import { listTakenNames, releaseExpiredName } from '../keys.store.ts'

/** Whether no active key of the scope has the name. Frees the name of an expired key. */
export const isNameFree = async (writer: Writer, nameScope: string, name: string, now: Date): Promise<boolean> =>
  (await takenOf(writer, nameScope, [name], now)).size === 0

/** Those of the names that active keys of the scope have. Frees the names of expired keys. */
export const takenOf = async (
  writer: Writer,
  nameScope: string,
  names: readonly string[],
  now: Date,
): Promise<Set<string>> => {
  const held = await listTakenNames(writer, nameScope, names)
  if (held.length === 0) return new Set()
  for (const name of held) await releaseExpiredName(writer, nameScope, name, now)
  return new Set(await listTakenNames(writer, nameScope, held))
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
