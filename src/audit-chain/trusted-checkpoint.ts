import type { VerifiedPosition } from './chain-position.ts'
import { CheckpointFile, type KeySet, verifyCheckpoint } from './checkpoint-file.ts'

/** A checkpoint that may be relied on, or why not. */
export type CheckpointVerdict =
  | {
      readonly head: VerifiedPosition & { readonly signedAt: string }
      /** The last archived event as of then; null if none was archived. */
      readonly base: VerifiedPosition | null
      readonly fault: null
    }
  | { readonly head: null; readonly fault: string }

const refused = (fault: string): CheckpointVerdict => ({ head: null, fault })

const parse = (text: string): CheckpointFile | null => {
  try {
    return CheckpointFile.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/**
 * Reads a checkpoint file that somebody kept. It must be signed as it says, by a key that the server publishes, for this
 * organization. A file brings its own keys, so anybody can make one that is signed as it says.
 */
export const trustCheckpoint = async (
  text: string,
  published: KeySet,
  organizationId: string,
): Promise<CheckpointVerdict> => {
  const file = parse(text)
  if (file === null) return refused('The file is not a checkpoint: it must be what `keyturn audit checkpoint` printed.')
  if ((await verifyCheckpoint(file)) === null)
    return refused('The checkpoint is not valid: its signature does not match what it says.')
  const signer = await verifyCheckpoint({ ...file, keys: published })
  if (signer === null)
    return refused('The checkpoint is signed by a key that this server does not publish. Is it from another server?')
  if (signer.organizationId !== organizationId) return refused('The checkpoint is of another organization.')
  const { sequence, hash, signedAt, base = null } = file
  return { head: { sequence, hash, signedAt }, base, fault: null }
}
