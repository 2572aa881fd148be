import { hash as digest } from 'node:crypto'
import { compactVerify, decodeProtectedHeader, errors } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { AccessControl } from '../access/access-control.ts'
import { type AuditHead, findHash, findHead } from '../audit/audit.store.ts'
import { GENESIS_HASH } from '../audit/hash-chain.ts'
import type { Caller } from '../audit/caller.ts'
import type { AuditAnchor } from '../audit/audit-anchor.ts'
import type { Clock } from '../kernel/clock.ts'
import { conflict } from '../kernel/errors.ts'
import type { Database, Reader } from '../persistence/database.ts'
import type { AuditCheckpointRow } from './checkpoint.entity.ts'
import type { CheckpointKeys } from './checkpoint-keys.ts'
import { CHECKPOINT_TYPE, SignedHead } from './checkpoint-payload.ts'
import { findNewestCheckpoint, insertCheckpoint } from './checkpoints.store.ts'
import type { SigningKeys } from './signing-keys.ts'

/** The head of an audit log, signed: kept elsewhere, it shows later that nothing before it was changed or cut off. */
export interface AuditCheckpoint {
  readonly sequence: number
  readonly hash: string
  readonly signedAt: Date
  /** Compact JWS (RFC 7515) of organization, sequence, hash and signedAt. */
  readonly signature: string
}

export interface CheckpointsParts {
  readonly issuer: string
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly signingKeys: SigningKeys
  readonly checkpointKeys: CheckpointKeys
  /** Receives each checkpoint that was stored, so that a log outside the database has it too. */
  readonly onStored: (checkpoint: AuditCheckpointRow) => void
}

/** An audit log does not contain what was signed of it. */
class HistoryContradiction extends Error {
  override readonly name = 'HistoryContradiction'

  constructor(organizationId: string) {
    super(`The audit log of ${organizationId} contradicts its newest checkpoint: it is not signed again.`)
  }
}

/** Organizations whose newest checkpoint this process remembers. */
const MOST_REMEMBERED = 10_000

const Payload = SignedHead.extend({ number: z.number(), previous: z.string() })

/**
 * Signs the heads of audit logs and keeps what it signed. A checkpoint is never made of a log that contradicts an
 * earlier one, so a log that was cut does not become valid by waiting.
 */
export class Checkpoints {
  private readonly parts: CheckpointsParts
  /** The newest checkpoint that this process made or found valid: rows that are deleted later are missed. */
  private readonly remembered = new LRUCache<string, AuditCheckpointRow>({ max: MOST_REMEMBERED })

  constructor(parts: CheckpointsParts) {
    this.parts = parts
  }

  /** Signs the head for a caller, who keeps it. Needs audit:manager. Throws NOT_FOUND, FORBIDDEN, CONFLICT. */
  async sign(caller: Caller, organizationId: string): Promise<AuditCheckpoint> {
    const { issuer, database, clock, access, signingKeys } = this.parts
    await access.require(caller.principal, 'verifyHistory', organizationId)
    const { head } = await database.read((reader) => this.consistentHead(reader, organizationId)).catch(refuse)
    const { sequence, hash } = head
    const signedAt = clock.now()
    const payload = { iss: issuer, organization: organizationId, sequence, hash, signedAt: signedAt.toISOString() }
    return { sequence, hash, signedAt, signature: await signingKeys.sign(CHECKPOINT_TYPE, payload) }
  }

  /**
   * Stores a checkpoint of the committed head, unless the newest one is of it already or was made within `restMs`. Of
   * several instances that do this at once, one stores. Throws HistoryContradiction.
   */
  async store(organizationId: string, restMs = 0): Promise<void> {
    const { issuer, database, clock, signingKeys, onStored } = this.parts
    const { head, newest } = await database.read((reader) => this.consistentHead(reader, organizationId))
    if (head.sequence === (newest?.sequence ?? 0)) return
    const signedAt = clock.now()
    if (newest !== null && signedAt.getTime() - newest.signedAt.getTime() < restMs) return
    const position = { number: (newest?.number ?? 0) + 1, sequence: head.sequence, hash: head.hash }
    const previous = newest === null ? GENESIS_HASH : digest('sha256', newest.signature, 'hex')
    const signature = await signingKeys.sign(CHECKPOINT_TYPE, {
      iss: issuer,
      organization: organizationId,
      ...position,
      signedAt: signedAt.toISOString(),
      previous,
    })
    const kid = decodeProtectedHeader(signature).kid ?? ''
    const row = { organizationId, ...position, signedAt, previousDigest: previous, signature, kid }
    if (!(await database.write((writer) => insertCheckpoint(writer, row)))) return
    this.remember(row)
    onStored(row)
  }

  /** The newest stored checkpoint, and the newest that this process knows. */
  async anchors(reader: Reader, organizationId: string): Promise<readonly AuditAnchor[]> {
    return (await this.known(reader, organizationId)).anchors
  }

  private async known(reader: Reader, organizationId: string) {
    // Before the stored one is read: another one may be stored and remembered meanwhile.
    const remembered = this.remembered.get(organizationId)
    const newest = await findNewestCheckpoint(reader, organizationId)
    const anchors: AuditAnchor[] = []
    if (remembered !== undefined)
      anchors.push({ ...remembered, authentic: newest !== null && newest.number >= remembered.number })
    if (newest !== null && newest.signature !== remembered?.signature) {
      const authentic = await this.isAuthentic(newest)
      anchors.push({ ...newest, authentic })
    }
    return { newest, anchors }
  }

  /** Throws HistoryContradiction where the log does not contain what was signed. */
  private async consistentHead(
    reader: Reader,
    organizationId: string,
  ): Promise<{ readonly head: AuditHead; readonly newest: AuditCheckpointRow | null }> {
    const { newest, anchors } = await this.known(reader, organizationId)
    const head = await findHead(reader, organizationId)
    for (const { sequence, hash, authentic } of [...anchors, { ...head, authentic: true }]) {
      const found = sequence === 0 ? GENESIS_HASH : await findHash(reader, organizationId, sequence)
      if (!authentic || sequence > head.sequence || found !== hash) throw new HistoryContradiction(organizationId)
    }
    if (newest !== null) this.remember(newest)
    return { head, newest }
  }

  private remember(row: AuditCheckpointRow): void {
    if (row.number > (this.remembered.get(row.organizationId)?.number ?? 0))
      this.remembered.set(row.organizationId, row)
  }

  /** Whether one of the kept keys signed exactly what the row says. */
  private async isAuthentic(row: AuditCheckpointRow): Promise<boolean> {
    const found = await this.parts.checkpointKeys.find(row.kid)
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
      // Anything that is no JWS of this key was not signed by it; a date that is none was never written by us.
      if (error instanceof errors.JOSEError || error instanceof SyntaxError || error instanceof RangeError) return false
      throw error
    }
  }
}

const refuse = (error: unknown): never => {
  if (error instanceof HistoryContradiction)
    throw conflict('The audit log contradicts its newest checkpoint. Run auditVerification, and investigate.')
  throw error
}
