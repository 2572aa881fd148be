import { BEGINNING, follows, GENESIS_HASH, type HashedEvent, type VerifiedPosition } from '../../audit/hash-chain.ts'
import { type CheckpointFile, verifyCheckpoint } from './checkpoint-file.ts'
import { parseExportedEvent } from './exported-event.ts'

/** What a verification found; the first fields are those of `auditVerification` in the API. */
export interface ExportVerification {
  readonly intact: boolean
  /** Number of events that are as they were written, from the first on. */
  readonly checkedEvents: number
  /** The first sequence whose event is missing, altered or out of place; null where that is not known. */
  readonly firstBrokenSequence: number | null
  /** Hash of the last of these events. */
  readonly headHash: string
  readonly organizationId: string | null
  /** What is wrong. */
  readonly fault: string | null
}

const faultOf = (
  event: HashedEvent | null,
  position: VerifiedPosition,
  organizationId: string | null,
): string | null => {
  const expected = position.sequence + 1
  if (event === null) return 'it is not as the export writes an event'
  if (event.sequence !== expected) return `the file has event ${event.sequence} in its place`
  if (organizationId !== null && event.organizationId !== organizationId) return 'it is of another organization'
  if (event.previousHash !== position.hash) return 'it does not follow the event before it'
  if (!follows(position, event)) return 'it is not as it was written: its hash differs'
  return null
}

/**
 * Verifies an exported audit log without the server: each event must be there, in its place and as it was written; and the
 * log must contain what a checkpoint signed, so that a missing end is noticed. Reads line by line.
 */
export const verifyExport = async (
  lines: AsyncIterable<string | null>,
  checkpoint: CheckpointFile | null,
): Promise<ExportVerification> => {
  const signer = checkpoint === null ? null : await verifyCheckpoint(checkpoint)
  let position = BEGINNING
  let organizationId: string | null = signer?.organizationId ?? null
  let signedHash = GENESIS_HASH
  const broken = (firstBrokenSequence: number | null, fault: string): ExportVerification => ({
    intact: false,
    checkedEvents: position.sequence,
    firstBrokenSequence,
    headHash: position.hash,
    organizationId,
    fault,
  })
  if (checkpoint !== null && signer === null)
    return broken(null, 'The checkpoint is not valid: its signature does not match what it says.')
  for await (const line of lines) {
    const event = line === null ? null : parseExportedEvent(line)
    const fault = faultOf(event, position, organizationId)
    if (event === null || fault !== null)
      return broken(position.sequence + 1, `Event ${position.sequence + 1} is broken: ${fault}.`)
    organizationId = event.organizationId
    position = { sequence: event.sequence, hash: event.hash }
    if (event.sequence === checkpoint?.sequence) signedHash = event.hash
  }
  if (position.sequence === 0) return broken(1, 'Event 1 is missing: the file has no events.')
  if (checkpoint !== null && checkpoint.sequence > position.sequence) {
    const first = position.sequence + 1
    return broken(first, `Event ${first} is missing: the checkpoint signed ${checkpoint.sequence} events.`)
  }
  if (checkpoint !== null && signedHash !== checkpoint.hash)
    return broken(checkpoint.sequence, `Event ${checkpoint.sequence} is broken: it is not the one that was signed.`)
  const { sequence, hash } = position
  return {
    intact: true,
    checkedEvents: sequence,
    firstBrokenSequence: null,
    headHash: hash,
    organizationId,
    fault: null,
  }
}
