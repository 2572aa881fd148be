import type { Reader } from '../persistence/database.ts'
import { eventsAfter, findFirstSequence, findHead } from './audit.store.ts'
import { type AuditEvent, GENESIS_HASH, hashOf } from './audit-event.ts'

export interface AuditVerification {
  readonly intact: boolean
  readonly checkedEvents: number
  /** The first sequence whose event is missing, altered or out of place. */
  readonly firstBrokenSequence: number | null
  readonly headHash: string
}

const PAGE = 1_000

/**
 * Walks the whole hash chain of an organization's history: each sequence must be there, name the hash of the event
 * before it, and hash to what it says; the last must be the recorded head. Reads in pages; holds one page.
 */
export const verifyHistory = async (reader: Reader, organizationId: string): Promise<AuditVerification> => {
  const head = await findHead(reader, organizationId)
  let previousHash = GENESIS_HASH
  let sequence = 0
  const broken = (at: number): AuditVerification => ({
    intact: false,
    checkedEvents: sequence,
    firstBrokenSequence: at,
    headHash: head.hash,
  })
  const first = await findFirstSequence(reader, organizationId)
  if (first !== null && first < 1) return broken(Math.max(Math.floor(first), Number.MIN_SAFE_INTEGER))
  while (sequence < head.sequence) {
    const events = await eventsAfter(reader, organizationId, { after: sequence, upTo: head.sequence }, PAGE)
    if (events.length === 0) return broken(sequence + 1)
    for (const event of events) {
      if (event.sequence !== sequence + 1 || event.previousHash !== previousHash || !isAsWritten(event))
        return broken(sequence + 1)
      sequence += 1
      previousHash = event.hash
    }
  }
  if (previousHash !== head.hash) return broken(head.sequence)
  // Rows behind the head were never appended by the log.
  const [stray] = await eventsAfter(reader, organizationId, { after: head.sequence }, 1)
  if (stray !== undefined) {
    const grown = await findHead(reader, organizationId)
    // A sequence of SQLite may be no number at all.
    if (!(stray.sequence <= grown.sequence))
      return broken(Number.isSafeInteger(stray.sequence) ? stray.sequence : grown.sequence + 1)
  }
  return { intact: true, checkedEvents: sequence, firstBrokenSequence: null, headHash: head.hash }
}

const isAsWritten = ({ hash, ...rest }: AuditEvent): boolean => {
  try {
    return hashOf(rest) === hash
  } catch {
    // What has no canonical form (an instant that is none, half a character) was never hashed by us.
    return false
  }
}
