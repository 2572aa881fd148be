import { compactVerify, errors } from 'jose'
import { z } from 'zod'
import { CHECKPOINT_TYPE, SignedHead } from '../audit-chain/checkpoint-payload.ts'
import type { AuditCheckpointRow } from './checkpoint.entity.ts'
import type { CheckpointKeys } from './checkpoint-keys.ts'

const Payload = SignedHead.extend({ number: z.number(), previous: z.string() })

/** Whether a kept key signed exactly the values of the row. */
export const isAuthentic = async (keys: CheckpointKeys, row: AuditCheckpointRow): Promise<boolean> => {
  const found = await keys.find(row.kid)
  if (found === null) return false
  try {
    const { payload, protectedHeader } = await compactVerify(row.signature, found.key, {
      algorithms: [found.algorithm],
    })
    const signed = Payload.safeParse(JSON.parse(Buffer.from(payload).toString()))
    return (
      protectedHeader.typ === CHECKPOINT_TYPE &&
      protectedHeader.kid === row.kid &&
      signed.success &&
      signed.data.organization === row.organizationId &&
      signed.data.number === row.number &&
      signed.data.sequence === row.sequence &&
      signed.data.hash === row.hash &&
      signed.data.signedAt === row.signedAt.toISOString() &&
      signed.data.previous === row.previousDigest
    )
  } catch (error) {
    // Not a JWS of this key, or a date that this service never wrote.
    if (error instanceof errors.JOSEError || error instanceof SyntaxError || error instanceof RangeError) return false
    throw error
  }
}
