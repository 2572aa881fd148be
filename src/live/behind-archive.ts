import { findArchived } from '../audit/audit-base.store.ts'
import { badInput } from '../kernel/errors.ts'
import type { Reader } from '../persistence/database.ts'

export interface ArchiveRequest {
  readonly organizationId: string
  /** Requested event types; all types if undefined. */
  readonly types: readonly string[] | undefined
  /** Whether archived events may be skipped, because they have no effect any more. */
  readonly skipsArchived: boolean
}

/**
 * The position at which a reader that received everything up to `position` continues: the same, or the end of the archived
 * events if it missed none of the requested types. 0 means every event that the log still has. Throws BAD_USER_INPUT if
 * requested events were archived.
 */
export const behindArchive = async (
  reader: Reader,
  { organizationId, types, skipsArchived }: ArchiveRequest,
  position: number,
): Promise<number> => {
  const base = await findArchived(reader, organizationId)
  if (base === null || position >= base.sequence) return position
  const requested = types ?? Object.keys(base.archivedTypes)
  const missed = requested.some((type) => (base.archivedTypes[type] ?? 0) > position)
  if (position > 0 && missed && !skipsArchived)
    throw badInput(
      'after',
      `is before event ${base.sequence + 1}, where the audit log begins: older events were archived. Read the current state, then subscribe with 0 for all that is left, or without after`,
    )
  return base.sequence
}
