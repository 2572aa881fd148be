import type { AccessControl } from '../access/access-control.ts'
import { findHead } from '../audit/audit.store.ts'
import type { Caller } from '../audit/caller.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import type { SigningKeys } from './signing-keys.ts'

/** The head of an audit history, signed: kept elsewhere, it shows later that nothing before it was changed or cut off. */
export interface AuditCheckpoint {
  readonly sequence: number
  readonly hash: string
  readonly signedAt: Date
  /** Compact JWS (RFC 7515) of organization, sequence, hash and signedAt. */
  readonly signature: string
}

const CHECKPOINT_TYPE = 'keyturn-checkpoint+jws'

/** Signs the heads of histories. */
export class Checkpoints {
  private readonly issuer: string
  private readonly database: Database
  private readonly clock: Clock
  private readonly access: AccessControl
  private readonly signingKeys: SigningKeys

  constructor(issuer: string, database: Database, clock: Clock, access: AccessControl, signingKeys: SigningKeys) {
    this.issuer = issuer
    this.database = database
    this.clock = clock
    this.access = access
    this.signingKeys = signingKeys
  }

  /** Needs audit:manager. Throws NOT_FOUND, FORBIDDEN. */
  async sign(caller: Caller, organizationId: string): Promise<AuditCheckpoint> {
    await this.access.require(caller.principal, 'verifyHistory', organizationId)
    const { sequence, hash } = await this.database.read((reader) => findHead(reader, organizationId))
    const signedAt = this.clock.now()
    const payload = { iss: this.issuer, organization: organizationId, sequence, hash, signedAt: signedAt.toISOString() }
    return { sequence, hash, signedAt, signature: await this.signingKeys.sign(CHECKPOINT_TYPE, payload) }
  }
}
