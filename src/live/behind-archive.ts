import { findArchived } from '../audit/audit-base.store.ts'
import { badInput } from '../kernel/errors.ts'
import type { Reader } from '../persistence/database.ts'

export interface ArchiveRequest {
  readonly organizationId: string
  readonly types: readonly string[] | undefined
  readonly skipsArchived: boolean
}

/**
 * Where a reader that received everything up to a position goes on: there, or behind the archived events if it missed none
 * of them. Zero stands for everything that the log has. Throws BAD_USER_INPUT if events that the reader wants were archived.
 */
export const behindArchive = async (
  reader: Reader,
  { organizationId, types, skipsArchived }: ArchiveRequest,
  position: number,
): Promise<number> => {
  const base = await findArchived(reader, organizationId)
  if (base === null || position >= base.sequence) return position
  const wanted = types ?? Object.keys(base.archivedTypes)
  const missed = wanted.some((type) => (base.archivedTypes[type] ?? 0) > position)
  if (position > 0 && missed && !skipsArchived)
    throw badInput(
      'after',
      `is before event ${base.sequence + 1}, where the audit log begins: older events were archived. Read the current state, then subscribe with 0 for all that is left, or without after`,
    )
  return base.sequence
}
