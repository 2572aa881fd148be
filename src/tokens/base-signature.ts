import { compactVerify, decodeProtectedHeader, errors } from 'jose'
import type { AuditBaseRow } from '../audit/audit-base.entity.ts'
import { BASE_TYPE, SignedHead } from '../audit-chain/checkpoint-payload.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Reader } from '../persistence/database.ts'
import type { CheckpointKeys } from './checkpoint-keys.ts'
import { isAuthentic } from './checkpoint-signature.ts'
import { findCheckpointWithin } from './checkpoints.store.ts'
import type { SigningKeys } from './signing-keys.ts'

/** A position of an audit log that the service has signed. */
export interface SignedPosition {
  readonly sequence: number
  readonly hash: string
}

export interface BaseSignerParts {
  readonly issuer: string
  readonly clock: Clock
  readonly signingKeys: SigningKeys
  readonly checkpointKeys: CheckpointKeys
}

/** Finds where an audit log may be cut, and signs its new base. */
export class BaseSigner {
  private readonly parts: BaseSignerParts

  constructor(parts: BaseSignerParts) {
    this.parts = parts
  }

  /**
   * A checkpoint within a range of a log whose signature is valid; null if there is none in the range. Only what was signed
   * while it was new may be archived: otherwise archiving would hide that a log was altered. Throws if a signature is invalid.
   */
  async findSigned(
    reader: Reader,
    organizationId: string,
    range: { readonly after: number; readonly upTo: number; readonly most: number },
  ): Promise<SignedPosition | null> {
    const row = await findCheckpointWithin(reader, organizationId, range)
    if (row === null) return null
    if (!(await isAuthentic(this.parts.checkpointKeys, row)))
      throw new Error(`Checkpoint ${row.number} of ${organizationId} is not valid. The audit log is not archived.`)
    return { sequence: row.sequence, hash: row.hash }
  }

  /** Signs a position as the base of a log. */
  async sign(
    organizationId: string,
    { sequence, hash }: SignedPosition,
  ): Promise<Pick<AuditBaseRow, 'organizationId' | 'sequence' | 'hash' | 'signedAt' | 'signature' | 'kid'>> {
    const { issuer, clock, signingKeys } = this.parts
    const signedAt = clock.now()
    const payload = { iss: issuer, organization: organizationId, sequence, hash, signedAt: signedAt.toISOString() }
    const signature = await signingKeys.sign(BASE_TYPE, payload)
    return { organizationId, sequence, hash, signedAt, signature, kid: decodeProtectedHeader(signature).kid ?? '' }
  }
}

/** Whether a kept key signed exactly the values of the row as a base. */
export const isAuthenticBase = async (keys: CheckpointKeys, row: AuditBaseRow): Promise<boolean> => {
  const found = await keys.find(row.kid)
  if (found === null) return false
  try {
    const { payload, protectedHeader } = await compactVerify(row.signature, found.key, {
      algorithms: [found.algorithm],
    })
    const signed = SignedHead.safeParse(JSON.parse(Buffer.from(payload).toString()))
    return (
      protectedHeader.typ === BASE_TYPE &&
      protectedHeader.kid === row.kid &&
      signed.success &&
      signed.data.organization === row.organizationId &&
      signed.data.sequence === row.sequence &&
      signed.data.hash === row.hash &&
      signed.data.signedAt === row.signedAt.toISOString()
    )
  } catch (error) {
    // Not a JWS of this key, or a date that this service never wrote.
    if (error instanceof errors.JOSEError || error instanceof SyntaxError || error instanceof RangeError) return false
    throw error
  }
}
