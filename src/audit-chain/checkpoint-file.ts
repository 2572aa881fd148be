import { compactVerify, createLocalJWKSet, errors } from 'jose'
import { z } from 'zod'
import { CHECKPOINT_TYPE, SignedHead } from './checkpoint-payload.ts'

/** A JSON Web Key Set (RFC 7517). */
export const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(10_000) })
export type KeySet = z.infer<typeof KeySet>

/** What `audit checkpoint` prints: a signed head, and the public keys that verify it without the server. */
export const CheckpointFile = z.object({
  sequence: z.int().min(0),
  hash: z.string(),
  signedAt: z.string(),
  signature: z.string(),
  keys: KeySet,
})
export type CheckpointFile = z.infer<typeof CheckpointFile>

const ALGORITHMS = ['ES256', 'EdDSA', 'RS256']

/**
 * The organization whose head the checkpoint signs; null where no key of the file signed exactly what it says (RFC 7515).
 */
export const verifyCheckpoint = async (file: CheckpointFile): Promise<{ readonly organizationId: string } | null> => {
  try {
    const { payload, protectedHeader } = await compactVerify(file.signature, createLocalJWKSet(file.keys), {
      algorithms: ALGORITHMS,
    })
    const signed = SignedHead.safeParse(JSON.parse(new TextDecoder().decode(payload)))
    const isAsSigned =
      protectedHeader.typ === CHECKPOINT_TYPE &&
      signed.success &&
      signed.data.sequence === file.sequence &&
      signed.data.hash === file.hash &&
      signed.data.signedAt === file.signedAt
    return isAsSigned ? { organizationId: signed.data.organization } : null
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError || error instanceof TypeError) return null
    throw error
  }
}
