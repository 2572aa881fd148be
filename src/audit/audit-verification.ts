import type { Reader } from '../persistence/database.ts'
import { eventsAfter, findHead } from './audit.store.ts'
import { GENESIS_HASH, hashOf } from './audit-event.ts'

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
  while (sequence < head.sequence) {
    const events = await eventsAfter(reader, organizationId, { after: sequence, upTo: head.sequence }, PAGE).catch(
      // Details that are no JSON any more cannot even be read: look at the events one by one to find which.
      () => null,
    )
    if (events === null) return broken(await firstUnreadable(reader, organizationId, sequence))
    if (events.length === 0) return broken(sequence + 1)
    for (const event of events) {
      const { hash, ...rest } = event
      if (event.sequence !== sequence + 1 || event.previousHash !== previousHash || hashOf(rest) !== hash)
        return broken(sequence + 1)
      sequence += 1
      previousHash = hash
    }
  }
  if (previousHash !== head.hash) return broken(head.sequence)
  // Rows behind the head were never appended by the log.
  const [stray] = await eventsAfter(reader, organizationId, { after: head.sequence }, 1)
  if (stray !== undefined) {
    const grown = await findHead(reader, organizationId)
    if (grown.sequence < stray.sequence) return broken(stray.sequence)
  }
  return { intact: true, checkedEvents: sequence, firstBrokenSequence: null, headHash: head.hash }
}

const firstUnreadable = async (reader: Reader, organizationId: string, after: number): Promise<number> => {
  for (let sequence = after; ; sequence += 1) {
    try {
      const [event] = await eventsAfter(reader, organizationId, { after: sequence, upTo: sequence + 1 }, 1)
      if (event === undefined) return sequence + 1
    } catch {
      return sequence + 1
    }
  }
}
