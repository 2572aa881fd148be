import { sha256 } from '../../audit/hash-chain.ts'
import { ChainCheck, type ChainVerification, invalidCheckpoint } from '../../audit-chain/chain-check.ts'
import { type CheckpointFile, verifyCheckpoint } from '../../audit-chain/checkpoint-file.ts'
import { parseExportedEvent } from '../../audit-chain/exported-event.ts'

/**
 * Verifies an exported audit log offline: every event must be present, in order and unchanged, and the log must contain what
 * the checkpoint signed, so that a truncated log is detected. It starts with the first event, or after the signed base of the
 * checkpoint. Reads line by line.
 */
export const verifyExport = async (
  lines: AsyncIterable<string | null>,
  checkpoint: CheckpointFile | null,
): Promise<ChainVerification> => {
  const signer = checkpoint === null ? null : await verifyCheckpoint(checkpoint)
  if (checkpoint !== null && signer === null)
    return invalidCheckpoint('The checkpoint is not valid: its signature does not match its content.')
  const organizationId = signer?.organizationId ?? null
  const check = new ChainCheck({ sha256, organizationId, signedHead: checkpoint, signedBase: checkpoint?.base ?? null })
  for await (const line of lines) if (!check.accept(line === null ? null : parseExportedEvent(line))) break
  return check.finish()
}
