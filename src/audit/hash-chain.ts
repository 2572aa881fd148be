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
  /** The key whose secret or token was used; null for Keyturn itself, anonymous callers and identity providers. */
  readonly credentialId: string | null
  /** `jti` of the access token that was used; null if the secret itself was used. */
  readonly tokenId: string | null
  readonly targetId: string | null
  readonly targetName: string | null
  /** The stored details, which the hash covers and the API returns. */
  readonly storedDetails: JsonObject
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly previousHash: string
  readonly hash: string
}

/** The `previousHash` of the first event of an audit log. */
export const GENESIS_HASH = '0'.repeat(64)

/**
 * SHA-256 hash, in hex, of the canonical JSON (RFC 8785) of all other fields of the event, including the previous hash.
 * `credentialId` and `tokenId` are left out if they are null, so that events from before these fields still verify. Adding,
 * removing or changing either of them changes the hash.
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

/** Whether an event is the next one after a position, and unchanged. */
export const follows = (position: VerifiedPosition, event: HashedEvent): boolean =>
  event.sequence === position.sequence + 1 && event.previousHash === position.hash && isUnchanged(event)

const isUnchanged = ({ hash: written, ...rest }: HashedEvent): boolean => {
  try {
    return hashOf(rest) === written
  } catch {
    // The log never hashes a value without a canonical form, such as an invalid time or a lone surrogate.
    return false
  }
}
