import { setImmediate as nextTurn } from 'node:timers/promises'
import type { VerifiedPosition } from '../audit-chain/chain-position.ts'
import type { Reader } from '../persistence/database.ts'
import { eventsAfter, findFirstSequence } from './audit.store.ts'
import type { AuditAnchor, FindAnchors } from './audit-anchor.ts'
import { findBase, hashAt } from './audit-base.store.ts'
import { type AuditHead, findHead } from './audit-heads.store.ts'
import { follows } from './hash-chain.ts'

export interface AuditVerification {
  readonly intact: boolean
  /** Sequence of the last archived event, behind which the log begins; 0 if none was archived. */
  readonly baseSequence: number
  readonly checkedEvents: number
  /** Sequence of the first event that is missing, changed or out of place. */
  readonly firstBrokenSequence: number | null
  readonly headHash: string
}

// Verifying a page blocks the event loop for about ten milliseconds.
const PAGE = 200

/**
 * Verifies an organization's audit log from a position on, or from its base: each event must be present, contain the hash of
 * the previous event and match its own hash; the last must be the recorded head; and the log must contain what was signed.
 * Reads in pages, holds one page in memory, and yields to the event loop after each.
 */
export const verifyAuditLog = async (
  reader: Reader,
  organizationId: string,
  findAnchors: FindAnchors,
  from?: VerifiedPosition,
): Promise<AuditVerification> => {
  for (;;) {
    // Before the head: an anchor that is set meanwhile is beyond the head that is read here.
    const anchors = await findAnchors(reader, organizationId)
    const base = await findBase(reader, organizationId)
    const found = await verifyFrom(reader, organizationId, anchors, base, from ?? base)
    // Events that were archived meanwhile are missing, and may be.
    if (found.intact || (await findBase(reader, organizationId)).sequence === base.sequence) return found
  }
}

const verifyFrom = async (
  reader: Reader,
  organizationId: string,
  anchors: readonly AuditAnchor[],
  base: VerifiedPosition,
  from: VerifiedPosition,
): Promise<AuditVerification> => {
  const head = await findHead(reader, organizationId)
  const shared = { baseSequence: base.sequence, headHash: head.hash }
  const broken = (validTo: number, firstBrokenSequence: number): AuditVerification => ({
    ...shared,
    intact: false,
    checkedEvents: Math.max(0, validTo - base.sequence),
    firstBrokenSequence,
  })
  const first = await findFirstSequence(reader, organizationId)
  if (first !== null && first < 1) return broken(0, Math.max(Math.floor(first), Number.MIN_SAFE_INTEGER))
  if (from.sequence > head.sequence) return broken(head.sequence, head.sequence + 1)
  const end = await verifyChain(reader, organizationId, from, head.sequence)
  if (end.sequence < head.sequence) return broken(end.sequence, end.sequence + 1)
  if (end.hash !== head.hash) return broken(end.sequence, head.sequence)
  const stray = await findRowBeyondHead(reader, organizationId, head)
  if (stray !== null) return broken(end.sequence, stray)
  const contradiction = await findContradiction(reader, organizationId, head, anchors)
  if (contradiction !== null) return broken(Math.min(end.sequence, contradiction - 1), contradiction)
  return { ...shared, intact: true, checkedEvents: end.sequence - base.sequence, firstBrokenSequence: null }
}

/** Follows the chain from a position. Returns the last valid position, `upTo` if all events are valid. */
export const verifyChain = async (
  reader: Reader,
  organizationId: string,
  from: VerifiedPosition,
  upTo: number,
): Promise<VerifiedPosition> => {
  let position = from
  while (position.sequence < upTo) {
    const events = await eventsAfter(reader, organizationId, { after: position.sequence, upTo }, PAGE)
    if (events.length === 0) return position
    for (const event of events) {
      if (!follows(position, event)) return position
      position = event
    }
    await nextTurn()
  }
  return { sequence: position.sequence, hash: position.hash }
}

/** Rows beyond the head were not appended by the log. */
const findRowBeyondHead = async (reader: Reader, organizationId: string, head: AuditHead): Promise<number | null> => {
  const [stray] = await eventsAfter(reader, organizationId, { after: head.sequence }, 1)
  if (stray === undefined) return null
  const grown = await findHead(reader, organizationId)
  if (stray.sequence <= grown.sequence) return null
  // SQLite may store something other than a number as the sequence.
  return Number.isSafeInteger(stray.sequence) ? stray.sequence : grown.sequence + 1
}

/** The first sequence at which the log contradicts an anchor; null if there is none. */
const findContradiction = async (
  reader: Reader,
  organizationId: string,
  head: AuditHead,
  anchors: readonly AuditAnchor[],
): Promise<number | null> => {
  for (const { sequence, hash, authentic } of [...anchors].sort((a, b) => a.sequence - b.sequence)) {
    if (sequence > head.sequence) return head.sequence + 1
    const found = await hashAt(reader, organizationId, sequence)
    if (!authentic || (found !== hash && found !== 'archived')) return Math.max(1, sequence)
  }
  return null
}
