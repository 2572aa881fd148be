import { compactVerify, createLocalJWKSet, errors } from 'jose'
import { z } from 'zod'
import { BASE_TYPE, CHECKPOINT_TYPE, SignedHead } from './checkpoint-payload.ts'

/** A JSON Web Key Set (RFC 7517). */
export const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(10_000) })
export type KeySet = z.infer<typeof KeySet>

const SIGNED_POSITION = { sequence: z.int().min(0), hash: z.string(), signedAt: z.string(), signature: z.string() }

/**
 * What `audit checkpoint` prints: a signed head, the signed base of a log whose old events were archived, and the public keys
 * that verify both without the server.
 */
export const CheckpointFile = z.object({
  ...SIGNED_POSITION,
  base: z.object(SIGNED_POSITION).nullish(),
  keys: KeySet,
})
export type CheckpointFile = z.infer<typeof CheckpointFile>

/** A position of an audit log with the signature of the service. */
export type SignedPosition = NonNullable<CheckpointFile['base']>

const ALGORITHMS = ['ES256', 'EdDSA', 'RS256']

/** The organization that a position was signed for; null where no key of the set signed exactly what it says (RFC 7515). */
const signerOf = async (
  position: SignedPosition,
  type: string,
  keys: z.output<typeof KeySet>,
): Promise<string | null> => {
  try {
    const { payload, protectedHeader } = await compactVerify(position.signature, createLocalJWKSet(keys), {
      algorithms: ALGORITHMS,
    })
    const signed = SignedHead.safeParse(JSON.parse(new TextDecoder().decode(payload)))
    const isAsSigned =
      protectedHeader.typ === type &&
      signed.success &&
      signed.data.sequence === position.sequence &&
      signed.data.hash === position.hash &&
      signed.data.signedAt === position.signedAt
    return isAsSigned ? signed.data.organization : null
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError || error instanceof TypeError) return null
    throw error
  }
}

/**
 * The organization whose head and base the checkpoint signs; null where no key of the file signed exactly what it says.
 */
export const verifyCheckpoint = async (file: CheckpointFile): Promise<{ readonly organizationId: string } | null> => {
  const organizationId = await signerOf(file, CHECKPOINT_TYPE, file.keys)
  if (organizationId === null) return null
  if (file.base != null && (await signerOf(file.base, BASE_TYPE, file.keys)) !== organizationId) return null
  return { organizationId }
}

/** Whether a key of the set signed exactly this as the base of the organization's log: its last archived event. */
export const isSignedBase = async (base: SignedPosition, keys: KeySet, organizationId: string): Promise<boolean> =>
  (await signerOf(base, BASE_TYPE, keys)) === organizationId
