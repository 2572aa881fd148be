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

/** The SHA-256 hash of a text in UTF-8, in lower-case hex. */
export type Sha256 = (text: string) => string

/**
 * The text that the hash of an event covers: the canonical JSON (RFC 8785) of all its other fields, including the previous
 * hash. `credentialId` and `tokenId` are left out if they are null, so that events from before these fields still verify.
 * Adding, removing or changing either of them changes the hash.
 */
export const hashedText = (event: Omit<HashedEvent, 'hash'>): string => {
  const { actor, credentialId, tokenId } = event
  // Written out in the canonical order of the names: the general function sorts them anew for each event.
  return (
    `{"actor":{"id":${canonicalJson(actor.id)},"kind":${canonicalJson(actor.kind)},"name":${canonicalJson(actor.name)}},` +
    (credentialId === null ? '' : `"credentialId":${canonicalJson(credentialId)},`) +
    `"details":${canonicalJson(event.storedDetails)},"id":${canonicalJson(event.id)},` +
    `"ipAddress":${canonicalJson(event.ipAddress)},"occurredAt":${canonicalJson(event.occurredAt.toISOString())},` +
    `"organizationId":${canonicalJson(event.organizationId)},"previousHash":${canonicalJson(event.previousHash)},` +
    `"requestId":${canonicalJson(event.requestId)},"sequence":${canonicalJson(event.sequence)},` +
    `"targetId":${canonicalJson(event.targetId)},"targetName":${canonicalJson(event.targetName)},` +
    (tokenId === null ? '' : `"tokenId":${canonicalJson(tokenId)},`) +
    `"type":${canonicalJson(event.type)},"userAgent":${canonicalJson(event.userAgent)}}`
  )
}
