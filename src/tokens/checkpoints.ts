import { hash as digest } from 'node:crypto'
import { decodeProtectedHeader } from 'jose'
import { LRUCache } from 'lru-cache'
import type { AccessControl } from '../access/access-control.ts'
import type { AuditAnchor } from '../audit/audit-anchor.ts'
import { findBaseRow, hashAt } from '../audit/audit-base.store.ts'
import { type AuditHead, findHead } from '../audit/audit-heads.store.ts'
import type { Caller } from '../audit/caller.ts'
import { CHECKPOINT_TYPE } from '../audit-chain/checkpoint-payload.ts'
import { GENESIS_HASH } from '../audit-chain/hashed-event.ts'
import type { Clock } from '../kernel/clock.ts'
import { conflict } from '../kernel/errors.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { isAuthenticBase } from './base-signature.ts'
import type { AuditCheckpointRow } from './checkpoint.entity.ts'
import type { CheckpointKeys } from './checkpoint-keys.ts'
import { isAuthentic } from './checkpoint-signature.ts'
import { findNewestCheckpoint, insertCheckpoint } from './checkpoints.store.ts'
import type { SigningKeys } from './signing-keys.ts'

/** The signed head of an audit log. A copy kept elsewhere proves later that no event before it was changed or removed. */
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
  /** Receives each stored checkpoint, so that a log outside of the database has it as well. */
  readonly onStored: (checkpoint: AuditCheckpointRow) => void
}

/** An audit log contradicts one of its checkpoints. */
class AuditLogContradiction extends Error {
  override readonly name = 'AuditLogContradiction'

  constructor(organizationId: string) {
    super(`The audit log of ${organizationId} contradicts its newest checkpoint. It is not signed again.`)
  }
}

/** Number of organizations whose newest checkpoint is cached. */
const MAX_CACHED = 10_000

/**
 * Signs the heads of audit logs and stores the checkpoints. A log that contradicts an earlier checkpoint is not signed, so a
 * truncated log does not become valid by waiting.
 */
export class Checkpoints {
  private readonly parts: CheckpointsParts
  /** The newest checkpoint that this process made or verified. It reveals that stored checkpoints were deleted. */
  private readonly newestKnown = new LRUCache<string, AuditCheckpointRow>({ max: MAX_CACHED })

  constructor(parts: CheckpointsParts) {
    this.parts = parts
  }

  /** Signs the head for a caller, and does not store it. Needs audit:manager. Throws NOT_FOUND, FORBIDDEN, CONFLICT. */
  async sign(caller: Caller, organizationId: string): Promise<AuditCheckpoint> {
    const { issuer, database, clock, access, signingKeys } = this.parts
    await access.require(caller.principal, 'verifyAuditLog', organizationId)
    const { head } = await database.read((reader) => this.consistentHead(reader, organizationId)).catch(refuse)
    const { sequence, hash } = head
    const signedAt = clock.now()
    const payload = { iss: issuer, organization: organizationId, sequence, hash, signedAt: signedAt.toISOString() }
    return { sequence, hash, signedAt, signature: await signingKeys.sign(CHECKPOINT_TYPE, payload) }
  }

  /**
   * Stores a checkpoint of the committed head, unless there is one of it already, or one that was made within `restMs`. Of
   * several concurrent instances, one stores it. Throws AuditLogContradiction.
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
    this.cache(row)
    onStored(row)
  }

  /** The newest stored checkpoint, the newest one that this process has cached, and the base of the log. */
  async anchors(reader: Reader, organizationId: string): Promise<readonly AuditAnchor[]> {
    return (await this.known(reader, organizationId)).anchors
  }

  private async known(reader: Reader, organizationId: string) {
    // Read before the stored one: another one may be stored and cached meanwhile.
    const cached = this.newestKnown.get(organizationId)
    const newest = await findNewestCheckpoint(reader, organizationId)
    const anchors: AuditAnchor[] = []
    if (cached !== undefined) anchors.push({ ...cached, authentic: newest !== null && newest.number >= cached.number })
    if (newest !== null && newest.signature !== cached?.signature) {
      const authentic = await isAuthentic(this.parts.checkpointKeys, newest)
      anchors.push({ ...newest, authentic })
    }
    const base = await findBaseRow(reader, organizationId)
    if (base !== null) anchors.push({ ...base, authentic: await isAuthenticBase(this.parts.checkpointKeys, base) })
    return { newest, anchors }
  }

  /** Throws AuditLogContradiction if the log contradicts a checkpoint. */
  private async consistentHead(
    reader: Reader,
    organizationId: string,
  ): Promise<{ readonly head: AuditHead; readonly newest: AuditCheckpointRow | null }> {
    const { newest, anchors } = await this.known(reader, organizationId)
    const head = await findHead(reader, organizationId)
    for (const { sequence, hash, authentic } of [...anchors, { ...head, authentic: true }]) {
      const found = await hashAt(reader, organizationId, sequence)
      const contradicts = found !== hash && found !== 'archived'
      if (!authentic || sequence > head.sequence || contradicts) throw new AuditLogContradiction(organizationId)
    }
    if (newest !== null) this.cache(newest)
    return { head, newest }
  }

  private cache(row: AuditCheckpointRow): void {
    if (row.number > (this.newestKnown.get(row.organizationId)?.number ?? 0))
      this.newestKnown.set(row.organizationId, row)
  }
}

const refuse = (error: unknown): never => {
  if (error instanceof AuditLogContradiction)
    throw conflict('The audit log contradicts its newest checkpoint. Run auditVerification, and investigate.')
  throw error
}
