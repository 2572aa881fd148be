import { hash } from 'node:crypto'
import { canonicalJson, type JsonObject } from './canonical-json.ts'

/** The fields of an event that its hash covers, and the hash. */
export interface HashedEvent {
  readonly id: string
  readonly organizationId: string
  /** 1, 2, 3, ... within the organization, without gaps. */
  readonly sequence: number
  readonly type: string
  readonly occurredAt: Date
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null }
  /** The key whose secret or token acted; null for the service itself, anonymous callers and identity providers. */
  readonly credentialId: string | null
  /** `jti` of the access token that acted; null where the secret itself did. */
  readonly tokenId: string | null
  readonly targetId: string | null
  readonly targetName: string | null
  /** The details as they are stored: what the hash covers and the API shows. */
  readonly storedDetails: JsonObject
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly previousHash: string
  readonly hash: string
}

/** What the first event of an audit log contains as the hash of the event before it. */
export const GENESIS_HASH = '0'.repeat(64)

/**
 * SHA-256, hex, over the canonical JSON (RFC 8785) of all other fields of the event, the previous hash among them.
 * `credentialId` and `tokenId` are left out where they are null: so events from before these fields still verify, and
 * adding, removing or changing either of them changes the hash.
 */
export const hashOf = (event: Omit<HashedEvent, 'hash'>): string =>
  hash(
    'sha256',
    canonicalJson({
      actor: { kind: event.actor.kind, id: event.actor.id, name: event.actor.name },
      ...(event.credentialId === null ? {} : { credentialId: event.credentialId }),
      details: event.storedDetails,
      id: event.id,
      ipAddress: event.ipAddress,
      occurredAt: event.occurredAt.toISOString(),
      organizationId: event.organizationId,
      previousHash: event.previousHash,
      requestId: event.requestId,
      sequence: event.sequence,
      targetId: event.targetId,
      targetName: event.targetName,
      ...(event.tokenId === null ? {} : { tokenId: event.tokenId }),
      type: event.type,
      userAgent: event.userAgent,
    }),
    'hex',
  )

/** A position of an audit log up to which its hash chain was verified. */
export interface VerifiedPosition {
  readonly sequence: number
  readonly hash: string
}

export const BEGINNING: VerifiedPosition = { sequence: 0, hash: GENESIS_HASH }

/** Whether an event is the next one after a position, and as it was written. */
export const follows = (position: VerifiedPosition, event: HashedEvent): boolean =>
  event.sequence === position.sequence + 1 && event.previousHash === position.hash && isAsWritten(event)

const isAsWritten = ({ hash: written, ...rest }: HashedEvent): boolean => {
  try {
    return hashOf(rest) === written
  } catch {
    // What has no canonical form (an instant that is none, half a character) was never hashed by us.
    return false
  }
}
